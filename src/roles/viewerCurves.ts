// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The curves of one analysis: two rounds of label sums, in ranges of delays that bound what travels at once. */
import {
  errorMethod,
  labelMeans,
  labelTable,
  ratioErrors,
  type LabelSums,
  type LabelTable,
} from '../correlators/normalizations.js'
import { labelSumsWidth, ratioSumsWidth } from '../correlators/reductions.js'
import { remembering } from '../correlators/remembering.js'
import type { Curves, SpeckleFacts } from '../correlators/resultGroup.js'
import { beamFacts } from './beamFacts.js'
import { normFactor } from './beamReport.js'
import type { AliveLabels } from './aliveLabels.js'
import { speckleFacts } from './speckleReport.js'
import { type BlockLabels, blockLabels, cellsAreFew, wantsJackknife } from './blockLabels.js'
import { sumsOfCells } from './cells.js'
import { type ErrorInput, haveBlocks, jackknifeErrors } from './curveErrors.js'
import { g2OfSums } from './g2OfSums.js'
import type { Gatherer } from './gatherer.js'
import { normalizationTable } from './labels.js'
import type { BeamSums, LightTable } from './lightTable.js'
import type { ReadyAnalysis, Update } from './messages.js'
import type { AnalysisPlan, RunPlan } from './plan.js'

/** Bytes of one worker's part of a reduction, at most. */
const partBytes = 32 * 2 ** 20

/** Asks the workers for what the curves need; the function that it gives makes the curves, and needs nobody any more. */
export async function gatherCurves(
  gatherer: Gatherer,
  run: RunPlan,
  analysis: number,
  workers: readonly ReadyAnalysis[],
  light: LightTable,
  alive: AliveLabels,
  mean: Float64Array,
  update: Update,
): Promise<() => Curves> {
  const plan = run.analyses[analysis]
  const { colors } = alive
  if (colors.labels.length === 0) return () => emptyCurves(plan)
  const ranges = delayRanges(plan.delays.length, Math.max(...workers.map((worker) => worker.slots)))
  const request = { analysis, hasLost: workers.some(({ hasLost }) => hasLost) }
  const speckle = await speckleFacts(gatherer, run, analysis, workers[0].samples, alive.color, update)
  const elements = Int32Array.from(colors.labels, (label) => alive.elements.get(label) ?? 0)
  const ofLight = workers.every(({ followsCells }) => followsCells)
  const labels = wantsJackknife(run, plan, update, ofLight) ? blockLabels(run, plan) : null
  const cells = labels === null ? null : await blockSumsOf(gatherer, plan, labels, { ...request, ofLight })
  const inBlocks = labels !== null && haveBlocks(plan, colors.labels, elements, labels, speckleSize(speckle))
  const sums =
    ofLight && inBlocks && cells !== null
      ? () => sumsOfCells(plan, colors, labels, cells)
      : always(await reductions(gatherer, plan, request, colors, ranges))
  const gathered = { sums, labels, cells, elements, speckle, beam: light.beam(), alive, mean }
  return () => curvesFrom(plan, gathered)
}

interface Gathered {
  readonly sums: () => Sums
  readonly labels: BlockLabels | null
  readonly cells: Float64Array | null
  /** Per color. */
  readonly elements: Int32Array
  readonly speckle: SpeckleFacts | null
  readonly beam: BeamSums
  readonly alive: AliveLabels
  readonly mean: Float64Array
}

interface Sums {
  readonly sums: LabelSums
  readonly ratios: Float64Array
}

function always<T>(value: T): () => T {
  return () => value
}

function curvesFrom(plan: AnalysisPlan, gathered: Gathered): Curves {
  const { labels, cells, elements, speckle, beam, alive, mean } = gathered
  const { sums, ratios } = gathered.sums()
  const { colors } = alive
  const factor = normFactor(plan, beam)
  const plain = g2OfSums(plan, colors, sums, ratios, alive.normals, beam)
  const curves = {
    normalization: plan.normalization,
    errorMethod,
    colors: colors.labels,
    elements,
    delays: plan.delays,
    g2: divided(plain, factor),
    error: divided(ratioErrors(ratios, plain), factor),
  }
  const rows = rowsOfColors(plan, curves)
  const facts = beamFacts(plan, curves, {
    beam,
    factor,
    sums,
    alive: alive.color,
    mean,
    rows,
    block: labels?.block ?? null,
  })
  const known = { ...curves, speckle, beam: facts }
  if (labels === null || cells === null) return known
  return withJackknife(known, { plan, beam, rows, labels, values: cells })
}

function withJackknife(
  curves: Curves,
  input: Pick<ErrorInput, 'plan' | 'beam' | 'rows' | 'labels' | 'values'>,
): Curves {
  const { methods, ...errors } = jackknifeErrors({ ...input, curves, speckleSize: speckleSize(curves.speckle) })
  return { ...curves, ...errors, errorMethod: methods[0], errorMethods: methods }
}

