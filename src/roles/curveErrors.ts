// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Errors of the curves by jackknife: over spatial blocks of every color, for what its speckles and photons do, and over stretches of the
 * run, for what the beam does to all elements at once. The two are independent, so their covariances add.
 */
import { colorOfStaticBin, fineOfStaticBin } from '../correlators/labelSlots.js'
import {
  type CellSums,
  cellsByColor,
  type ColorCells,
  jackknifeCovariance,
  replicator,
} from '../correlators/jackknife.js'
import type { Curves } from '../correlators/resultGroup.js'
import { type BeamReplicates, beamReplicates } from './beamReplicates.js'
import { type BlockLabels, blocksMost } from './blockLabels.js'
import type { BeamSums } from './lightTable.js'
import type { AnalysisPlan } from './plan.js'

/** Fewer blocks say too little about their own spread. */
const blocksLeast = 8
/** Edge of a block in speckles, at least. */
const speckleWidths = 3

export interface CurveErrors {
  /** [colors x D] */
  readonly error: Float64Array
  /** In words, per color. */
  readonly methods: readonly string[]
  /** [colors x D x D]; null = not asked for. */
  readonly covariance: Float64Array | null
}

export interface ErrorInput {
  readonly plan: AnalysisPlan
  /** With errors over elements, for colors that have too few blocks. */
  readonly curves: Pick<Curves, 'colors' | 'elements' | 'delays' | 'g2' | 'error' | 'errorMethod'>
  readonly beam: BeamSums
  /** Place of every color among the columns of `beam`. */
  readonly rows: readonly number[]
  readonly labels: BlockLabels
  /** [cells x D x labelSumsWidth] */
  readonly values: Float64Array
  /** Pixels; NaN = not known. */
  readonly speckleSize: number
}

export function jackknifeErrors(input: ErrorInput): CurveErrors {
  const { plan, curves, rows } = input
  const D = curves.delays.length
  const error = Float64Array.from(curves.error)
  const covariance = plan.covariance ? new Float64Array(rows.length * D * D).fill(Number.NaN) : null
  const shared = beamReplicates(plan, input.beam)
  // Most colors have the same number of blocks; whose cells are whose is the same for any number.
  const numbered = new Map<string, CellSums>()
  const cellsIn = (had: number, blocks: number): CellSums => {
    const key = `${had}/${blocks}`
    const cells = numbered.get(key) ?? cellSums(input.labels, plan, input.values, D, had, blocks)
    numbered.set(key, cells)
    return cells
  }
  const ofColor = cellsByColor(cellsIn(blocksMost, blocksMost))
  const methods = rows.map((_, c) => {
    const had = input.labels.blocks.get(curves.colors[c]) ?? 1
    const blocks = Math.min(had, blocksOf(curves.elements[c], input.speckleSize))
    if (blocks < blocksLeast && plan.errors === null) return curves.errorMethod
    const own = ofColor.get(curves.colors[c]) ?? { members: [], others: [] }
    const parts = partsOf(input, c, own, cellsIn(had, blocks), blocks, shared)
    for (let d = 0; d < D; d++) error[c * D + d] = Math.sqrt(positive(covarianceOf(parts, d, d)))
    if (covariance !== null)
      for (let i = 0; i < D * D; i++) covariance[c * D * D + i] = covarianceOf(parts, Math.floor(i / D), i % D)
    return methodText(blocks, parts.beam === null ? 0 : input.beam.stretches.length)
  })
  return { error, methods, covariance }
}

/** Blocks of a color: as many as there are, but none smaller than some speckles. */
export function blocksOf(elements: number, speckleSize: number): number {
  const least = Number.isNaN(speckleSize) ? 1 : (speckleWidths * Math.max(1, speckleSize)) ** 2
  return Math.min(blocksMost, Math.max(1, Math.floor(elements / least)))
}

/** True when the jackknife serves every color. */
export function haveBlocks(
  { errors }: Pick<AnalysisPlan, 'errors'>,
  colors: Int32Array,
  elements: Int32Array,
  { blocks }: BlockLabels,
  speckleSize: number,
): boolean {
  const enough = (color: number, c: number): boolean =>
    Math.min(blocks.get(color) ?? 1, blocksOf(elements[c], speckleSize)) >= blocksLeast
  return errors === 'jackknife' || colors.every(enough)
}

/** Per delay: replicates of g2 without each block, and without each stretch, on the scale of g2. Views of two arrays. */
interface Parts {
  readonly space: readonly Float64Array[]
  readonly beam: readonly Float64Array[] | null
}

function partsOf(
  { plan, curves, rows }: ErrorInput,
  c: number,
  own: ColorCells,
  cells: CellSums,
  blocks: number,
  shared: BeamReplicates | null,
): Parts {
  const D = curves.delays.length
  const g2 = curves.g2.subarray(c * D, (c + 1) * D)
  const found = replicator(cells, own, plan, blocks)
  const space = rowsOf(D, blocks, (d, out) => {
    const values = found(d)
    const all = values[blocks]
    // Where nothing coincided all replicates are 0, which is no error.
    for (let b = 0; b < blocks; b++) out[b] = all > 0 ? (values[b] * g2[d]) / all : Number.NaN
  })
  const beam = shared === null ? null : rowsOf(D, shared.stretches, (d, out) => shared.into(rows[c], d, g2[d], out))
  return { space, beam }
}

/** `rows` views of one array, each filled by `fill`. */
function rowsOf(rows: number, width: number, fill: (row: number, out: Float64Array) => void): Float64Array[] {
  const all = new Float64Array(rows * width)
  return Array.from({ length: rows }, (_, row) => {
    const own = all.subarray(row * width, (row + 1) * width)
    fill(row, own)
    return own
  })
}

/** Cells with the color itself as its row; of `had` blocks every color keeps `blocks`. */
export function cellSums(
  { cells, bins }: BlockLabels,
  { normalization }: AnalysisPlan,
  values: Float64Array,
  delays: number,
  had: number,
  blocks: number,
): CellSums {
  const bin = cells.labels.map((label) => bins.labels[Math.floor((label - 1) / blocksMost)])
  const color = bin.map((label) => colorOfStaticBin(label))
  const fine = normalization === 'finecolor' ? bin.map((label) => fineOfStaticBin(label)) : bin
  const block = cells.labels.map((label) => Math.floor((((label - 1) % blocksMost) * blocks) / had))
  return { delays, color, fine, block, values }
}

function covarianceOf({ space, beam }: Parts, d: number, e: number): number {
  const shared = beam === null ? 0 : jackknifeCovariance(beam[d], beam[e])
  return jackknifeCovariance(space[d], space[e]) + (Number.isNaN(shared) ? 0 : shared)
}

function positive(variance: number): number {
  return variance > 0 ? variance : Number.NaN
}

function methodText(blocks: number, stretches: number): string {
  const space = `jackknife: ratio of sums without each of ${blocks} compact blocks of the color's elements`
  return stretches === 0
    ? space
    : `${space}, plus that of the beam's autocorrelation without each of ${stretches} stretches of the run`
}
