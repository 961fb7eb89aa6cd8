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
import { type AgeSums, ageParts, type MapKernels } from '../../kernels/mapKernels.js'

export interface AgeCurves {
  /** Lag in frames -> g2 and its standard error; NaN where undefined and at lag 0. */
  readonly g2: Float64Array
  readonly error: Float64Array
  /** [lag * windows + window], lags up to the length of a window. */
  readonly windows: Float64Array
}

export class Ages {
  /** What the kernels add to. */
  readonly sums: AgeSums

  /** Values that it takes of the kernels. */
  static room(frames: number): number {
    return 2 * frames * (ageParts + 1)
  }

  constructor(frames: number, windows: number, kernels: MapKernels) {
    const length = Math.floor(frames / windows)
    this.sums = {
      frames,
      windows,
      length,
      products: kernels.array(frames * ageParts),
      norms: kernels.array(frames * ageParts),
      ownProducts: kernels.array(length * windows),
      ownNorms: kernels.array(length * windows),
    }
  }

  /** Forget all points. */
  clear(): void {
    const { products, norms, ownProducts, ownNorms } = this.sums
    for (const sums of [products, norms, ownProducts, ownNorms]) sums.fill(0)
  }

  curves(): AgeCurves {
    const { frames, windows: count, length, ownProducts, ownNorms } = this.sums
    const g2 = new Float64Array(frames).fill(Number.NaN)
    const error = new Float64Array(frames).fill(Number.NaN)
    const products = new Float64Array(ageParts)
    const means = new Float64Array(ageParts)
    for (let lag = 1; lag < frames; lag++) {
      for (let part = 0; part < ageParts; part++) {
        products[part] = this.sums.products[part * frames + lag]
        means[part] = this.sums.norms[part * frames + lag]
      }
      g2[lag] = finite(sum(products) / sum(means))
      error[lag] = errorOf(products, means, g2[lag])
    }
    const windows = new Float64Array(ownProducts.length)
    for (let lag = 0; lag < length; lag++) {
      for (let w = 0; w < count; w++) {
        windows[lag * count + w] = finite(ownProducts[w * length + lag] / ownNorms[w * length + lag])
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
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}
