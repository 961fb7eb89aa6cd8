// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Why the definitions differ: pairs of curves that differ in one thing only, with the numbers that say how much to expect.
 *
 *   frameMean -- static -- static by pixels -- finecolor
 *                               |
 *                             ring, 4 delays per level -- ring
 *                               |
 *                             ring, single frames -- instantaneous
 */
import type { Pass } from './agree.js'
import { curveOf, differences, type Difference, errorsOf, largest, median, rootMeanSquare, valueAt } from './curve.js'
import { type DefinitionSource, sampleTicks } from './definitions.js'

/** One step of the picture above. */
export interface Cause {
  readonly name: string
  readonly from: string
  readonly to: string
  /** Largest difference; null where nothing can be compared. */
  readonly largest: Difference | null
  readonly rms: number
  /** rms of the differences in standard errors of g2. */
  readonly rmsInErrors: number
  /** Points compared, and those that are equal to 1e-12. */
  readonly points: number
  readonly equal: number
  readonly words: string
}

const levels = (variant: DefinitionSource['variant']): DefinitionSource => ({ analysis: 'levels', variant })
const plain = (variant: DefinitionSource['variant']): DefinitionSource => ({ analysis: 'plain', variant })

export function causesOf(pass: Pass): Cause[] {
  const frames: DefinitionSource = { analysis: 'frameNormalized', variant: null }
  const buffers: DefinitionSource = { analysis: 'buffers', variant: null }
  return [
    cause(pass, 'frame normalisation', ['static', levels(null)], ['frameMean', frames], frameWords(pass)),
    cause(pass, 'weights', ['static', levels(null)], ['static by pixels', levels('pixel')], weightWords(pass)),
    cause(pass, 'level sums', ['static by pixels', levels('pixel')], ['finecolor', plain('fine')], levelWords(pass)),
    cause(
      pass,
      'slope',
      ['static by pixels', levels('pixel')],
      ['ring, 4 delays per level', levels('ring')],
      slopeWords(pass),
    ),
    cause(pass, 'level of a lag', ['ring, 4 delays per level', levels('ring')], ['ring', buffers], lagWords),
    cause(pass, 'beam', ['ring, single frames', plain('ring')], ['instantaneous', plain(null)], beamWords(pass)),
  ]
}

type Named = readonly [name: string, source: DefinitionSource]

function cause(pass: Pass, name: string, [from, a]: Named, [to, b]: Named, words: string): Cause {
  const found = differences(curveOf(pass, a), curveOf(pass, b))
  const errors = errorsOf(pass.analyses.levels)
  const relative = found.map(({ color, delay, value }) => value / valueAt(errors, color, delay)).filter(Number.isFinite)
  return {
    name,
    from,
    to,
    largest: largest(found),
    rms: rootMeanSquare(found.map(({ value }) => value)),
    rmsInErrors: rootMeanSquare(relative),
    points: found.length,
    equal: found.filter(({ value }) => Math.abs(value) < 1e-12).length,
    words,
  }
}

/** What counting alone spreads a frame's mean by, were values photons; and the spread that is not counting. */
export function frameNoise({ mean, elements, jitter }: Pass): { counting: number; beam: number } {
  const counting = 1 / Math.sqrt(mean * elements)
  return { counting, beam: Math.sqrt(Math.max(0, jitter ** 2 - counting ** 2)) }
}

function frameWords(pass: Pass): string {
  const { counting, beam } = frameNoise(pass)
  const divisor = `the divisor of a frame is a mean of ${rounded(pass.mean * pass.elements)} counts, which counting alone spreads by ${percent(counting)}; the frames spread by ${percent(pass.jitter)}`
  const verdict =
    beam > counting
      ? `so the intensity does vary, by ${percent(beam)}, and dividing takes that out`
      : 'so the divisor is mostly noise, which dividing puts into every pixel'
  return `${divisor}, ${verdict}`
}

function weightWords({ analyses: { levels: own }, events }: Pass): string {
  const { variants, delays, colors } = own
  const least = variants.leastPhotons ?? new Float64Array(0)
  const last = delays.length - 1
  const fewest = Math.min(
    ...Array.from(colors, (_, c) => least[c * delays.length + last] * Math.max(1, events - delays[last])),
  )
  const first = `static bins of a ring count equally, or by their pixels; at delay ${delays[last]} the emptiest bin has seen ${rounded(fewest)} counts`
  return fewest < 100
    ? `${first}, so that its g2 is noise that weighs as much as the others: weights 'photon' are safer`
    : `${first}, enough for its own g2`
}

function slopeWords({ analyses: { levels: own } }: Pass): string {
  const { variants, delays, colors } = own
  const slopes = Array.from(colors, (_, c) => (variants.slope ?? [])[c * delays.length] ?? Number.NaN)
  const most = slopes.reduce((best, value, c) => (value > slopes[best] ? c : best), 0)
  return `one mean for the whole ring instead of one per static bin lifts g2 by about the variance of the bins' intensity over its mean squared, here up to ${rounded(slopes[most])} (ring ${colors[most]}); part of that is counting noise of the bins`
}

function levelWords({ analyses: { levels: own, plain: single } }: Pass): string {
  const ratios: number[] = []
  for (const color of own.colors) {
    for (const delay of single.delays) {
      if (sampleTicks(delay) < 2) continue
      ratios.push(valueAt(errorsOf(single), color, delay) / valueAt(errorsOf(own), color, delay))
    }
  }
  const factor = median(ratios.filter(Number.isFinite))
  const noise = Number.isFinite(factor) ? `; errors of single frames are ${rounded(factor)} times as large` : ''
  return `from delay 10 on a sample of level l sums 2^l frames, so that g2 is averaged over delays up to 2^l - 1 on either side, and has more pairs${noise}; up to delay 8 both are the same pairs`
}

const lagWords =
  'delays 8, 16, 32, ... are the last of a level in boost_corr and the first of the next one in scikit-beam, summed over twice the frames; all other common delays are the same sums'

function beamWords(pass: Pass): string {
  const { counting, beam } = frameNoise(pass)
  return `every pair is divided by the product of its own two means, not by the product of the averages: beam fluctuations that last longer than the delay drop out (spread of frames ${percent(pass.jitter)}, of that counting ${percent(counting)}, beam up to ${percent(beam)}, which lifts the other curves by its square, ${rounded(beam ** 2)})`
}

export function rounded(value: number): string {
  if (!Number.isFinite(value)) return 'an unknown number of'
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(2)))
}

function percent(value: number): string {
  return `${rounded(100 * value)} %`
}