/** Pixels, the longer way; NaN = not known. */
function speckleSize(speckle: Curves['speckle']): number {
  return speckle == null ? Number.NaN : Math.max(...speckle.all)
}

async function reductions(
  gatherer: Gatherer,
  plan: AnalysisPlan,
  request: Request,
  colors: LabelTable,
  ranges: Range[],
): Promise<Sums> {
  const sums = await labelSumsOf(gatherer, plan, request, ranges)
  return { sums, ratios: await ratioSumsOf(gatherer, request, colors, sums, ranges) }
}

/** Place of every color among all colors of the analysis. */
function rowsOfColors(plan: AnalysisPlan, { colors }: Pick<Curves, 'colors'>): number[] {
  return Array.from(colors, (label) => colorTable(plan).rowOf.get(label) ?? -1)
}

const colorTable = remembering(({ color }: AnalysisPlan): LabelTable => labelTable(color))

/** [colors x D] over [D]. */
function divided(values: Float64Array, factor: Float64Array | null): Float64Array {
  return factor === null ? values : values.map((value, i) => value / factor[i % factor.length])
}

/** G2, IP, IF and pairs per normalisation label. */
async function labelSumsOf(
  gatherer: Gatherer,
  plan: AnalysisPlan,
  request: Request,
  ranges: Range[],
): Promise<LabelSums> {
  const table = normalizationTable(plan)
  const delays = plan.delays.length
  return { table, delays, values: await sumsPerLabel(gatherer, { kind: 'labelSums' }, table, delays, request, ranges) }
}

/** The same per cell of the jackknife; null where cells are too many. */
async function blockSumsOf(
  gatherer: Gatherer,
  { delays }: AnalysisPlan,
  labels: BlockLabels,
  { ofLight, ...request }: Request & { readonly ofLight: boolean },
): Promise<Float64Array | null> {
  const { cells } = labels
  if (!cellsAreFew(labels, delays.length)) return null
  const ranges = delayRanges(delays.length, 2 * cells.labels.length)
  return sumsPerLabel(gatherer, { kind: 'blockSums', ofLight }, cells, delays.length, request, ranges)
}

/** [labels x D x labelSumsWidth] */
async function sumsPerLabel(
  gatherer: Gatherer,
  what: { readonly kind: 'labelSums' } | { readonly kind: 'blockSums'; readonly ofLight: boolean },
  table: LabelTable,
  delays: number,
  request: Request,
  ranges: Range[],
): Promise<Float64Array> {
  const values = new Float64Array(table.labels.length * delays * labelSumsWidth)
  for (const range of ranges) {
    const part = await gatherer.labels({ ...what, ...request, ...range }, table, labelSumsWidth)
    intoRows(part, range, table.labels.length, delays, labelSumsWidth, values)
  }
  return values
}

async function ratioSumsOf(
  gatherer: Gatherer,
  asked: Request,
  colors: LabelTable,
  sums: LabelSums,
  ranges: Range[],
): Promise<Float64Array> {
  const { delays, table } = sums
  const means = labelMeans(sums)
  const values = new Float64Array(colors.labels.length * delays * ratioSumsWidth)
  for (const { from, to } of ranges) {
    const part = new Float64Array(2 * table.labels.length * (to - from))
    for (let row = 0; row < table.labels.length; row++) {
      part.set(means.subarray(2 * (row * delays + from), 2 * (row * delays + to)), 2 * row * (to - from))
    }
    const request = { kind: 'ratioSums', ...asked, from, to, means: part } as const
    const got = await gatherer.labels(request, colors, ratioSumsWidth)
    intoRows(got, { from, to }, colors.labels.length, delays, ratioSumsWidth, values)
  }
  return values
}

interface Request {
  readonly analysis: number
  /** Some element of some worker has a hole. */
  readonly hasLost: boolean
}

interface Range {
  readonly from: number
  readonly to: number
}

function delayRanges(delays: number, slots: number): Range[] {
  const step = Math.max(1, Math.floor(partBytes / (8 * labelSumsWidth * Math.max(1, slots))))
  return Array.from({ length: Math.ceil(delays / step) }, (_, i) => ({
    from: i * step,
    to: Math.min(delays, (i + 1) * step),
  }))
}

/** [range][row][width] -> [row][delay][width]. */
function intoRows(
  part: Float64Array,
  { from, to }: Range,
  rows: number,
  delays: number,
  width: number,
  out: Float64Array,
): void {
  for (let d = from; d < to; d++) {
    for (let row = 0; row < rows; row++) {
      const at = ((d - from) * rows + row) * width
      const to = (row * delays + d) * width
      for (let k = 0; k < width; k++) out[to + k] = part[at + k]
    }
  }
}

function emptyCurves({ normalization, delays }: AnalysisPlan): Curves {
  return {
    normalization,
    errorMethod,
    colors: new Int32Array(0),
    elements: new Int32Array(0),
    delays,
    g2: new Float64Array(0),
    error: new Float64Array(0),
  }
}
