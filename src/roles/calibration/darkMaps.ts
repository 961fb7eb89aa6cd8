// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Mean and standard deviation of every pixel over dark frames, in one pass: sums of differences to the pixel's first value. */
import type { TypedArray } from '../../units.js'

export interface DarkSums {
  /** Mean; NaN where a pixel has no value. */
  readonly mean: Float64Array
  /** Standard deviation, sum of squares over (values - 1); NaN below two values. */
  readonly deviation: Float64Array
  /** Values of a pixel that are not NaN. */
  readonly values: Uint32Array
}

export class DarkFrames {
  readonly #origin: Float64Array
  readonly #sums: Float64Array
  readonly #squares: Float64Array
  readonly #values: Uint32Array

  constructor(pixels: number) {
    this.#origin = new Float64Array(pixels)
    this.#sums = new Float64Array(pixels)
    this.#squares = new Float64Array(pixels)
    this.#values = new Uint32Array(pixels)
  }

  /** `events` frames one after the other. */
  add(data: TypedArray, events: number): void {
    const size = this.#values.length
    for (let e = 0; e < events; e++) this.#addFrame(data, e * size)
  }

  #addFrame(data: TypedArray, from: number): void {
    const [origin, sums, squares, values] = [this.#origin, this.#sums, this.#squares, this.#values]
    for (let p = 0; p < values.length; p++) {
      const value = data[from + p]
      if (Number.isNaN(value)) continue
      if (values[p] === 0) origin[p] = value
      const off = value - origin[p]
      values[p]++
      sums[p] += off
      squares[p] += off * off
    }
  }

  result(): DarkSums {
    const values = this.#values
    const mean = this.#sums.map((sum, p) => this.#origin[p] + sum / values[p])
    const deviation = this.#squares.map((square, p) => {
      const squares = Math.max(0, square - this.#sums[p] ** 2 / values[p])
      return values[p] < 2 ? Number.NaN : Math.sqrt(squares / (values[p] - 1))
    })
    return { mean, deviation, values }
  }
}
