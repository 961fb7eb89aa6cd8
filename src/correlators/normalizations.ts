// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The viewer's part of the curves: label sums in, g2 and its standard error out. Pure functions over small arrays.
 * Row-major everywhere: `[label * D + delay]`. Undefined values are NaN.
 */
import type { NormalizationName } from './resultGroup.js'
import { colorOfStaticBin, staticBinLabel } from './labelSlots.js'
import { labelSumsWidth, ratioSumsWidth } from './reductions.js'

/** How the static bins of a dynamic bin are averaged: equally, by elements, or by photons. */
export type Weights = 'bin' | 'pixel' | 'photon'

/** Labels in use, ascending, and the row of each. */
export interface LabelTable {
  readonly labels: Int32Array
  readonly rowOf: ReadonlyMap<number, number>
}

export function labelTable(labels: ArrayLike<number>): LabelTable {
  const unique = Int32Array.from(new Set(Array.from(labels).filter((label) => label > 0))).sort()
  return { labels: unique, rowOf: new Map(Array.from(unique, (label, row) => [label, row])) }
}

/** The label whose mean IP and IF normalise an element. */
export function normalizationLabel(normalization: NormalizationName, color: number, fine: number): number {
  if (normalization === 'finecolor') return fine
  return normalization === 'static' ? staticBinLabel(color, fine) : color
}

/** Sums per normalisation label: `values` [labels x D x 4] = G2, IP, IF, pairs. */
export interface LabelSums {
  readonly table: LabelTable
  readonly delays: number
  readonly values: Float64Array
}

/** Mean IP x mean IF per label and delay. */
export function denominators({ table, delays, values }: LabelSums): Float64Array {
  const out = new Float64Array(table.labels.length * delays)
  for (let i = 0; i < out.length; i++) {
    const at = i * labelSumsWidth
    const pairs = values[at + 3]
    out[i] = (values[at + 1] / pairs) * (values[at + 2] / pairs)
  }
  return out
}

/** G2 / (IP IF) per label and delay; NaN where undefined. */
export function labelRatios(sums: LabelSums): Float64Array {
  const below = denominators(sums)
  return below.map((denominator, i) =>
    finite(sums.values[i * labelSumsWidth] / sums.values[i * labelSumsWidth + 3] / denominator),
  )
}

/** Mean over the static bins of every color, weighted; bins without a defined g2 do not count. */
export function staticMeans(
  sums: LabelSums,
  colors: Int32Array,
  elements: ReadonlyMap<number, number>,
  weights: Weights,
): Float64Array {
  const { table, delays, values } = sums
  const ratios = labelRatios(sums)
  const total = new Float64Array(colors.length * delays)
  const weight = new Float64Array(colors.length * delays)
  const colorRow = new Map(Array.from(colors, (color, row) => [color, row]))
  table.labels.forEach((label, row) => {
    const c = colorRow.get(colorOfStaticBin(label))
    if (c === undefined) return
    for (let d = 0; d < delays; d++) {
      const at = row * delays + d
      if (Number.isNaN(ratios[at])) continue
      const photons = values[at * labelSumsWidth + 1]
      const w = weights === 'bin' ? 1 : weights === 'pixel' ? (elements.get(label) ?? 0) : photons
      total[c * delays + d] += w * ratios[at]
      weight[c * delays + d] += w
    }
  })
  return total.map((sum, i) => finite(sum / weight[i]))
}

/** Mean of r per color and delay from `ratioSums` values [colors x D x 3]. */
export function ratioMeans(values: Float64Array): Float64Array {
  return Float64Array.from({ length: values.length / ratioSumsWidth }, (_, i) =>
    finite(values[i * ratioSumsWidth + 1] / values[i * ratioSumsWidth]),
  )
}

/** Standard error over elements: std of r / sqrt(N); NaN for fewer than two elements. */
export function ratioErrors(values: Float64Array): Float64Array {
  return Float64Array.from({ length: values.length / ratioSumsWidth }, (_, i) => {
    const [n, sum, square] = values.subarray(i * ratioSumsWidth, (i + 1) * ratioSumsWidth)
    const shift = sum / n - 1
    const variance = Math.max(0, square - n * shift * shift) / (n - 1)
    return n < 2 ? Number.NaN : finite(Math.sqrt(variance / n))
  })
}

/** Instantaneous g2: ring G2 per element over the pair sums of the ring's mean intensity, `light` [colors x D] = sum of S(t)S(t+d). */
export function instantaneousRatios(
  sums: LabelSums,
  light: Float64Array,
  elements: ReadonlyMap<number, number>,
): Float64Array {
  const { table, delays, values } = sums
  return light.map((pairs, i) => {
    const n = elements.get(table.labels[Math.floor(i / delays)]) ?? 0
    return finite((n * values[i * labelSumsWidth]) / pairs)
  })
}

/** In words, for the file: r is the element's (G2/n) over the means of IP/n and IF/n that the normalisation uses. */
export const errorMethod = 'standard error over elements: std of G2/(<IP><IF>) / sqrt(elements)'

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}
