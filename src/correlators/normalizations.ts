// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The viewer's part of the curves: label sums in, g2 and its standard error out. Pure functions over small arrays.
 * Row-major everywhere: `[label * D + delay]`. Undefined values are NaN.
 */
import type { NormalizationName } from './resultGroup.js'
import { colorOfStaticBin, staticBinLabel } from './labelSlots.js'
import { labelSumsWidth, ratioSumsWidth } from './reductions.js'
import { remembering } from './remembering.js'

/** How the static bins of a dynamic bin are averaged: equally, by elements, or by photons. */
export type Weights = 'bin' | 'pixel' | 'photon'

/** Labels in use, ascending, and the row of each. */
export interface LabelTable {
  readonly labels: Int32Array
  readonly rowOf: ReadonlyMap<number, number>
}

export function labelTable(labels: ArrayLike<number>): LabelTable {
  const seen = new Set<number>()
  let last = 0
  for (let i = 0; i < labels.length; i++) {
    // Neighbours mostly have the same label.
    if (labels[i] === last || labels[i] <= 0) continue
    last = labels[i]
    seen.add(last)
  }
  const unique = Int32Array.from(seen).sort()
  return { labels: unique, rowOf: new Map(Array.from(unique, (label, row) => [label, row])) }
}

/** As `labelTable`, for labels that do not change. */
export const keptLabelTable = remembering(labelTable)

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

/** <IP> and <IF> per label and delay, `[label][delay][2]`. */
export function labelMeans({ table, delays, values }: LabelSums): Float64Array {
  const out = new Float64Array(2 * table.labels.length * delays)
  for (let i = 0; i < out.length / 2; i++) {
    const at = i * labelSumsWidth
    out[2 * i] = values[at + 1] / values[at + 3]
    out[2 * i + 1] = values[at + 2] / values[at + 3]
  }
  return out
}

/** G2 / (IP IF) per label and delay; NaN where undefined. */
export function labelRatios(sums: LabelSums): Float64Array {
  const means = labelMeans(sums)
  return Float64Array.from({ length: means.length / 2 }, (_, i) => {
    const at = i * labelSumsWidth
    return finite(sums.values[at] / sums.values[at + 3] / (means[2 * i] * means[2 * i + 1]))
  })
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

/**
 * Standard error over elements of `g2` [colors x D], from `ratioSums` values. G2 of an element varies together with its IP and IF,
 * so the spread that counts is that of the linearised ratio r - g2 (1 + u) (delta method). NaN for fewer than two elements.
 */
export function ratioErrors(values: Float64Array, g2: Float64Array): Float64Array {
  return g2.map((g, i) => {
    const [n, r, square, u, uSquare, product] = values.subarray(i * ratioSumsWidth, (i + 1) * ratioSumsWidth)
    const shift = r - n
    const spread = square - (shift * shift) / n + g * g * (uSquare - (u * u) / n) - 2 * g * (product - (shift * u) / n)
    return n < 2 ? Number.NaN : finite(Math.sqrt(Math.max(0, spread) / (n - 1) / n))
  })
}

/**
 * Instantaneous g2: ring G2 per element over the pair sums of the ring's mean intensity, `light` [colors x D] = sum of S(t)S(t+d) over
 * `events` [colors x D] pairs of events; S = number of elements times the mean of those that have a value.
 */
export function instantaneousRatios(
  sums: LabelSums,
  light: Float64Array,
  events: Float64Array,
  elements: ReadonlyMap<number, number>,
): Float64Array {
  const { table, delays, values } = sums
  return light.map((pairs, i) => {
    const n = elements.get(table.labels[Math.floor(i / delays)]) ?? 0
    const [G2, , , valid] = values.subarray(i * labelSumsWidth, (i + 1) * labelSumsWidth)
    return finite(valid === n * events[i] ? (n * G2) / pairs : (n * n * events[i] * G2) / (valid * pairs))
  })
}

/** In words, for the file; up to the colon short enough for a plot. */
export const errorMethod =
  'standard error over elements: std of r - g2 (IP/<IP> + IF/<IF> - 1) over the elements of a color / sqrt(elements), r = G2/(<IP><IF>)'

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}
