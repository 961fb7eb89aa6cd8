// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What all elements of a color share, the beam, their spread does not show. Here the run is cut into stretches, and what the beam does to a
 * curve, g_I0(d) over what the curve was divided by, is formed without each of them.
 */
import { type ColumnSums, monitorOf } from '../correlators/frameNorm.js'
import type { BeamSums } from './lightTable.js'
import type { AnalysisPlan } from './plan.js'

export interface BeamReplicates {
  readonly stretches: number
  /** The beam's part of g2 relative to its value, times `scale`, without each stretch at delay number `d`; NaN where a stretch has no pairs. */
  into(column: number, d: number, scale: number, out: Float64Array): void
}

/** Null where curves hold nothing of the beam, or nothing is known of it. */
export function beamReplicates(
  { normalization, frameNorm }: Pick<AnalysisPlan, 'normalization' | 'frameNorm'>,
  beam: BeamSums,
): BeamReplicates | null {
  const stretches = beam.stretches.length
  if (normalization === 'instantaneous' || stretches === 0) return null
  const norm = frameNorm === 'none' ? null : monitorOf(frameNorm) === null ? beam.frameColumn : beam.monitorColumn
  const values = autocorrelations(beam)
  const size = beam.width * beam.counts.length
  const into = (column: number, d: number, scale: number, out: Float64Array): void => {
    const [own, other] = [d * beam.width + column, d * beam.width + (norm ?? 0)]
    const value = (k: number): number => values[k * size + own] / (norm === null ? 1 : values[k * size + other])
    const all = value(stretches)
    for (let k = 0; k < stretches; k++) out[k] = (value(k) / all) * scale
  }
  return { stretches, into }
}

/** Autocorrelations without the pairs that each stretch added, the last with all: [stretches + 1][delays][columns]. */
function autocorrelations({ stretches, width }: BeamSums): Float64Array {
  const all = stretches[stretches.length - 1]
  const size = all.G2.length
  const out = new Float64Array((stretches.length + 1) * size)
  const none: ColumnSums = noSums(all)
  for (let k = 0; k <= stretches.length; k++) {
    const here = stretches[k] ?? none
    const before = k === stretches.length ? none : (stretches[k - 1] ?? none)
    for (let at = 0; at < size; at++) {
      const d = Math.floor(at / width)
      const added = here.counts[d] - here.lost[at] - (before.counts[d] - before.lost[at])
      const pairs = all.counts[d] - all.lost[at] - added
      const [G2, IP, IF] = [
        all.G2[at] - here.G2[at] + before.G2[at],
        all.IP[at] - here.IP[at] + before.IP[at],
        all.IF[at] - here.IF[at] + before.IF[at],
      ]
      const empty = k < stretches.length && here.counts[d] === before.counts[d]
      out[k * size + at] = empty ? Number.NaN : (pairs * G2) / (IP * IF)
    }
  }
  return out
}

function noSums({ counts, G2 }: ColumnSums): ColumnSums {
  const zeros = new Float64Array(G2.length)
  return { counts: new Float64Array(counts.length), G2: zeros, IP: zeros, IF: zeros, lost: zeros }
}
