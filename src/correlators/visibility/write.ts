// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The group `visibility` of an update: P(k), mean and contrast of every color against exposure. */
import type { ResultGroup } from '../resultGroup.js'
import type { NoVisibility, VisibilityFacts } from './facts.js'

const contrastText =
  '<k (k - 1)> / <k>^2 - 1, k = photons of an element in one exposure: normalised variance of the intensity, shot noise taken off'

export function writeVisibility(group: ResultGroup, facts: VisibilityFacts | NoVisibility, colors: Int32Array): void {
  if ('reason' in facts) {
    group.attributes({ reason: facts.reason })
    return
  }
  const { exposures, counts, every, stretch, kMax } = facts
  const [C, L] = [colors.length, exposures.length]
  group.attributes({
    long_name: 'photon statistics (speckle visibility) against exposure',
    every,
    stretch_ticks: stretch,
    definition: facts.definition,
    undefined_values: 'NaN',
  })
  group.dataset('colors', colors, { attributes: { long_name: 'labels of the rings, in the order of the values' } })
  group.dataset('exposures', BigInt64Array.from(exposures, BigInt), { attributes: { units: 'ticks' } })
  group.dataset('exposure_counts', BigInt64Array.from(counts, BigInt), {
    attributes: { long_name: 'exposures of the run that were looked at' },
  })
  const table = (name: string, values: Float64Array, units: string, long_name: string, definition = ''): void => {
    const more = definition === '' ? {} : { definition }
    group.dataset(name, values, { shape: [C, L], attributes: { units, long_name, ...more } })
  }
  table('mean', facts.mean, 'counts', 'photons per element and exposure: color, exposure')
  table('contrast', facts.contrast, '1', 'contrast: color, exposure', contrastText)
  table('contrast_error', facts.error, '1', 'standard error of contrast', errorText)
  table('contrast_from_g2', facts.fromG2, '1', 'contrast that g2 of this run asks for', fromG2Text)
  const axes = `color, exposure, k = 0..${kMax} and, last, k > ${kMax}`
  group.dataset('photons', BigInt64Array.from(facts.photons, BigInt), {
    shape: [C, L, kMax + 2],
    attributes: { long_name: `elements times exposures with k photons: ${axes}` },
  })
  group.dataset('probability', probabilities(facts.photons, kMax + 2), {
    shape: [C, L, kMax + 2],
    attributes: { units: '1', long_name: `P(k), probability of k photons per element and exposure: ${axes}` },
  })
}

const errorText =
  "jackknife: without each compact block of the color's elements, and at least that of the number of pairs of photons; fluctuations of the beam are not in it"
const fromG2Text =
  'beta(n) = beta(1) / n + (2 / n) sum over d = 1..n-1 of (1 - d / n) (g2(d) - 1), g2 as measured, between delays straight over log(d); NaN beyond the delays of the run'

/** Rows of `width` counts over their sum. */
function probabilities(counts: Float64Array, width: number): Float64Array {
  const out = new Float64Array(counts.length)
  for (let at = 0; at < counts.length; at += width) {
    const row = counts.subarray(at, at + width)
    const all = row.reduce((sum, value) => sum + value, 0)
    for (let k = 0; k < width; k++) out[at + k] = all === 0 ? Number.NaN : row[k] / all
  }
  return out
}
