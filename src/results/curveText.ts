// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What plots and tables of g2 have in common: names of curves, the delay axis, agreement with a known truth. */
import type { PublishedAnalysis, RunFacts } from '../roles/publisher.js'
import { qOf } from './experiment.js'

/** The part of an update that is drawn: `update.analyses[i]`, or what `readCurves` gives. */
export type CurveSet = Pick<PublishedAnalysis, 'curves' | 'counts'>
/** The part of a run's facts that labels need: `RunFacts`, or what `readResult` gives. */
export type CurveFacts = Pick<RunFacts, 'experiment'>
/** Known g2 of a color at a delay in ticks; NaN = not known there. */
export type Truth = (color: number, delay: number) => number

export interface DelayAxis {
  /** Multiply delays in ticks by this. */
  readonly scale: number
  /** 's' when the length of a tick is known, else 'frames'. */
  readonly unit: 's' | 'frames'
}

export function delayAxis(facts: CurveFacts): DelayAxis {
  const { tickSeconds, eventSeconds } = facts.experiment.values
  const tick = eventSeconds ?? tickSeconds
  return typeof tick === 'number' ? { scale: tick, unit: 's' } : { scale: 1, unit: 'frames' }
}

/** `q = 0.012 / Å` where q is known, else `color 3`; one per color. */
export function curveNames(set: CurveSet, facts: CurveFacts): string[] {
  const colors = [...set.curves.colors]
  const q = qOf(facts.experiment, colors)
  return colors.map((color, c) =>
    q.units === 'bin' ? `color ${color}` : `q = ${Number(q.value[c]?.toPrecision(3))} / Å`,
  )
}

export interface Agreement {
  /** Points with a known value, pairs and an error. */
  readonly points: number
  /** Those within `errors` standard errors of it. */
  readonly inside: number
  readonly errors: number
}

/** How many points lie within `errors` (default 3) standard errors of the truth. */
export function agreement({ curves, counts }: CurveSet, truth: Truth, errors = 3): Agreement {
  let points = 0
  let inside = 0
  curves.colors.forEach((color, c) => {
    curves.delays.forEach((delay, d) => {
      const at = c * curves.delays.length + d
      const distance = Math.abs((curves.g2[at] ?? Number.NaN) - truth(color, delay))
      const error = curves.error[at] ?? Number.NaN
      if (!((counts[d] ?? 0) > 0) || !Number.isFinite(distance) || !(error > 0)) return
      points++
      if (distance <= errors * error) inside++
    })
  })
  return { points, inside, errors }
}
