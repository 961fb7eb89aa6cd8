// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What all elements of a color share, the beam, their spread does not show. Here the run is cut into stretches, and what the beam does to a
 * curve, g_I0(d) over what the curve was divided by, is formed without each of them.
 */
import { monitorOf } from '../correlators/frameNorm.js'
import type { BeamSums } from './lightTable.js'
import type { AnalysisPlan } from './plan.js'

/** Per delay the beam's part of g2 relative to its value, without each stretch: [delays][stretches]; NaN where a stretch has no pairs. */
export function beamReplicates(
  { normalization, frameNorm }: Pick<AnalysisPlan, 'normalization' | 'frameNorm'>,
  beam: BeamSums,
  column: number,
): Float64Array[] | null {
  if (normalization === 'instantaneous' || beam.stretches.length === 0) return null
  const norm = frameNorm === 'none' ? null : monitorOf(frameNorm) === null ? beam.frameColumn : beam.monitorColumn
  const value = (d: number, stretch: number): number => {
    const own = without(beam, column, d, stretch)
    return norm === null ? own : own / without(beam, norm, d, stretch)
  }
  return Array.from(beam.counts, (_, d) => {
    const all = value(d, -1)
    return Float64Array.from(beam.stretches, (_sums, stretch) =>
      pairsIn(beam, d, stretch) === 0 ? Number.NaN : value(d, stretch) / all,
    )
  })
}

function pairsIn({ stretches }: BeamSums, d: number, stretch: number): number {
  return stretches[stretch].counts[d] - (stretches[stretch - 1]?.counts[d] ?? 0)
}

/** Autocorrelation of a column without the pairs that a stretch added; -1 = with all. */
function without({ stretches, width }: BeamSums, column: number, d: number, stretch: number): number {
  const at = d * width + column
  const all = stretches[stretches.length - 1]
  let pairs = all.counts[d] - all.lost[at]
  let [G2, IP, IF] = [all.G2[at], all.IP[at], all.IF[at]]
  if (stretch >= 0) {
    const here = stretches[stretch]
    pairs -= here.counts[d] - here.lost[at]
    G2 -= here.G2[at]
    IP -= here.IP[at]
    IF -= here.IF[at]
  }
  if (stretch > 0) {
    const before = stretches[stretch - 1]
    pairs += before.counts[d] - before.lost[at]
    G2 += before.G2[at]
    IP += before.IP[at]
    IF += before.IF[at]
  }
  return (pairs * G2) / (IP * IF)
}
