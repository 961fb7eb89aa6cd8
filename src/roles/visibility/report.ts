// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Photon statistics of an update on the viewer, from the sums of all workers: contrast by the definition of g2, error, and what g2 asks for. */
import {
  type CellSums,
  cellsByColor,
  type ColorCells,
  jackknifeCovariance,
  replicates,
} from '../../correlators/jackknife.js'
import { labelTable } from '../../correlators/normalizations.js'
import type { Curves } from '../../correlators/resultGroup.js'
import { contrastFromG2 } from '../../correlators/visibility/expected.js'
import type { NoVisibility, VisibilityFacts } from '../../correlators/visibility/facts.js'
import { exposureWidth, lowUnit, photonsMost } from '../../kernels/exposures.js'
import { blockLabels } from '../blockLabels.js'
import { blocksOf, cellSums } from '../curveErrors.js'
import type { Gatherer } from '../gatherer.js'
import type { ReadyAnalysis } from '../messages.js'
import type { AnalysisPlan, RunPlan } from '../plan.js'
import { answerWidth } from './counts.js'
import type { VisibilitySpec } from './spec.js'
import { exposureTicks } from './ticks.js'

/** Fewer blocks say too little about their own spread. */
const blocksLeast = 4

/** Null = nobody asked. */
export async function visibilityFacts(
  gatherer: Gatherer,
  run: RunPlan,
  analysis: number,
  workers: readonly ReadyAnalysis[],
  curves: Curves,
): Promise<VisibilityFacts | NoVisibility | null> {
  const plan = run.analyses[analysis]
  const { visibility: spec } = plan
  if (spec === null || curves.colors.length === 0) return null
  const { stretch, every } = exposureTicks(run, spec)
  if (workers.some(({ visibility }) => visibility?.photons === false)) return { reason: noPhotons(stretch) }
  const cells = await gather(gatherer, run, analysis, spec, 'cells')
  const bins = await gather(gatherer, run, analysis, spec, 'histogram')
  const exposures = Float64Array.from({ length: spec.exposures }, (_, level) => 2 ** level)
  const moments = momentsOf(run, plan, curves, cells, exposures)
  return {
    exposures,
    counts: workers[0].visibility?.counts ?? new Float64Array(exposures.length),
    every,
    stretch,
    kMax: spec.kMax,
    photons: photonsOf(plan, curves.colors, bins, moments.samples, spec),
    mean: moments.mean,
    contrast: moments.contrast,
    error: moments.error,
    fromG2: fromG2(plan, curves, exposures, moments.contrast),
    definition: definitionOf(plan),
  }
}

function noPhotons(stretch: number): string {
  return `userParams.visibility needs numbers of photons, but some values are not whole numbers of 0 to ${photonsMost(stretch) - 1}; count photons (systemParams.calibration.photonize) or set it to null`
}

/** What `<k>` is the mean over. */
function definitionOf({ normalization, weights }: AnalysisPlan): string {
  if (normalization === 'static')
    return `<> over the elements of a static bin and exposures, then the mean over the static bins by ${weights}`
  if (normalization === 'finecolor')
    return '<k> over the elements of a fine color and exposures, <k (k - 1)> / <k>^2 over those of the color'
  return '<> over the elements of the color and exposures'
}

/** [exposure][label][width] */
function gather(
  gatherer: Gatherer,
  run: RunPlan,
  analysis: number,
  spec: VisibilitySpec,
  of: 'cells' | 'histogram',
): Promise<Float64Array> {
  const plan = run.analyses[analysis]
  const table = of === 'cells' ? blockLabels(run, plan).cells : labelTable(plan.color)
  const request = { kind: 'visibility', analysis, of, from: 0, to: spec.exposures } as const
  return gatherer.labels(request, table, answerWidth(of, spec))
}

interface Moments {
  readonly samples: Float64Array
  readonly mean: Float64Array
  readonly contrast: Float64Array
  readonly error: Float64Array
}

