// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the checks need of the workers while the sums of an update stand still, and the checks themselves. */
import { Breath } from '../breath.js'
import type { Gatherer } from '../gatherer.js'
import type { LightTable } from '../lightTable.js'
import type { ReadyAnalysis, Update } from '../messages.js'
import type { RunPlan } from '../plan.js'
import type { PublishedAnalysis, RunFacts } from '../publisher.js'
import { assess, type Evidence, type Quality } from './assess.js'

export interface QualityInput {
  readonly plan: RunPlan
  readonly analysis: number
  readonly facts: RunFacts
  readonly update: Update
  readonly workers: readonly ReadyAnalysis[]
  readonly light: LightTable
  readonly published: Omit<PublishedAnalysis, 'quality'> & { readonly speckleSize?: Float64Array }
}

/** Everything that the checks look at; null where the class gives no curves. */
export async function qualityEvidence(gatherer: Gatherer, input: QualityInput): Promise<Evidence | null> {
  const { plan, analysis, facts, update, workers, light, published } = input
  const { counts, curves, saturated, mean, speckleSize } = published
  if (curves.colors.length === 0) return null
  const hasTenths = workers.every((worker) => worker.hasTenths)
  const tenths = hasTenths
    ? {
        first: await gatherer.column(analysis, 'firstTenth'),
        last: await gatherer.column(analysis, 'lastTenth'),
      }
    : null
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
    jumps: light.jumps(),
    span: light.span(),
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
