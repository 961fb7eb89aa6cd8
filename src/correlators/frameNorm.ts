// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Beam intensity and g2. With a beam m(t) that every element sees, g2 over pairs is g2 of the sample times
 *   g_m(d) = <m(t) m(t+d)> / (<m(t)> <m(t+d)>),   means over the pairs of delay d,
 * so g2 is divided by it (`frameNorm`). Frames stay as they are: integers, sums exact. Each pair has the weight of its light, and noise of
 * a monitor, independent between events, cancels in <m(t) m(t+d)>; in frames divided by m(t) it would stay as <1/m>^2 > 1/<m>^2.
 */

/** `'none'`, `'frameMean'` (mean over the colored elements) or `'monitor:<var>'` (a variable of the dataset). */
export type FrameNorm = string

const monitorPrefix = 'monitor:'

/** The variable of `'monitor:<var>'`; null for other choices. */
export function monitorOf(frameNorm: FrameNorm): string | null {
  return frameNorm.startsWith(monitorPrefix) ? frameNorm.slice(monitorPrefix.length) : null
}

/** Sums over the pairs of every delay, [delays x columns]. */
export interface ColumnSums {
  readonly counts: ArrayLike<number>
  readonly G2: Float64Array
  readonly IP: Float64Array
  readonly IF: Float64Array
  /** Pairs in which a column has no value. */
  readonly lost: Float64Array
}

/** <x(t) x(t+d)> / (<x(t)> <x(t+d)>) of one column, [delays]; NaN where undefined. */
export function autocorrelation(
  { counts, G2, IP, IF, lost }: ColumnSums,
  column: number,
  columns: number,
): Float64Array {
  return Float64Array.from(counts, (pairs, d) => {
    const at = d * columns + column
    const value = ((pairs - lost[at]) * G2[at]) / (IP[at] * IF[at])
    return Number.isFinite(value) ? value : Number.NaN
  })
}

/** In words, for the file. */
export function frameNormText(frameNorm: FrameNorm): string {
  if (frameNorm === 'none') return 'none: g2 as measured'
  const m = monitorOf(frameNorm)
  const what = m === null ? 'the mean of the frame over its colored elements' : `the variable ${m}`
  return `g2 divided by <m(t) m(t+d)> / (<m(t)><m(t+d)>) over the pairs of each delay, m = ${what}`
}
