// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the beam did to the curves of one analysis, in numbers and, where it matters, in a sentence. */
import { monitorOf } from '../correlators/frameNorm.js'
import { type LabelRuns, labelRuns, sumsOfRuns } from '../correlators/labelRuns.js'
import { colorOfStaticBin, staticBinLabel } from '../correlators/labelSlots.js'
import { type LabelSums, labelTable } from '../correlators/normalizations.js'
import { labelSumsWidth } from '../correlators/reductions.js'
import type { Curves } from '../correlators/resultGroup.js'
import type { BeamSums } from './lightTable.js'
import { remembering } from '../correlators/remembering.js'
import type { AnalysisPlan } from './plan.js'

/** A beam that changes g2 by more than this part of the contrast is warned about. */
const contrastPart = 0.1
/** So is one that changes it by this part and by three errors of g2, when all colors together show it (few speckles fluctuate too). */
const smallPart = 0.015
/** Fewer photons than these in a bin and delay make its ratio unreliable. */
const photonsLeast = 10
/** What is below so many standard errors of its own is taken for noise. */
const sigmas = 5

/** What g2 is divided by, per delay; null = nothing. */
export function normFactor({ frameNorm }: Pick<AnalysisPlan, 'frameNorm'>, beam: BeamSums): Float64Array | null {
  if (frameNorm === 'none') return null
  return monitorOf(frameNorm) === null ? beam.frame : beam.monitor
}

type Measured = Pick<Curves, 'colors' | 'delays' | 'g2' | 'error'>

/** Largest |g_I0 - 1|, what g2 was divided by taken off, against the contrast. `rows` = the color's place in `beam`. Null = harmless. */
export function beamWarning(
  { normalization, frameNorm }: AnalysisPlan,
  curves: Measured,
  beam: BeamSums,
  rows: readonly number[],
  factor: Float64Array | null,
): string | null {
  if (normalization === 'instantaneous') return null
  const found = rows.flatMap((row, c) => worstDelay(curves, c, beam, row, factor) ?? [])
  const slow = found.sort((a, b) => b.part - a.part)[0]
  if (slow !== undefined) {
    const { color, delay, excess, part } = slow
    const rest = frameNorm === 'none' ? '' : ` (frameNorm '${frameNorm}' taken off)`
    return `the beam's intensity is correlated in time${rest}: g_I0 - 1 is ${number(excess)} for color ${color} at delay ${delay}, ${percent(part)} of the contrast, and g2 holds that; set userParams.normalization to 'instantaneous'${frameNorm === 'none' ? ", or frameNorm to 'frameMean' or a monitor" : ''}`
  }
  return frameNorm === 'none' ? shotWarning(curves, beam, rows) : null
}

interface Worst {
  readonly color: number
  readonly delay: number
  readonly excess: number
  readonly part: number
}

function worstDelay(
  { colors, delays, g2, error }: Measured,
  c: number,
  beam: BeamSums,
  row: number,
  factor: Float64Array | null,
): Worst | null {
  const intensity = beam.colors[row].map((g, d) => g / (factor?.[d] ?? 1))
  const contrast = contrastOf(g2, error, c, intensity)
  let worst: Worst | null = null
  for (let d = 0; d < delays.length; d++) {
    const excess = intensity[d] - 1
    const noise = beam.variances[row] / Math.sqrt(beam.counts[d])
    const part = Math.abs(excess) / contrast
    const common = Math.min(part, (Math.sign(excess) * (beam.frame[d] / (factor?.[d] ?? 1) - 1)) / contrast)
    const seen = common > smallPart && Math.abs(excess) * g2[c * delays.length + d] > 3 * error[c * delays.length + d]
    if (!(part > contrastPart || seen) || !(Math.abs(excess) > sigmas * noise) || part <= (worst?.part ?? 0)) continue
    worst = { color: colors[c], delay: delays[d], excess, part }
  }
  return worst
}

