// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The frames of one worker: events go in, stretches of frames come out. Order and number of stretches do not depend on blocks. */
import type { Trains } from '../../buffers/trains.js'
import type { EventBlock, StoredEvents, ValueBlock } from '../../kernels/contract.js'
import { type FrameRow, stretchFrames, type TwoTimeKernels } from '../../kernels/twoTimeKernels.js'
import { OpenStretch, type Scratch } from './openStretch.js'
import { type FrameOf, frameRule } from './trainFrames.js'

/** Frames of a block's events that are not stored. */
const none = Number.NEGATIVE_INFINITY

export class FrameStore {
  readonly average: number
  readonly #frameOf: FrameOf
  readonly #order: Uint32Array
  /** Position of an element in the order; -1 = not used. */
  readonly #position: Int32Array
  readonly #row: FrameRow
  readonly #scratch: Scratch
  readonly #dead: Uint8Array
  readonly #stretches = new Map<number, OpenStretch>()
  #origin = Number.NaN

  /** `order`: the elements in use, of `elements`. */
  constructor(
    order: Uint32Array,
    elements: number,
    average: number,
    kernels: TwoTimeKernels,
    trains: Trains | null = null,
  ) {
    this.average = average
    this.#frameOf = frameRule(average, trains)
    this.#order = order
    this.#position = new Int32Array(elements).fill(-1)
    order.forEach((element, k) => {
      this.#position[element] = k
    })
    this.#row = kernels.row(order, elements)
    this.#scratch = { position: new Uint32Array(order.length), value: new Uint16Array(order.length) }
    this.#dead = new Uint8Array(order.length)
  }

  /** Counter with which frame 0 begins: that of the first event; NaN before it. */
  get origin(): number {
    return this.#origin
  }

  /** Numbers of the stretches with an event, ascending. */
  get numbers(): number[] {
    return [...this.#stretches.keys()].sort((a, b) => a - b)
  }

  stretch(number: number): OpenStretch | undefined {
    return this.#stretches.get(number)
  }

  insert(events: StoredEvents, blocks: readonly ValueBlock[]): void {
    if (Number.isNaN(this.#origin) && events.count > 0) this.#origin = events.counter[0]
    const framesOf = new Map<EventBlock, Float64Array>()
    for (let e = 0; e < events.count; e++) {
      const frame = this.#frameOf(events.counter[e], this.#origin)
      const block = blocks[events.block[e]]
      const position = events.position[e]
      const [stretch, within] = this.#place(frame)
      stretch.note(within)
      if (block.kind === 'dense') {
        stretch.addValues(within, this.#row, block.data, position * block.elements, this.#scratch)
      } else this.#framesOf(framesOf, block)[position] = frame
    }
    for (const [block, frames] of framesOf) this.#addPhotons(block, frames)
  }

  /** Values of the elements with `saturated` 1 do not count any more. */
  remove(saturated: Uint8Array): void {
    let changed = false
    this.#order.forEach((element, k) => {
      if (saturated[element] === 0 || this.#dead[k] === 1) return
      this.#dead[k] = 1
      changed = true
    })
    if (changed) for (const stretch of this.#stretches.values()) stretch.touch()
  }

  #framesOf(known: Map<EventBlock, Float64Array>, block: EventBlock): Float64Array {
    const frames = known.get(block) ?? new Float64Array(block.events).fill(none)
    known.set(block, frames)
    return frames
  }

  #addPhotons({ element, event, value }: EventBlock, frames: Float64Array): void {
    const places = Array.from(frames, (frame) => (frame === none ? null : this.#place(frame)))
    const stretches = places.map((place) => place?.[0] ?? null)
    const within = Int32Array.from(places, (place) => place?.[1] ?? 0)
    for (let k = 0; k < element.length; k++) {
      const position = this.#position[element[k]]
      const stretch = stretches[event[k]]
      if (position < 0 || stretch === null || value[k] === 0) continue
      stretch.addPhoton(within[event[k]], position, value[k])
    }
  }

  #place(frame: number): readonly [OpenStretch, number] {
    const number = Math.floor(frame / stretchFrames)
    let stretch = this.#stretches.get(number)
    if (stretch === undefined) {
      stretch = new OpenStretch(this.#order.length, this.#dead)
      this.#stretches.set(number, stretch)
    }
    return [stretch, frame - number * stretchFrames]
  }
}
