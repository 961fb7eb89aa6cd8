// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** g2 by the plain definitions over whole arrays: the independent counterpart of the reductions, for `--test-alt`. */
import type { TypedArray } from '../units.js'
import type { AlternativeSums } from './alternative.js'
import type { WholeWorkerResult } from './g2Common.js'
import type { Curves, NormalizationName } from './resultGroup.js'

/** What the definitions need to know of an analysis. */
export interface CurveLabels {
  readonly delays: Float64Array
  readonly normalization: NormalizationName
  readonly frameNorm: string
  readonly color: Int32Array
  readonly fine: Int32Array
}

interface Rows {
  /** Sums over the pairs of the class for other numbers per event. */
  pairsOf(data: readonly Float64Array[]): AlternativeSums
  readonly data: readonly Float64Array[]
  /** The monitor of `frameNorm` per event, if it has one. */
  readonly monitor: readonly number[]
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Curves of `result`; `rows` hold the stored events for what events as a whole do. */
export function plainCurves(labels: CurveLabels, result: WholeWorkerResult, saturated: Uint8Array, rows: Rows): Curves {
  const { color, delays, normalization } = labels
  const alive = Array.from(color.keys()).filter((i) => saturated[i] === 0)
  const colors = Int32Array.from(new Set(alive.map((i) => color[i]).filter((label) => label > 0))).sort()
  const members = Array.from(colors, (label) => alive.filter((i) => color[i] === label))
  const g2: number[] = []
  const error: number[] = []
  const intensity: number[] = []
  const factor = factorOf(labels, rows)
  for (const own of members) {
    // As in a run, where events are summed before anybody knows which elements will saturate.
    const lit = Array.from(color.keys()).filter((i) => color[i] === color[own[0]])
    const light = rows.data.map((_, e) => meanAt(rows, lit, e))
    for (let d = 0; d < delays.length; d++) {
      const ratios = ratiosOf(labels, result, alive, own, d)
      const value = definition(
        labels,
        result,
        own,
        d,
        ratios.map(({ r }) => r),
        rows,
      )
      const divisor = factor?.[d] ?? 1
      g2.push(Number.isFinite(value) ? value / divisor : Number.NaN)
      error.push(standardError(ratios.map(({ r, u }) => r - value * (1 + u))) / divisor)
    }
    intensity.push(...paired(rows, light).map(({ autocorrelation }) => autocorrelation))
  }
  return {
    normalization,
    errorMethod: 'standard error over elements: linearised ratio, alternative calculation',
    colors,
    elements: Int32Array.from(members, (own) => own.length),
    delays,
    g2: Float64Array.from(g2),
    error: Float64Array.from(error),
    beam: {
      ...{ frameNorm: labels.frameNorm, factor, intensity: Float64Array.from(intensity) },
      report: null,
    },
  }
}

/** Autocorrelation of the monitor or of the mean over the colored elements; null = g2 stays as it is. */
function factorOf({ frameNorm, color }: CurveLabels, rows: Rows): Float64Array | null {
  if (frameNorm === 'none') return null
  const labels = [...new Set(color)].filter((label) => label > 0)
  const members = labels.map((label) => Array.from(color.keys()).filter((i) => color[i] === label))
  const sumAt = (e: number): number => members.reduce((sum, own) => sum + own.length * meanAt(rows, own, e), 0)
  const light = frameNorm === 'frameMean' ? rows.data.map((_, e) => sumAt(e)) : rows.monitor
  return Float64Array.from(paired(rows, light), ({ autocorrelation }) => autocorrelation)
}

function groupOf({ normalization, color, fine }: CurveLabels, i: number): string {
  if (normalization === 'finecolor') return `${fine[i]}`
  return normalization === 'static' ? `${color[i]}/${fine[i]}` : `${color[i]}`
}

interface Ratio {
  /** G2/n over the means of IP/n and IF/n of the element's group. */
  readonly r: number
  /** What IP/n and IF/n exceed those means by, relative. */
  readonly u: number
}

function ratiosOf(labels: CurveLabels, result: WholeWorkerResult, alive: number[], own: number[], d: number): Ratio[] {
  const means = new Map<string, readonly [past: number, future: number]>()
  for (const i of own) {
    const key = groupOf(labels, i)
    if (means.has(key)) continue
    const group = alive.filter((other) => groupOf(labels, other) === key)
    means.set(key, [meanOf(labels, result, 'IP', group, d), meanOf(labels, result, 'IF', group, d)])
  }
  const ratios = own.map((i) => {
    const [past, future] = means.get(groupOf(labels, i)) ?? [Number.NaN, Number.NaN]
    const of = (name: string): number => meanOf(labels, result, name, [i], d)
    return { r: of('G2') / (past * future), u: of('IP') / past + of('IF') / future - 2 }
  })
  return ratios.filter(({ r }) => Number.isFinite(r))
}

function standardError(residuals: readonly number[]): number {
  const centre = mean(residuals)
  const spread = residuals.reduce((sum, residual) => sum + (residual - centre) ** 2, 0) / (residuals.length - 1)
  return residuals.length < 2 ? Number.NaN : Math.sqrt(spread / residuals.length)
}

function meanOf({ color }: CurveLabels, result: WholeWorkerResult, name: string, members: number[], d: number): number {
  const sum = (values: Float64Array | TypedArray): number =>
    members.reduce((total, i) => total + values[d * color.length + i], 0)
  const lost = result.lost === undefined ? 0 : sum(result.lost)
  return sum(result.arrays[name]) / (members.length * result.counts[d] - lost)
}

function definition(
  labels: CurveLabels,
  result: WholeWorkerResult,
  own: number[],
  d: number,
  ratios: number[],
  rows: Rows,
): number {
  switch (labels.normalization) {
    case 'finecolor':
      return mean(ratios)
    case 'ring':
      return (
        meanOf(labels, result, 'G2', own, d) /
        (meanOf(labels, result, 'IP', own, d) * meanOf(labels, result, 'IF', own, d))
      )
    case 'static':
      return staticMean(labels, result, own, d)
    case 'instantaneous':
      return meanOf(labels, result, 'G2', own, d) / instantaneousMean(rows, own, d)
  }
}

function staticMean(labels: CurveLabels, result: WholeWorkerResult, own: number[], d: number): number {
  const bins = groups(own, labels)
  const values = Array.from(bins.values(), (bin) => {
    return (
      meanOf(labels, result, 'G2', bin, d) /
      (meanOf(labels, result, 'IP', bin, d) * meanOf(labels, result, 'IF', bin, d))
    )
  })
  return mean(values.filter(Number.isFinite))
}

function groups(own: number[], { fine }: CurveLabels): Map<number, number[]> {
  const bins = new Map<number, number[]>()
  for (const i of own) bins.set(fine[i], [...(bins.get(fine[i]) ?? []), i])
  return bins
}

/** <I(t)> <I(t+d)>, its mean over the pairs. */
function instantaneousMean(rows: Rows, own: number[], d: number): number {
  const means = rows.data.map((_, e) => meanAt(rows, own, e))
  return paired(rows, means)[d].product
}

/** Of the elements that have a value; NaN where none has. */
const meanAt = ({ data }: Rows, members: number[], e: number): number =>
  mean(members.map((i) => data[e][i]).filter(Number.isFinite))

/** Over the pairs of every delay of a number per event: mean of products <xx'>, and <xx'> / (<x><x'>). */
function paired(rows: Rows, light: readonly number[]): { product: number; autocorrelation: number }[] {
  const { counts, lost, arrays } = rows.pairsOf(light.map((value) => Float64Array.of(value)))
  return Array.from(counts, (all, d) => {
    const n = all - lost[d]
    const [product, past, future] = [arrays.G2[d], arrays.IP[d], arrays.IF[d]]
    return { product: product / n, autocorrelation: (n * product) / (past * future) }
  })
}
