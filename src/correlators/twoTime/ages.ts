// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * g2 of one color from its two-time map: sums along the lines of constant lag, the diagonal left out.
 *
 *     g2(d) = sum over t of <I(t) I(t+d)> / sum over t of <I(t)><I(t+d)>        ('instantaneous')
 *
 * The error comes from up to 16 parts of equal age of every line, as a linearised ratio: honest while a part is longer than the
 * sample remembers. Windows of age take pairs with both frames inside.
 */
const parts = 16

export interface AgeCurves {
  /** Lag in frames -> g2 and its standard error; NaN where undefined and at lag 0. */
  readonly g2: Float64Array
  readonly error: Float64Array
  /** [lag * windows + window], lags up to the length of a window. */
  readonly windows: Float64Array
}

export class Ages {
  readonly #frames: number
  readonly #windows: number
  /** Frames of a window. */
  readonly #length: number
  /** Per lag and part: sums of <I I> and <I><I>. */
  readonly #products: Float64Array
  readonly #means: Float64Array
  /** The same per lag and window. */
  readonly #ownProducts: Float64Array
  readonly #ownMeans: Float64Array

  constructor(frames: number, windows: number) {
    this.#frames = frames
    this.#windows = windows
    this.#length = Math.floor(frames / windows)
    this.#products = new Float64Array(frames * parts)
    this.#means = new Float64Array(frames * parts)
    this.#ownProducts = new Float64Array(this.#length * windows)
    this.#ownMeans = new Float64Array(this.#length * windows)
  }

  /** Frames per window: lags of `windows`. */
  get windowFrames(): number {
    return this.#length
  }

  /** Add one point of the map: <I(t1) I(t2)> and <I(t1)><I(t2)>, t1 < t2. */
  add(t1: number, t2: number, product: number, means: number): void {
    const lag = t2 - t1
    const at = lag * parts + Math.floor((t1 * parts) / (this.#frames - lag))
    this.#products[at] += product
    this.#means[at] += means
    const window = Math.floor(t1 / this.#length)
    if (lag >= this.#length || window >= this.#windows || t2 >= (window + 1) * this.#length) return
    this.#ownProducts[lag * this.#windows + window] += product
    this.#ownMeans[lag * this.#windows + window] += means
  }

  curves(): AgeCurves {
    const g2 = new Float64Array(this.#frames).fill(Number.NaN)
    const error = new Float64Array(this.#frames).fill(Number.NaN)
    for (let lag = 1; lag < this.#frames; lag++) {
      const products = this.#products.subarray(lag * parts, (lag + 1) * parts)
      const means = this.#means.subarray(lag * parts, (lag + 1) * parts)
      g2[lag] = finite(sum(products) / sum(means))
      error[lag] = errorOf(products, means, g2[lag], Math.min(parts, this.#frames - lag))
    }
    const windows = this.#ownProducts.map((product, i) => finite(product / this.#ownMeans[i]))
    return { g2, error, windows }
  }
}

/** Standard error of sum(products) / sum(means) over `count` parts of equal length; NaN for fewer than two with values. */
function errorOf(products: Float64Array, means: Float64Array, g2: number, count: number): number {
  let filled = 0
  let squares = 0
  for (let part = 0; part < products.length; part++) {
    if (means[part] === 0) continue
    filled++
    squares += (products[part] - g2 * means[part]) ** 2
  }
  if (count < 2 || filled < 2) return Number.NaN
  return finite(Math.sqrt((squares * filled) / (filled - 1)) / sum(means))
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}
