// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Photon counts for a fluctuating intensity, as one table.
 *
 * The intensity takes `levels` equally likely values I_k with mean 1 and variance contrast^2: 1 + contrast (e_k - 1), e_k like
 * the means of a negative exponential distribution over its quantiles. Row k of the table holds Poisson counts of mean
 * `mean * I_k` at equally likely quantiles, so that a count is one look-up: `counts[k * width + random]`. Whatever the
 * table's resolution, its exact moments follow from its entries, and with them the exact g2 (see `movie.ts`).
 */

export const levels = 32

export interface CountTable {
  /** `counts[level * width + i]`, i = 0..width-1 equally likely. */
  readonly counts: Uint16Array
  /** Exact mean count. */
  readonly mean: number
  /** Exact variance of a level's mean count over levels, divided by mean^2: the intercept of g2 - 1. */
  readonly beta: number
}

/** Bits of a random word that choose among a level's counts: more for rare photons, whose probability must be resolved. */
export function widthBits(mean: number): number {
  return mean < 0.5 ? 14 : 10
}

/** `mean` >= 0 counts per frame; `contrast` 0..1, its square is close to g2 - 1 at short delays; 2^`bits` entries per level. */
export function countTable(mean: number, contrast: number, bits: number): CountTable {
  const width = 2 ** bits
  const counts = new Uint16Array(levels * width)
  const means = intensityLevels(contrast).map((level, k) => {
    const row = counts.subarray(k * width, (k + 1) * width)
    fillPoisson(row, mean * level)
    return row.reduce((sum, count) => sum + count, 0) / width
  })
  const exact = means.reduce((sum, m) => sum + m, 0) / levels
  const variance = means.reduce((sum, m) => sum + (m - exact) ** 2, 0) / levels
  return { counts, mean: exact, beta: exact === 0 ? 0 : variance / exact ** 2 }
}

/** Mean 1, variance contrast^2, none negative. */
function intensityLevels(contrast: number): number[] {
  const part = (v: number) => (v === 0 ? 0 : v - v * Math.log(v))
  const means = Array.from({ length: levels }, (_, k) => levels * (part(1 - k / levels) - part(1 - (k + 1) / levels)))
  const spread = Math.sqrt(means.reduce((sum, e) => sum + (e - 1) ** 2, 0) / levels)
  return means.map((e) => Math.max(0, 1 + (contrast * (e - 1)) / spread))
}

/** Poisson counts of mean `lambda` at the quantiles (i + 1/2) / length. */
function fillPoisson(row: Uint16Array, lambda: number): void {
  let count = 0
  let probability = Math.exp(-lambda)
  let below = probability
  for (let i = 0; i < row.length; i++) {
    while (below < (i + 0.5) / row.length && count < 65_535) {
      count++
      probability *= lambda / count
      below += probability
    }
    row[i] = count
  }
}