/** Contrast is to exposures what g2 is to delays: <k (k - 1)> stands for G2, <k> for IP and IF. */
function momentsOf(
  run: RunPlan,
  plan: AnalysisPlan,
  { colors, elements, speckle }: Curves,
  cells: Float64Array,
  exposures: Float64Array,
): Moments {
  const labels = blockLabels(run, plan)
  const L = exposures.length
  const values = asPairSums(cells, L)
  const speckleSize = speckle == null ? Number.NaN : Math.max(...speckle.all)
  const table = (): Float64Array => new Float64Array(colors.length * L).fill(Number.NaN)
  const [samples, mean, contrast, error] = [table(), table(), table(), table()]
  const cellsOf = new Map<string, CellsInBlocks>()
  colors.forEach((color, c) => {
    const had = labels.blocks.get(color) ?? 1
    const blocks = Math.min(had, blocksOf(elements[c], speckleSize))
    const known = cellsOf.get(`${had}/${blocks}`) ?? inBlocks(cellSums(labels, plan, values, L, had, blocks))
    cellsOf.set(`${had}/${blocks}`, known)
    const { sums } = known
    const own = known.colors.get(color) ?? { members: [], others: [] }
    for (let l = 0; l < L; l++) {
      const [counts, n] = [1, 3].map((k) => own.members.reduce((sum, cell) => sum + values[(cell * L + l) * 4 + k], 0))
      const found = replicates(sums, own, plan, blocks, l)
      const without = found.subarray(0, blocks)
      samples[c * L + l] = n
      mean[c * L + l] = n === 0 ? Number.NaN : counts / n
      contrast[c * L + l] = found[blocks] - 1
      if (blocks < blocksLeast || counts === 0) continue
      const spread = Math.sqrt(jackknifeCovariance(without, without))
      error[c * L + l] = Math.max(spread, countingError(found[blocks] - 1, n, counts))
    }
  })
  return { samples, mean, contrast, error }
}

/** Sums of all cells with one numbering of their blocks; most colors share it. */
interface CellsInBlocks {
  readonly sums: CellSums
  readonly colors: ReadonlyMap<number, ColorCells>
}

const inBlocks = (sums: CellSums): CellsInBlocks => ({ sums, colors: cellsByColor(sums) })

/**
 * Of the contrast of `n` exposures with `counts` photons in all: that of the number of pairs of photons, which a jackknife does not know
 * where there are few. By the square of the mean, the variance of k (k - 1) is at least twice its mean, which is 1 + contrast.
 */
function countingError(contrast: number, n: number, counts: number): number {
  return Math.sqrt(2 * (1 + Math.max(0, contrast)) * n) / counts
}

/** [exposure][cell][n, sum of k, k (k - 1) in two parts] -> [cell][exposure][sum of k (k - 1), k, k, n]. */
function asPairSums(cells: Float64Array, levels: number): Float64Array {
  const out = new Float64Array(cells.length)
  const count = cells.length / exposureWidth / levels
  for (let level = 0; level < levels; level++) {
    for (let cell = 0; cell < count; cell++) {
      const at = (level * count + cell) * exposureWidth
      const [n, k, high, low] = cells.subarray(at, at + exposureWidth)
      out.set([high * lowUnit + low, k, k, n], (cell * levels + level) * 4)
    }
  }
  return out
}

/** Histograms of the colors, [color][exposure][bin], from those of all labels; bin 0 is what is in no other. */
function photonsOf(
  { color }: AnalysisPlan,
  colors: Int32Array,
  bins: Float64Array,
  samples: Float64Array,
  { exposures: L, kMax }: VisibilitySpec,
): Float64Array {
  const { labels, rowOf } = labelTable(color)
  const width = kMax + 2
  const out = new Float64Array(colors.length * L * width)
  colors.forEach((label, c) => {
    for (let level = 0; level < L; level++) {
      const from = (level * labels.length + (rowOf.get(label) as number)) * width
      const row = bins.slice(from, from + width)
      row[0] = samples[c * L + level] - row.reduce((sum, value) => sum + value, 0)
      out.set(row, (c * L + level) * width)
    }
  })
  return out
}

/** The contrast that g2 asks for, beam included: what g2 was divided by is taken back. */
function fromG2(
  { normalization }: AnalysisPlan,
  { delays, g2, beam }: Curves,
  exposures: Float64Array,
  contrast: Float64Array,
): Float64Array {
  const [D, L] = [delays.length, exposures.length]
  return contrast.map((_, i) => {
    const c = Math.floor(i / L)
    const own = g2.slice(c * D, (c + 1) * D).map((value, d) => {
      const ofColor = normalization === 'instantaneous' ? (beam?.intensity[c * D + d] ?? 1) : 1
      return value * (beam?.factor?.[d] ?? 1) * ofColor
    })
    return contrastFromG2(contrast[c * L], { delays, g2: own }, exposures[i % L])
  })
}
