// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a result says about the beam beside its curves. */
import { staticBinLabel } from '../correlators/labelSlots.js'
import { type LabelSums, labelTable } from '../correlators/normalizations.js'
import { remembering } from '../correlators/remembering.js'
import type { BeamFacts, Curves } from '../correlators/resultGroup.js'
import { beamWarning, slopeOffsets, slopeParts, sparseWarning } from './beamReport.js'
import type { BeamSums } from './lightTable.js'
import type { AnalysisPlan } from './plan.js'

interface BeamParts {
  readonly beam: BeamSums
  readonly factor: Float64Array | null
  readonly sums: LabelSums
  /** Per element its color, 0 = none or saturated, and its mean. */
  readonly alive: Int32Array
  readonly mean: Float64Array
  /** Place of every color in `beam`. */
  readonly rows: readonly number[]
  /** Spatial block per element, where there are blocks. */
  readonly block: Int32Array | null
}

/** Parts of every color: its static bins or, where it is one itself, its blocks. */
const partsOfColors = remembering(({ color, fine }: AnalysisPlan, block: Int32Array | null): Parts => {
  const bins = labelTable(color.map((label, i) => staticBinLabel(label, fine[i]))).labels
  if (block === null || bins.length > labelTable(color).labels.length) return { of: fine, name: 'static bins' }
  return { of: block.map((own) => own + 1), name: 'compact blocks' }
})

interface Parts {
  readonly of: Int32Array
  readonly name: string
}

/** What the first update would have to wait for. `alive` [elements]: color of each, 0 = none. */
export function prepareBeamFacts(plan: AnalysisPlan, alive: Int32Array, block: Int32Array | null): void {
  slopeParts(alive, partsOfColors(plan, block).of)
}

export function beamFacts(plan: AnalysisPlan, curves: Curves, input: BeamParts): BeamFacts {
  const { beam, factor, sums, alive, mean, rows } = input
  const parts = partsOfColors(plan, input.block)
  const D = plan.delays.length
  const intensity = new Float64Array(rows.length * D)
  rows.forEach((row, c) => {
    intensity.set(beam.colors[row], c * D)
  })
  const warnings = [beamWarning(plan, curves, beam, rows, factor), sparseWarning(plan, sums)]
  return {
    frameNorm: plan.frameNorm,
    factor,
    intensity,
    report: {
      variation: Math.sqrt(Math.max(0, beam.shot)),
      slopeOffset: slopeOffsets(curves.colors, alive, parts.of, mean),
      slopeParts: parts.name,
      warnings: warnings.filter((text) => text !== null),
    },
  }
}
