// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Contrast against exposure from g2. The photons of an exposure of n ticks are k = k_1 + ... + k_n. Without their own shot noise, which no
 * two ticks share, <k (k - 1)> = sum_i <k_i (k_i - 1)> + sum_{i != j} <k_i k_j>; over <k>^2 = n^2 <k_1>^2 and less 1:
 *
 *   beta(n) = beta(1) / n + (2 / n) sum_{d = 1}^{n - 1} (1 - d / n) (g2(d) - 1)
 *
 * For short ticks that is (2 / T) int_0^T (1 - t / T) (g2(t) - 1) dt (R. Bandyopadhyay et al., Rev. Sci. Instrum. 76, 093110, 2005).
 */

/** A curve of one color: g2 at ascending or unordered delays in ticks, NaN where undefined. */
export interface G2Curve {
  readonly delays: ArrayLike<number>
  readonly g2: ArrayLike<number>
}

/** beta(`ticks`) when that of one tick is `single`; NaN where some delay below `ticks` lies outside the delays of the curve. */
export function contrastFromG2(single: number, curve: G2Curve, ticks: number): number {
  const g2At = interpolated(curve)
  let sum = 0
  for (let d = 1; d < ticks; d++) sum += (1 - d / ticks) * (g2At(d) - 1)
  return (single + 2 * sum) / ticks
}

/** Straight lines over the logarithm of the delay; NaN outside the delays that have a value. */
function interpolated({ delays, g2 }: G2Curve): (delay: number) => number {
  const points = Array.from(delays, (delay, i) => [delay, g2[i]] as const)
    .filter(([delay, value]) => delay > 0 && Number.isFinite(value))
    .sort(([a], [b]) => a - b)
  let next = 0
  let before = Number.POSITIVE_INFINITY
  return (delay) => {
    if (delay < before) next = 0
    before = delay
    while (next < points.length && points[next][0] < delay) next++
    const right = points[next]
    if (right?.[0] === delay) return right[1]
    const left = points[next - 1]
    if (left === undefined || right === undefined) return Number.NaN
    const part = Math.log(delay / left[0]) / Math.log(right[0] / left[0])
    return left[1] + part * (right[1] - left[1])
  }
}
