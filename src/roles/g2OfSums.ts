// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** g2 per color and delay from the gathered sums, by the definition of the analysis. */
import {
  instantaneousRatios,
  labelRatios,
  labelTable,
  ratioMeans,
  staticMeans,
  type LabelSums,
  type LabelTable,
} from '../correlators/normalizations.js'
import type { BeamSums } from './lightTable.js'
import type { AnalysisPlan } from './plan.js'

/** [colors x D]. `elements`: those of every normalisation label that have not saturated. */
export function g2OfSums(
  { normalization, weights, color, delays }: AnalysisPlan,
  colors: LabelTable,
  sums: LabelSums,
  ratios: Float64Array,
  elements: ReadonlyMap<number, number>,
  beam: BeamSums,
): Float64Array {
  if (normalization === 'finecolor') return ratioMeans(ratios)
  if (normalization === 'static') return staticMeans(sums, colors.labels, elements, weights)
  const all = labelTable(color).labels
  const ofColor = normalization === 'ring' ? labelRatios(sums) : instantaneous(sums, color, elements, beam)
  const out = new Float64Array(colors.labels.length * delays.length)
  colors.labels.forEach((label, row) => {
    const from = all.indexOf(label) * delays.length
    out.set(ofColor.subarray(from, from + delays.length), row * delays.length)
  })
  return out
}

/** Events were summed with the elements that saturated later: there g2 of the others is divided by the autocorrelation of all. */
function instantaneous(
  sums: LabelSums,
  color: Int32Array,
  elements: ReadonlyMap<number, number>,
  beam: BeamSums,
): Float64Array {
  const { table, delays } = sums
  const out = instantaneousRatios(sums, joined(beam.pairSums, delays), joined(beam.pairs, delays), elements)
  const counts = new Map<number, number>()
  for (const label of color) counts.set(label, (counts.get(label) ?? 0) + 1)
  const rings = labelRatios(sums)
  table.labels.forEach((label, row) => {
    if (elements.get(label) === counts.get(label)) return
    for (let d = 0; d < delays; d++) out[row * delays + d] = rings[row * delays + d] / beam.colors[row][d]
  })
  return out
}

function joined(rows: readonly Float64Array[], width: number): Float64Array {
  const out = new Float64Array(rows.length * width)
  rows.forEach((row, i) => {
    out.set(row, i * width)
  })
  return out
}