/** g2 - 1 at the first delay that has one, without the beam; three errors of it where it is not seen. */
function contrastOf(g2: Float64Array, error: Float64Array, c: number, intensity: Float64Array): number {
  const D = intensity.length
  for (let d = 0; d < D; d++) {
    const value = g2[c * D + d] / intensity[d] - 1
    const least = 3 * error[c * D + d]
    if (!Number.isNaN(value)) return Number.isNaN(least) ? value : Math.max(value, least)
  }
  return Number.NaN
}

/** Noise from event to event is in no pair of two events on average, but all elements share it: their spread does not show it. */
function shotWarning(curves: Measured, beam: BeamSums, rows: readonly number[]): string | null {
  const { shot, events } = beam
  const contrasts = rows.map((row, c) => contrastOf(curves.g2, curves.error, c, beam.colors[row]))
  const least = Math.min(...contrasts.filter((contrast) => !Number.isNaN(contrast)))
  const noise = Math.max(...rows.map((row) => beam.variances[row])) * Math.sqrt(2 / events)
  if (!(shot > contrastPart * least && shot > sigmas * noise)) return null
  const color = curves.colors[contrasts.indexOf(least)]
  return `the beam's intensity varies by ${percent(Math.sqrt(shot))} from event to event: g_I0(0) - 1 is ${number(shot)}, ${percent(shot / least)} of the contrast of color ${color}; all elements share that, so it moves whole curves; set userParams.normalization to 'instantaneous', or frameNorm to 'frameMean' or a monitor`
}

/** Bins and delays with so few photons that a mean of their ratios is noisy; null = none, or they are weighted by photons. */
export function sparseWarning(
  { normalization, weights }: AnalysisPlan,
  { table, delays, values }: LabelSums,
): string | null {
  if (!(normalization === 'finecolor' || (normalization === 'static' && weights !== 'photon'))) return null
  let [few, all, least] = [0, 0, Number.POSITIVE_INFINITY]
  for (let i = 0; i < table.labels.length * delays; i++) {
    const [, photons, , pairs] = values.subarray(i * labelSumsWidth, (i + 1) * labelSumsWidth)
    if (pairs === 0) continue
    all++
    least = Math.min(least, photons)
    if (photons < photonsLeast) few++
  }
  if (few === 0) return null
  const remedy =
    normalization === 'static' ? "set userParams.weights to 'photon', or" : "set normalization to 'ring', or"
  return `${few} of ${all} values of a ${normalization === 'static' ? 'static bin' : 'fine color'} and delay rest on fewer than ${photonsLeast} counts (least ${number(least)}), so that their ratios are noise: ${remedy} take larger bins`
}

/**
 * What a mean over the elements of a color has too much in g2 because their intensities differ: <I^2> / <I>^2 - 1 over the parts of each
 * color, weighted by elements. `alive`, `parts`, `mean` per masked element: its color (0 = none), its part (>= 1), its mean intensity.
 */
export function slopeOffsets(
  colors: Int32Array,
  alive: Int32Array,
  parts: Int32Array,
  mean: Float64Array,
): Float64Array {
  const { labels, runs } = slopeParts(alive, parts)
  const { sums, elements } = sumsOfRuns(runs, mean, labels.length)
  return Float64Array.from(colors, (color) => offsetOf(color, labels, sums, elements))
}

/** Parts of colors, ascending, and the elements of each. */
export const slopeParts = remembering(
  (color: Int32Array, parts: Int32Array): { labels: Int32Array; runs: LabelRuns } => {
    const label = color.map((own, i) => staticBinLabel(own, parts[i]))
    const { labels, rowOf } = labelTable(label)
    return { labels, runs: labelRuns(label.map((own) => rowOf.get(own) ?? -1)) }
  },
)

function offsetOf(color: number, rows: Int32Array, sums: Float64Array, elements: Float64Array): number {
  let [n, sum, squares] = [0, 0, 0]
  rows.forEach((label, row) => {
    if (colorOfStaticBin(label) !== color) return
    n += elements[row]
    sum += sums[row]
    squares += sums[row] ** 2 / elements[row]
  })
  const offset = (n * squares) / sum ** 2 - 1
  return Number.isFinite(offset) ? offset : Number.NaN
}

function number(value: number): string {
  return String(Number(value.toPrecision(2)))
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(2))} %`
}
