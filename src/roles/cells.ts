// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Curves and their jackknife from sums over cells alone: where workers follow the light of their cells, and what the viewer makes of it. */
import type { LabelSums, LabelTable } from '../correlators/normalizations.js'
import { labelMeans } from '../correlators/normalizations.js'
import { cellDelaysMost } from '../correlators/pairSums/cellSums.js'
import { labelSumsWidth, ratioSumsWidth } from '../correlators/reductions.js'
import { remembering } from '../correlators/remembering.js'
import { type BlockLabels, blockLabels, cellsAreFew, valuesAtUpdate } from './blockLabels.js'
import { normalizationLabels, normalizationTable } from './labels.js'
import type { AnalysisPlan, RunPlan } from './plan.js'

/** Fewer elements per cell are not worth the memory of its light. */
const elementsPerCell = 128

/** Whether workers are to follow the light of their cells; the same on every rank. */
export function followsCells(run: RunPlan, analysis: AnalysisPlan): boolean {
  const { delays, errors } = analysis
  const elements = run.partition.elements.length
  if (errors === 'elements' || elements * delays.length <= valuesAtUpdate || delays.length > cellDelaysMost)
    return false
  const labels = blockLabels(run, analysis)
  const few = cellsAreFew(labels, delays.length) && elementsPerCell * labels.cells.labels.length <= elements
  return few && coversAll(labels.label, analysis)
}

/** Every element that a curve or its normalisation needs has a cell. */
function coversAll(cell: Int32Array, analysis: AnalysisPlan): boolean {
  const normal = normalizationLabels(analysis)
  return cell.every((label, i) => label > 0 || (analysis.color[i] <= 0 && normal[i] <= 0))
}

/** Sums of cells under the labels that curves need. */
export interface SumsOfCells {
  readonly sums: LabelSums
  /** [colors x D x ratioSumsWidth]: elements and the sum of r; the others are NaN. */
  readonly ratios: Float64Array
}

/** `values` [cells x D x labelSumsWidth]; no element has saturated. */
export function sumsOfCells(
  analysis: AnalysisPlan,
  colors: LabelTable,
  labels: BlockLabels,
  values: Float64Array,
): SumsOfCells {
  const delays = analysis.delays.length
  const table = normalizationTable(analysis)
  const cells = cellFacts(labels, analysis)
  const width = delays * labelSumsWidth
  const sums = { table, delays, values: new Float64Array(table.labels.length * width) }
  cells.normalRow.forEach((row, cell) => {
    for (let k = 0; k < width; k++) sums.values[row * width + k] += values[cell * width + k]
  })
  return { sums, ratios: ratiosOfCells(sums, cells, colors, values) }
}

/** Of every cell. */
interface CellFacts {
  /** In the table of normalisation labels. */
  readonly normalRow: Int32Array
  readonly color: Int32Array
  readonly elements: Float64Array
}

const cellFacts = remembering(({ label, cells }: BlockLabels, analysis: AnalysisPlan): CellFacts => {
  const normals = normalizationLabels(analysis)
  const { rowOf } = normalizationTable(analysis)
  const [normalRow, color] = [new Int32Array(cells.labels.length), new Int32Array(cells.labels.length)]
  const elements = new Float64Array(cells.labels.length)
  // Neighbours mostly have the same cell.
  let [last, cell] = [0, -1]
  for (let i = 0; i < label.length; i++) {
    if (label[i] <= 0) continue
    if (label[i] !== last) {
      last = label[i]
      cell = cells.rowOf.get(last) as number
      normalRow[cell] = rowOf.get(normals[i]) ?? -1
      color[cell] = analysis.color[i]
    }
    elements[cell]++
  }
  return { normalRow, color, elements }
})

/** r of an element is linear in its G2, so the sum over a cell follows from the cell's G2. */
function ratiosOfCells(
  sums: LabelSums,
  { normalRow, color, elements }: CellFacts,
  colors: LabelTable,
  values: Float64Array,
): Float64Array {
  const D = sums.delays
  const means = labelMeans(sums)
  const ratios = new Float64Array(colors.labels.length * D * ratioSumsWidth).fill(Number.NaN)
  for (let i = 0; i < ratios.length; i += ratioSumsWidth) ratios.fill(0, i, i + 2)
  color.forEach((label, cell) => {
    const row = colors.rowOf.get(label) ?? -1
    for (let d = 0; row >= 0 && d < D; d++) {
      const mean = 2 * (normalRow[cell] * D + d)
      const at = (cell * D + d) * labelSumsWidth
      const pairs = values[at + 3] / elements[cell]
      const r = values[at] / (pairs * means[mean] * means[mean + 1])
      if (!Number.isFinite(r)) continue
      ratios[(row * D + d) * ratioSumsWidth] += elements[cell]
      ratios[(row * D + d) * ratioSumsWidth + 1] += r
    }
  })
  return ratios
}
