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
import type { MapKernels } from '../../kernels/mapKernels.js'

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
  readonly #kernels: MapKernels
  /** [part * frames + lag]: sums of <I I> and <I><I>. */
  readonly #products: Float64Array
  readonly #means: Float64Array
  /** The same per window, [window * length + lag]. */
  readonly #ownProducts: Float64Array
  readonly #ownMeans: Float64Array

  /** Values that it takes of the kernels. */
  static room(frames: number): number {
    return 2 * frames * (parts + 1)
  }

  constructor(frames: number, windows: number, kernels: MapKernels) {
    this.#frames = frames
    this.#windows = windows
    this.#length = Math.floor(frames / windows)
    this.#kernels = kernels
    this.#products = kernels.array(frames * parts)
    this.#means = kernels.array(frames * parts)
    this.#ownProducts = kernels.array(this.#length * windows)
    this.#ownMeans = kernels.array(this.#length * windows)
  }

  /** Forget all points. */
  clear(): void {
    for (const sums of [this.#products, this.#means, this.#ownProducts, this.#ownMeans]) sums.fill(0)
  }

  /**
   * Add `count` points of row t1, from frame `from` on: proportional to <I(t1) I(t2)> and <I(t1)><I(t2)>, at first of both arrays;
   * 0 in both does not count.
   */
  addRow(t1: number, from: number, count: number, products: Float64Array, means: Float64Array, first: number): void {
    const frames = this.#frames
    const start = from - t1
    for (let lag = start; lag < start + count; ) {
      const part = Math.floor((t1 * parts) / (frames - lag))
      const nextPart = Math.ceil(frames - (t1 * parts) / (part + 1))
      const end = Math.min(start + count, Math.max(lag + 1, nextPart))
      const at = part * frames + lag
      const here = first + lag - start
      this.#kernels.add(this.#products, at, products, here, end - lag)
      this.#kernels.add(this.#means, at, means, here, end - lag)
      lag = end
    }
    const window = Math.floor(t1 / this.#length)
    const own = Math.min(count, (window + 1) * this.#length - from)
    if (window >= this.#windows || own <= 0) return
    this.#kernels.add(this.#ownProducts, window * this.#length + start, products, first, own)
    this.#kernels.add(this.#ownMeans, window * this.#length + start, means, first, own)
  }

  curves(): AgeCurves {
    const frames = this.#frames
    const g2 = new Float64Array(frames).fill(Number.NaN)
    const error = new Float64Array(frames).fill(Number.NaN)
    const products = new Float64Array(parts)
    const means = new Float64Array(parts)
    for (let lag = 1; lag < frames; lag++) {
      for (let part = 0; part < parts; part++) {
        products[part] = this.#products[part * frames + lag]
        means[part] = this.#means[part * frames + lag]
      }
      g2[lag] = finite(sum(products) / sum(means))
      error[lag] = errorOf(products, means, g2[lag])
    }
    const windows = new Float64Array(this.#ownProducts.length)
    for (let lag = 0; lag < this.#length; lag++) {
      for (let w = 0; w < this.#windows; w++) {
        const at = w * this.#length + lag
        windows[lag * this.#windows + w] = finite(this.#ownProducts[at] / this.#ownMeans[at])
      }
    }
    return { g2, error, windows }
  }
}

/** Standard error of sum(products) / sum(means) over parts of equal length; NaN for fewer than two with values. */
function errorOf(products: Float64Array, means: Float64Array, g2: number): number {
  let filled = 0
  let squares = 0
  for (let part = 0; part < products.length; part++) {
    if (means[part] === 0) continue
    filled++
    squares += (products[part] - g2 * means[part]) ** 2
  }
  if (filled < 2) return Number.NaN
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
