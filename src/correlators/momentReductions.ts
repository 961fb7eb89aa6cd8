// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What `reductions.ts` gives, from moments over bins that were taken in one pass over the sums. No element has a hole. */
import { type BinMoments, binMomentsWidth } from './bins.js'
import { type DelayRange, labelSumsWidth, ratioSumsWidth } from './reductions.js'

/** As `labelSums`, [delay][slot][labelSumsWidth]. */
export function labelSumsOfBins(moments: BinMoments, slots: number, { from, to }: DelayRange, out: Float64Array): void {
  out.fill(0)
  const { bins, counts, values } = moments
  for (let bin = 0; bin < bins.count; bin++) {
    const slot = bins.normalSlot[bin]
    if (slot < 0) continue
    const n = bins.elements[bin]
    for (let d = from; d < to; d++) {
      const at = (bin * counts.length + d) * binMomentsWidth
      const to = ((d - from) * slots + slot) * labelSumsWidth
      for (let k = 0; k < 3; k++) out[to + k] += values[at + 3 + k] + n * values[at + k]
      out[to + 3] += n * counts[d]
    }
  }
}

/**
 * As `ratioSums`, [delay][slot][ratioSumsWidth]. For one bin and delay r - 1 = a (G2 - G2') + r' and
 * u = b (IP - IP') + c (IF - IF') + u' are linear in what the moments hold; ' marks the values at the shifts.
 */
export function ratioSumsOfBins(
  moments: BinMoments,
  slots: number,
  { from, to }: DelayRange,
  rowOf: Int32Array,
  means: Float64Array,
  out: Float64Array,
): void {
  out.fill(0)
  const { bins, counts, values } = moments
  for (let bin = 0; bin < bins.count; bin++) {
    const slot = bins.colorSlot[bin]
    const row = rowOf[bins.sample[bin]]
    if (slot < 0 || row < 0) continue
    for (let d = from; d < to; d++) {
      const label = 2 * (row * (to - from) + d - from)
      const at = (bin * counts.length + d) * binMomentsWidth
      const to_ = ((d - from) * slots + slot) * ratioSumsWidth
      addRatios(values, at, bins.elements[bin], counts[d], means[label], means[label + 1], out, to_)
    }
  }
}

/** Add the six sums of `n` elements whose moments lie at `at`. */
function addRatios(
  values: Float64Array,
  at: number,
  n: number,
  pairs: number,
  past: number,
  future: number,
  out: Float64Array,
  to: number,
): void {
  const a = 1 / (pairs * past * future)
  const b = 1 / (pairs * past)
  const c = 1 / (pairs * future)
  const r = a * values[at] - 1
  const u = b * values[at + 1] + c * values[at + 2] - 2
  if (!Number.isFinite(r)) return
  const G2 = a * values[at + 3]
  const light = b * values[at + 4] + c * values[at + 5]
  const spread = b * b * values[at + 7] + 2 * b * c * values[at + 11] + c * c * values[at + 8]
  out[to] += n
  out[to + 1] += G2 + n * (r + 1)
  out[to + 2] += a * a * values[at + 6] + 2 * r * G2 + n * r * r
  out[to + 3] += light + n * u
  out[to + 4] += spread + 2 * u * light + n * u * u
  out[to + 5] += a * (b * values[at + 9] + c * values[at + 10]) + u * G2 + r * light + n * r * u
}
