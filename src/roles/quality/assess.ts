// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** All checks of one analysis at one update. */
import { normalizationLabel } from '../../correlators/normalizations.js'
import type { Curves } from '../../correlators/resultGroup.js'
import type { Accounting } from '../messages.js'
import type { AnalysisPlan } from '../plan.js'
import { coherentContrast, curveFacts, type CurveFacts } from './curves.js'
import { driftOf, type RingChange, ringChange, shiftOf, type Tenths } from './drift.js'
import { type Check, checkText, judge, type Measured, type Status, statusOfCheck, worstStatus } from './judge.js'
import { keptRings, type RingElements, type RingFacts, ringFacts, seenRings } from './rings.js'
import type { CheckName, QualitySpec } from './spec.js'

/** A contrast is seen from so many of its standard errors on. */
const contrastErrors = 4

/** Everything that is known at an update. */
export interface Evidence {
  readonly spec: QualitySpec
  readonly plan: Pick<AnalysisPlan, 'normalization' | 'color' | 'fine'>
  /** Pixel of every element, columns of the detector's picture, and the place of the beam; null = not two axes, or unknown. */
  readonly elements: Uint32Array
  readonly columns: number | null
  readonly center: readonly [row: number, column: number] | null
  readonly counts: Float64Array
  readonly curves: Curves
  /** Per element. */
  readonly saturated: ArrayLike<number>
  readonly mean: Float64Array
  /** Null while first and last tenth overlap. */
  readonly tenths: Tenths | null
  /** Fraction of events that are jumps. */
  readonly jumps: number
  /** Ticks from the first to the last event, both counted. */
  readonly span: number
  readonly accounting: Accounting
  /** Whether this is the last update. */
  readonly final: boolean
  /** Events that were correlated; sums of frames count once. */
  readonly events: number
  /** Pixels, per color of the curves; NaN = not measured. */
  readonly speckleSize?: ArrayLike<number> | undefined
}

export interface Quality {
  readonly status: Status
  /** Labels of the rings that the values belong to. */
  readonly colors: Int32Array
  readonly checks: readonly Check[]
  /** A sentence for every check that is not ok. */
  readonly sentences: readonly { readonly status: Status; readonly check: CheckName; readonly text: string }[]
}

/** `breathe` is awaited now and then, so that messages arrive in between. */
export async function assess(evidence: Evidence, breathe: () => Promise<void> = async () => {}): Promise<Quality> {
  const { spec, plan, saturated } = evidence
  const rings = keptRings(plan.color, saturated)
  const seen = seenRings(plan.color, saturated, evidence.final)
  const facts: RingFacts[] = []
  for (const own of seen.alive) {
    facts.push(ringFacts(evidence.mean, own, evidence.events, labelsOf(plan)))
    await breathe()
  }
  const measured = {
    ...ofElements(evidence, rings, facts),
    ...ofCurves(evidence, rings, facts),
    ...(await ofTenths(evidence, seen, breathe)),
    ...ofRun(evidence),
  }
  const checks = (Object.entries(measured) as [CheckName, Measured][]).flatMap(([name, values]) => {
    const check = judge(name, spec[name], values)
    return check === null ? [] : [check]
  })
  const sentences = checks.flatMap((check) => {
    const status = statusOfCheck(check)
    return status === 'ok' || status === 'unknown'
      ? []
      : [{ status, check: check.name, text: checkText(check, rings.colors) }]
  })
  return { status: worstStatus(checks.map(statusOfCheck)), colors: rings.colors, checks, sentences }
}

/** The bin whose means this definition of g2 divides an element by. */
function labelsOf({ normalization, color, fine }: Evidence['plan']): (i: number) => number {
  if (normalization === 'finecolor') return (i) => fine[i]
  return (i) => normalizationLabel(normalization, color[i], fine[i])
}

type Some<Names extends CheckName> = Record<Names, Measured>

function ofElements(
  evidence: Evidence,
  rings: RingElements,
  facts: readonly RingFacts[],
): Some<'deadElements' | 'hotElements' | 'saturatedElements' | 'photonsPerSpeckle'> {
  const perSpeckle = facts.map(({ mean: value }, c) => value * Math.max(1, (sizeOf(evidence, rings, c) || 1) ** 2))
  return {
    deadElements: { value: facts.map(({ dead }) => dead) },
    hotElements: { value: facts.map(({ hot }) => hot) },
    saturatedElements: { value: rings.alive.map((own, c) => 1 - own.length / rings.sizes[c]) },
    photonsPerSpeckle: { value: perSpeckle },
  }
}

/** Measured where that could be done, else what the config says; NaN = unknown. */
function sizeOf({ speckleSize, curves, spec }: Evidence, { colors }: RingElements, c: number): number {
  const own = speckleSize?.[curves.colors.indexOf(colors[c])]
  return own !== undefined && Number.isFinite(own) ? own : (spec.speckleSize ?? Number.NaN)
}

