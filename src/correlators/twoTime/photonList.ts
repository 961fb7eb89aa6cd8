// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Photons of one stretch as they come, and sorted by element. */
import type { PhotonStretch } from '../../kernels/twoTimeKernels.js'

const valueMost = 65535

export class PhotonList {
  count = 0
  position = new Uint32Array(1024)
  frame = new Uint16Array(1024)
  value = new Uint16Array(1024)

  /** Photons of one frame: `count` positions with values. */
  addFrame(frame: number, position: Uint32Array, value: Uint16Array, count: number): void {
    this.#reserve(this.count + count)
    this.position.set(position.subarray(0, count), this.count)
    this.value.set(value.subarray(0, count), this.count)
    this.frame.fill(frame, this.count, this.count + count)
    this.count += count
  }

  add(frame: number, position: number, value: number): void {
    if (this.count === this.position.length) this.#reserve(this.count + 1)
    this.position[this.count] = position
    this.frame[this.count] = frame
    this.value[this.count++] = value
  }

  /** Sorted by element, then frame, those of one frame added up; `dead` elements are left out. Null when a sum is above 65535. */
  sorted(frames: number, elements: number, dead: Uint8Array | null): PhotonStretch | null {
    const start = new Uint32Array(elements + 1)
    for (let k = 0; k < this.count; k++) start[this.position[k] + 1]++
    for (let e = 0; e < elements; e++) start[e + 1] += start[e]
    const next = start.slice()
    const frame = new Uint16Array(this.count)
    const value = new Uint32Array(this.count)
    for (let k = 0; k < this.count; k++) {
      const at = next[this.position[k]]++
      frame[at] = this.frame[k]
      value[at] = this.value[k]
    }
    return merged(start, frame, value, frames, dead)
  }

  #reserve(count: number): void {
    if (count <= this.position.length) return
    const size = Math.max(count, 2 * this.position.length)
    this.position = grown(this.position, new Uint32Array(size))
    this.frame = grown(this.frame, new Uint16Array(size))
    this.value = grown(this.value, new Uint16Array(size))
  }
}

function grown<T extends Uint32Array | Uint16Array>(old: T, fresh: T): T {
  fresh.set(old)
  return fresh
}

/** Bring the frames of every element in order and add up those that are equal. */
function merged(
  start: Uint32Array,
  frame: Uint16Array,
  value: Uint32Array,
  frames: number,
  dead: Uint8Array | null,
): PhotonStretch | null {
  const elements = start.length - 1
  const starts = new Uint32Array(elements + 1)
  let [used, largest, exceptions] = [0, 0, 0]
  for (let e = 0; e < elements; e++) {
    starts[e] = used
    if (dead !== null && dead[e] === 1) continue
    order(frame, value, start[e], start[e + 1])
    for (let k = start[e]; k < start[e + 1]; k++) {
      if (used > starts[e] && frame[used - 1] === frame[k]) value[used - 1] += value[k]
      else {
        frame[used] = frame[k]
        value[used++] = value[k]
      }
    }
    for (let k = starts[e]; k < used; k++) {
      if (value[k] > largest) largest = value[k]
      if (value[k] > 1) exceptions++
    }
  }
  starts[elements] = used
  if (largest > valueMost) return null
  const kept = { frame: frame.slice(0, used), value: Uint16Array.from(value.subarray(0, used)) }
  return { kind: 'photons', frames, elements, start: starts, ...kept, largest, exceptions }
}

/** Insertion: photons mostly come in the order of time. */
function order(frame: Uint16Array, value: Uint32Array, from: number, to: number): void {
  for (let k = from + 1; k < to; k++) {
    const [time, photons] = [frame[k], value[k]]
    let at = k
    for (; at > from && frame[at - 1] > time; at--) {
      frame[at] = frame[at - 1]
      value[at] = value[at - 1]
    }
    frame[at] = time
    value[at] = photons
  }
}
