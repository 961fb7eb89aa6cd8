// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Frames summed into events. A value that reaches the detector's saturation in one frame makes the sum saturated: it becomes
 * `average * saturatedValue`, which sums of other frames stay below.
 */
import type { DenseFrames, EventFrames, FrameBlock } from '../formats/format.js'
import { RowAdder } from '../kernels/addRows.js'
import { allocate, type DType, type TypedArray } from '../units.js'
import { sumDtype } from './selection.js'
import { eventSums, joinedSums, type PhotonSums } from './photonSums.js'

/** Sums of `average` frames per event, added piece by piece. */
export class FrameSums {
  readonly #events: number
  readonly #frameSize: number
  readonly #average: number
  readonly #saturated: number
  readonly #adder = new RowAdder()
  /** 1 = a frame of this event reached saturation. */
  readonly #clips: Uint8Array
  #dense: TypedArray | null = null
  #photons: PhotonSums | null = null
  #dtype: DType = 'uint8'

  /** `saturated`: the sum at which an element counts as saturated; Infinity = none. */
  constructor(events: number, frameSize: number, average: number, saturated: number) {
    this.#events = events
    this.#frameSize = frameSize
    this.#average = average
    this.#saturated = saturated
    this.#clips = new Uint8Array(events)
  }

  /** Add the frames at `positions` to the events `event[i]` (one per position); -1 elsewhere means unused. */
  add(frames: FrameBlock, positions: ArrayLike<number>, event: ArrayLike<number>): void {
    if (frames.kind === 'dense') this.#addDense(frames, positions, event)
    else this.#addPhotons(frames, positions, event)
  }

  #addDense({ data, dtype }: DenseFrames, positions: ArrayLike<number>, event: ArrayLike<number>): void {
    const out = this.#room(sumDtype(dtype, this.#average))
    const size = this.#frameSize
    const rows: number[][] = Array.from({ length: this.#events }, () => [])
    for (let i = 0; i < positions.length; i++) rows[event[i]].push(positions[i] * size)
    const limit = this.#saturated / this.#average
    rows.forEach((own, e) => {
      if (own.some((from) => this.#adder.reaches(data, from, size, limit))) this.#clips[e] = 1
      if (this.#clips[e] === 0) this.#adder.add(data, own, size, out, e * size)
      else for (const from of own) addClipped(data, from, size, out, e * size, this.#saturated, this.#average)
    })
  }

  /** Where to add values of `dtype`; sums so far move to float64 when another type arrives. */
  #room(dtype: DType): TypedArray {
    const length = this.#events * this.#frameSize
    if (this.#dense === null) {
      this.#dense = allocate(dtype, length)
      this.#dtype = dtype
    } else if (this.#dtype !== dtype && this.#dtype !== 'float64') {
      const wide = allocate('float64', length)
      wide.set(this.#dense)
      this.#dense = wide
      this.#dtype = 'float64'
    }
    return this.#dense
  }

  #addPhotons(frames: EventFrames, positions: ArrayLike<number>, event: ArrayLike<number>): void {
    const eventOf = new Int32Array(frames.events).fill(-1)
    for (let i = 0; i < positions.length; i++) eventOf[positions[i]] = event[i]
    const limit = { saturated: this.#saturated, average: this.#average }
    const sums = eventSums(frames, eventOf, limit)
    this.#photons = this.#photons === null ? sums : joinedSums(this.#photons, sums, limit)
  }

  /** One frame per event. Photon sums above 65,535 do not fit photon events: then the block is dense. */
  frames(): FrameBlock {
    const events = this.#events
    if (this.#photons === null) {
      return { kind: 'dense', events, dtype: this.#dtype, data: this.#dense ?? allocate(this.#dtype, 0) }
    }
    const { event, pixel, value, largest } = this.#photons
    if (largest <= 65_535)
      return { kind: 'events', events, dtype: 'uint16', event, pixel, value: Uint16Array.from(value) }
    const dtype = sumDtype('uint16', this.#average)
    const data = allocate(dtype, events * this.#frameSize)
    for (let k = 0; k < event.length; k++) data[event[k] * this.#frameSize + pixel[k]] = value[k]
    return { kind: 'dense', events, dtype, data }
  }
}

function addClipped(
  data: TypedArray,
  from: number,
  size: number,
  out: TypedArray,
  to: number,
  saturated: number,
  average: number,
): void {
  const limit = saturated / average
  for (let pixel = 0; pixel < size; pixel++) {
    const value = data[from + pixel]
    if (value >= limit) out[to + pixel] = saturated
    else if (!(out[to + pixel] >= saturated)) out[to + pixel] += value
  }
}