function factsOfCurve({ curves, span }: Evidence, color: number): CurveFacts {
  const { colors, delays, g2, error } = curves
  const c = colors.indexOf(color)
  const row = (values: Float64Array): Float64Array =>
    c < 0
      ? new Float64Array(delays.length).fill(Number.NaN)
      : values.subarray(c * delays.length, (c + 1) * delays.length)
  const parts = delays.map((delay) => 1 - delay / span)
  return curveFacts(delays, row(g2), row(error), parts)
}

function ofCurves(
  evidence: Evidence,
  rings: RingElements,
  elements: readonly RingFacts[],
): Some<'baseline' | 'contrast' | 'firstDelays'> {
  const facts = Array.from(rings.colors, (color) => factsOfCurve(evidence, color))
  const expected = Array.from(
    rings.colors,
    (_, c) => evidence.spec.contrastExpected ?? coherentContrast(sizeOf(evidence, rings, c)),
  )
  const scale = facts.map((fact, c) => scaleOf(fact, expected[c]))
  return {
    baseline: {
      value: facts.map(({ baseline }, c) => (baseline - 1 - elements[c].smooth) / scale[c]),
      error: facts.map(({ baselineError }, c) => baselineError / scale[c]),
    },
    contrast: {
      value: facts.map(({ contrast }, c) => factor(contrast, expected[c])),
      error: facts.map(({ contrast, contrastError }, c) => factorError(contrast, contrastError, expected[c])),
    },
    firstDelays: {
      value: facts.map(({ first }, c) => first / scale[c]),
      error: facts.map(({ firstError }, c) => firstError / scale[c]),
    },
  }
}

/** The contrast; where noise hides it the one to expect, NaN where that is not known either: a ratio of two noises says nothing. */
function scaleOf({ contrast, contrastError }: CurveFacts, expected: number): number {
  return contrast > contrastErrors * contrastError ? contrast : expected
}

/** The larger over the smaller; contrasts count from a millionth on. */
function factor(contrast: number, expected: number): number {
  const ratio = Math.max(contrast, 1e-6) / expected
  return Math.max(ratio, 1 / ratio)
}

/** A quarter of the way to the best value within four errors. */
function factorError(contrast: number, error: number, expected: number): number {
  const nearest = Math.min(Math.max(expected, contrast - 4 * error), contrast + 4 * error)
  return (factor(contrast, expected) - factor(nearest, expected)) / 4
}

async function ofTenths(
  evidence: Evidence,
  rings: RingElements,
  breathe: () => Promise<void>,
): Promise<Some<'profileDrift' | 'intensityDrift' | 'centreDrift'>> {
  const { tenths, center, columns, elements } = evidence
  if (tenths === null) {
    const unknown = { value: [Number.NaN] }
    return { profileDrift: { value: rings.sizes.map(() => Number.NaN) }, intensityDrift: unknown, centreDrift: unknown }
  }
  const sizes = Array.from(rings.colors, (_, c) => sizeOf(evidence, rings, c)).filter(Number.isFinite)
  const changes: RingChange[] = []
  for (const own of rings.alive) {
    changes.push(ringChange(own, tenths))
    await breathe()
  }
  const drift = driftOf(rings, changes, Math.max(1, ...sizes))
  const placed = center !== null && columns !== null
  const unplaced = { pixels: Number.NaN, error: Number.NaN }
  const shift = placed ? shiftOf(rings, tenths, changes, { elements, columns, center }) : unplaced
  return {
    profileDrift: { value: drift.profile, error: drift.profileError },
    intensityDrift: { value: [drift.intensity], error: [drift.intensityError] },
    centreDrift: { value: [shift.pixels], error: [shift.error] },
  }
}

function ofRun(evidence: Evidence): Some<'jumps' | 'longestPairs' | 'lostFrames'> {
  const { jumps, accounting } = evidence
  return {
    jumps: { value: [jumps] },
    longestPairs: { value: [longestPairs(evidence)] },
    lostFrames: { value: [accounting.lost / Math.max(1, accounting.read + accounting.lost)] },
  }
}

/** At the end of the longest delay, before of the longest one within a quarter of the time so far: those beyond fill as the run goes on. */
function longestPairs({ curves: { delays }, counts, events, span, final }: Evidence): number {
  const last = final ? delays.length - 1 : delays.findLastIndex((delay) => 4 * delay <= span)
  if (last < 0) return Number.NaN
  // Level sums count pairs of frames, of which there are many more than events.
  return counts[last] > events ? Math.max(1, events * (1 - delays[last] / span)) : counts[last]
}
