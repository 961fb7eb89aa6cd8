// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A worker keeps a few events as they are, two by two, spread over the run: from these the viewer finds the speckle size. Which ones depends on
 * the number of stored events only.
 */
import type { StoredEvents, ValueBlock } from '../kernels/contract.js'
import type { RunPlan } from './plan.js'

/** Values of all elements in all kept events, about, and events, at most. */
const valuesMost = 4e6
const eventsMost = 200

/** Events to keep: an even number. */
export function sampleEvents({ partition }: Pick<RunPlan, 'partition'>): number {
  const fitting = Math.floor(valuesMost / Math.max(1, partition.elements.length))
  return 4 * Math.max(1, Math.floor(Math.min(eventsMost, fitting) / 4))
}

/** What they take at most on a worker with `elements` elements, in a run of `events` events. */
export function sampleBytes(plan: Pick<RunPlan, 'partition'>, events: number, elements: number): number {
  return Math.min(sampleEvents(plan), events) * 4 * elements
}

/** Keeps stored events number 0, 1, stride, stride + 1, 2 stride, ...; when there are enough, every other pair leaves and the stride doubles. */
export class SampleFrames {
  readonly #most: number
  readonly #elements: number
  #kept: Float32Array[] = []
  #stride = 2
  #seen = 0

  /** `most` events, of `elements` elements each. */
  constructor(most: number, elements: number) {
    this.#most = most
    this.#elements = elements
  }

  /** Whole pairs kept so far, in events. */
  get count(): number {
    return this.#kept.length - (this.#kept.length % 2)
  }

  /** What is kept now. */
  memoryBytes(): number {
    return this.#kept.reduce((total, frame) => total + frame.byteLength, 0)
  }

  /** Events `from <= k < to` of the kept ones into `out`, [event][element]. */
  fill(from: number, to: number, out: Float64Array): void {
    for (let k = from; k < to; k++) out.set(this.#kept[k], (k - from) * this.#elements)
  }

  /** Look at stored events, those with `counts` 1; `blocks` are read during the call only. */
  add(stored: StoredEvents, blocks: readonly ValueBlock[], counts: Uint8Array): void {
    const wanted = blocks.map(() => new Map<number, Float32Array>())
    for (let e = 0; e < stored.count; e++) {
      if (counts[e] === 0) continue
      if (this.#seen++ % this.#stride >= 2) continue
      const frame = new Float32Array(this.#elements)
      wanted[stored.block[e]].set(stored.position[e], frame)
      this.#keep(frame)
    }
    blocks.forEach((block, b) => {
      copyFrames(block, wanted[b])
    })
  }

  #keep(frame: Float32Array): void {
    this.#kept.push(frame)
    if (this.#kept.length < this.#most) return
    this.#kept = this.#kept.filter((_, i) => i % 4 < 2)
    this.#stride *= 2
  }
}

/** Copy the events at the positions of `frames`. */
function copyFrames(block: ValueBlock, frames: ReadonlyMap<number, Float32Array>): void {
  if (frames.size === 0) return
  if (block.kind === 'dense') {
    const n = block.elements
    for (const [position, frame] of frames) frame.set(block.data.subarray(position * n, (position + 1) * n))
    return
  }
  const { event, element, value } = block
  const byPosition = Array.from({ length: block.events }, (_, position) => frames.get(position) ?? null)
  for (let k = 0; k < event.length; k++) {
    const frame = byPosition[event[k]]
    if (frame !== null) frame[element[k]] = value[k]
  }
}
