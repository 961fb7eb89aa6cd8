// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The memory of a `CalibrationKernel`: where its maps, common modes, stage and results lie. Everything begins at a multiple of 64. */
import { growTo, openMemory, pageBytes } from './memory.js'

const scratchBytes = 256
/** Places behind the common modes of a frame, which vectors may touch. */
export const modesBehind = 4

const need = { what: 'calibration of one block of frames', advice: 'set a smaller systemParams.blockSize' }

export interface CalibrationSizes {
  readonly frameSize: number
  /** Lines or columns with a common mode of their own per frame; 0 = none. */
  readonly modes: number
  /** Values of the largest tile. */
  readonly stage: number
}

/** Byte addresses. */
export interface Places {
  readonly scratch: number
  readonly pedestal: number
  readonly gain: number
  /** [frameSize]; unused where there is none. */
  readonly background: number
  /** float32 [events][modesPerFrame] */
  readonly modes: number
  /** float64 [events][modesPerFrame][4] */
  readonly sums: number
  /** int32 [events][modesPerFrame] */
  readonly counts: number
  readonly stage: number
  readonly results: number
}

export interface ModeViews {
  readonly modes: Float32Array
  readonly sums: Float64Array
  readonly counts: Int32Array
}

export class CalibrationMemory {
  readonly memory: WebAssembly.Memory
  /** Values that the stage has room for: a tile and what a vector reads beyond it. */
  readonly stageValues: number
  /** Common modes per frame with the lanes behind the last; one place that holds 0 where there is no common mode. */
  readonly modesPerFrame: number
  readonly #sizes: CalibrationSizes
  #places: Places
  #events = 0

  constructor(sizes: CalibrationSizes) {
    this.#sizes = sizes
    this.stageValues = sizes.stage + 8
    this.modesPerFrame = sizes.modes + modesBehind
    this.#places = placesOf(sizes, 0)
    this.memory = openMemory({ ...need, bytes: this.#places.results })
  }

  putMaps(pedestal: Float32Array, gain: Float32Array, background: Float32Array | null): void {
    this.#view(this.#places.pedestal, pedestal.length).set(pedestal)
    this.#view(this.#places.gain, gain.length).set(gain)
    if (background !== null) this.#view(this.#places.background, background.length).set(background)
  }

  /** Places for blocks of `events` frames with `resultBytes` of results; grows the memory where needed. */
  room(events: number, resultBytes: number): Places {
    if (events > this.#events) {
      this.#events = events
      this.#places = placesOf(this.#sizes, events)
    }
    growTo(this.memory, { ...need, bytes: this.#places.results + resultBytes + 64 })
    if (this.#sizes.modes === 0) this.#view(this.#places.modes, events * this.modesPerFrame).fill(0)
    return this.#places
  }

  /** The common modes of a block, their sums and counts. */
  modeViews(events: number): ModeViews {
    const { buffer } = this.memory
    const all = events * this.modesPerFrame
    return {
      modes: this.#view(this.#places.modes, all),
      sums: new Float64Array(buffer, this.#places.sums, 4 * all),
      counts: new Int32Array(buffer, this.#places.counts, all),
    }
  }

  #view(at: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length)
  }
}

/** Bytes of all of it for blocks of `events` frames with `resultBytes` of results. */
export function calibrationBytes(sizes: CalibrationSizes, events: number, resultBytes: number): number {
  return pageBytes * pagesOf(placesOf(sizes, events).results + resultBytes + 64)
}

/** Maps come first, so that they stay where they are when blocks grow. Vectors may read 32 bytes beyond any of them. */
function placesOf({ frameSize, modes, stage }: CalibrationSizes, events: number): Places {
  let end = pageBytes
  const place = (bytes: number): number => {
    const at = end
    end += Math.ceil((bytes + 32) / 64) * 64
    return at
  }
  const perFrame = modes + modesBehind
  const scratch = place(scratchBytes)
  const [pedestal, gain, background] = [place(4 * frameSize), place(4 * frameSize), place(4 * frameSize)]
  const staged = place(4 * (stage + 8))
  const [modesAt, sums, counts] = [
    place(4 * perFrame * events),
    place(32 * perFrame * events),
    place(4 * perFrame * events),
  ]
  const places = { scratch, pedestal, gain, background, modes: modesAt, sums, counts, stage: staged }
  return { ...places, results: place(0) }
}

function pagesOf(bytes: number): number {
  return Math.ceil(bytes / pageBytes)
}
