// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the checks need of the workers while the sums of an update stand still, and the checks themselves. */
import type { AliveLabels } from '../aliveLabels.js'
import { Breath } from '../breath.js'
import type { Gatherer } from '../gatherer.js'
import type { ReadyAnalysis, Update } from '../messages.js'
import type { RunPlan } from '../plan.js'
import type { PublishedAnalysis, RunFacts } from '../publisher.js'
import { assess, type Evidence, type Quality } from './assess.js'
import type { Tenths } from './drift.js'
import { elementsOf, seenRings } from './rings.js'

/** Null while first and last tenth overlap. */
export async function gatherTenths(
  gatherer: Gatherer,
  { analyses }: RunPlan,
  analysis: number,
  workers: readonly ReadyAnalysis[],
  { saturated, colors }: AliveLabels,
  { final }: Update,
): Promise<Tenths | null> {
  if (colors.labels.length === 0 || !workers.every(({ hasTenths }) => hasTenths)) return null
  const seen = final ? null : elementsOf(seenRings(analyses[analysis].color, saturated, final))
  return gatherer.tenths(analysis, seen)
}

export interface QualityInput {
  readonly plan: RunPlan
  readonly analysis: number
  readonly facts: RunFacts
  readonly update: Update
  readonly tenths: Tenths | null
  /** Of the light, as in `Evidence`. */
  readonly jumps: number
  readonly span: number
  readonly published: Omit<PublishedAnalysis, 'quality'> & { readonly speckleSize?: Float64Array }
}

/** Everything that the checks look at; null where the class gives no curves. */
export function qualityEvidence(input: QualityInput): Evidence | null {
  const { plan, analysis, facts, update, tenths, jumps, span, published } = input
  const { counts, curves, saturated, mean, speckleSize } = published
  if (curves.colors.length === 0) return null
  const center = facts.experiment.values.beamCenterPx
  return {
    spec: plan.quality,
    plan: plan.analyses[analysis],
    elements: plan.partition.elements,
    columns: plan.detectorShape.length === 2 ? plan.detectorShape[1] : null,
    center: Array.isArray(center) ? (center as unknown as readonly [number, number]) : null,
    counts,
    curves,
    saturated,
    mean,
    tenths,
    jumps,
    span,
    accounting: update.accounting,
    final: update.final,
    events: update.accounting.correlated / plan.selection.average,
    speckleSize,
  }
}

/** The checks, with turns for messages in between. */
export async function qualityOf(evidence: Evidence): Promise<Quality> {
  const breath = new Breath(new AbortController().signal)
  return assess(evidence, () => breath.take())
}
