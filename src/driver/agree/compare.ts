// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which definition somebody else's g2 follows, and what explains the points where it does not. */
import { InputError } from '../../errors.js'
import type { Pass } from './agree.js'
import { type Curve, curveOf, type Difference, differences, largest, median, variantOf } from './curve.js'
import { definitions, type DefinitionSource, sampleTicks } from './definitions.js'
import type { Peer } from './peer.js'

/** Differences that rounding explains, for numbers stored in 32 bits and in 64. */
const roundingSingle = 5e-6
const roundingDouble = 1e-9

export interface Match {
  /** The nearest definition. */
  readonly definition: string
  readonly words: string
  readonly tolerance: number
  readonly compared: number
  readonly within: number
  readonly median: number
  readonly largest: Difference | null
  /** Points beyond the tolerance that 16-bit sums of products give. */
  readonly bfloat16: readonly Difference[]
  /** The others. */
  readonly unexplained: readonly Difference[]
  /** Ticks of a sample from which on `unexplained` points are common, and below which they are rare; null = no such level. */
  readonly fromLevel: number | null
  /** Ratio of our standard deviation of per-pixel g2 over the root of their number to the peer's errors; null = it gives none. */
  readonly errors: { readonly least: number; readonly most: number; readonly ours: number } | null
}

interface Candidate extends DefinitionSource {
  readonly name: string
  readonly words: string
}

const others: readonly Candidate[] = [
  {
    name: 'static by pixels',
    words: 'static bins weighted by their pixels, level sums',
    analysis: 'levels',
    variant: 'pixel',
  },
  {
    name: 'static by photons',
    words: 'static bins weighted by photons, level sums',
    analysis: 'levels',
    variant: 'photon',
  },
  {
    name: 'ring, 4 delays per level',
    words: '<G2>/(<IP><IF>) of the ring, level sums',
    analysis: 'levels',
    variant: 'ring',
  },
  {
    name: 'static, single frames',
    words: 'plain mean over static bins, no level sums',
    analysis: 'plain',
    variant: 'bin',
  },
  {
    name: 'ring, single frames',
    words: '<G2>/(<IP><IF>) of the ring, no level sums',
    analysis: 'plain',
    variant: 'ring',
  },
]

const candidates: readonly Candidate[] = [
  ...definitions.map((definition) => ({ ...definition, words: `${definition.tools}: ${definition.words}` })),
  ...others,
]

/** Throws InputError where the peer has other rings. */
export function matchPeer(pass: Pass, peer: Peer): Match {
  const curve = peerCurve(peer, pass.analyses.levels.colors)
  const tolerance = peer.single ? roundingSingle : roundingDouble
  const tried = candidates.map((candidate) => ({ candidate, found: differences(curveOf(pass, candidate), curve) }))
  const score = (found: readonly Difference[]): number => found.filter((one) => isWithin(one, tolerance)).length
  const best = tried.reduce((a, b) => {
    const [more, less] = [score(b.found), score(a.found)]
    if (more !== less) return more > less ? b : a
    return typical(b.found) < typical(a.found) ? b : a
  })
  const beyond = best.found.filter((one) => !isWithin(one, tolerance))
  const narrowed = best.candidate.name === 'static' ? narrow(pass, curve, tolerance) : new Set<string>()
  const unexplained = beyond.filter((one) => !narrowed.has(placeOf(one)))
  return {
    definition: best.candidate.name,
    words: best.candidate.words,
    tolerance,
    compared: best.found.length,
    within: score(best.found),
    median: typical(best.found),
    largest: largest(best.found),
    bfloat16: beyond.filter((one) => narrowed.has(placeOf(one))),
    unexplained,
    fromLevel: firstLevel(best.candidate, best.found, unexplained),
    errors: errorRatios(pass, peer, curve.colors),
  }
}

function peerCurve({ delays, rings, g2, path }: Peer, colors: Int32Array): Curve {
  if (rings !== colors.length)
    throw new InputError(
      `${path} has ${rings} rings, but the colors have ${colors.length}; give the same mask and labels`,
      { path },
    )
  const values = Float64Array.from(
    { length: g2.length },
    (_, i) => g2[(i % delays.length) * rings + Math.floor(i / delays.length)],
  )
  return { colors, delays: Float64Array.from(delays), values }
}

function isWithin({ value }: Difference, tolerance: number): boolean {
  return Math.abs(value) < tolerance
}

function typical(found: readonly Difference[]): number {
  return median(found.map(({ value }) => Math.abs(value)))
}

function placeOf({ color, delay }: Difference): string {
  return `${color}/${delay}`
}

/** Places where 16-bit sums of products give the peer's number. */
function narrow({ analyses }: Pass, curve: Curve, tolerance: number): ReadonlySet<string> {
  const found = differences(variantOf(analyses.levels, 'bfloat16'), curve)
  return new Set(found.filter((one) => isWithin(one, tolerance)).map(placeOf))
}

/**
 * Ticks of a sample from which on points are off, where that is what sets them apart: at most 2 % of the points below are off, at least
 * 10 % of those from there on, and no other level divides them as well. Null where there is no such level.
 */
function firstLevel({ analysis }: Candidate, found: readonly Difference[], off: readonly Difference[]): number | null {
  if (analysis !== 'levels') return null
  const ticksOf = ({ delay }: Difference): number => sampleTicks(delay)
  const share = (list: readonly Difference[], all: readonly Difference[]): number =>
    list.length / Math.max(1, all.length)
  const levels = [...new Set(off.map(ticksOf))].filter((ticks) => ticks > 1)
  const contrasts = levels.map((ticks) => {
    const below = share(
      off.filter((one) => ticksOf(one) < ticks),
      found.filter((one) => ticksOf(one) < ticks),
    )
    const above = share(
      off.filter((one) => ticksOf(one) >= ticks),
      found.filter((one) => ticksOf(one) >= ticks),
    )
    return { ticks, contrast: below < 0.02 && above > 0.1 ? above - below : 0 }
  })
  const best = contrasts.reduce((a, b) => (b.contrast > a.contrast ? b : a), { ticks: 0, contrast: 0 })
  return best.contrast > 0 ? best.ticks : null
}

function errorRatios(
  { analyses: { levels } }: Pass,
  { errors, delays, rings }: Peer,
  colors: Int32Array,
): Match['errors'] {
  const own = levels.variants.pixelError
  if (errors === null || own === undefined) return null
  const ratios: number[] = []
  const ours: number[] = []
  delays.forEach((delay, d) => {
    const at = levels.delays.indexOf(delay)
    for (let c = 0; c < colors.length; c++) {
      const place = c * levels.delays.length + at
      const theirs = errors[d * rings + c]
      if (at < 0 || !(theirs > 1e-6) || !(own[place] > 0)) continue
      ratios.push(own[place] / theirs)
      ours.push(levels.error[place] / theirs)
    }
  })
  if (ratios.length === 0) return null
  return { least: Math.min(...ratios), most: Math.max(...ratios), ours: median(ours.filter(Number.isFinite)) }
}
