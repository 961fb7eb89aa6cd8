// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana check`: what a run will need and give, found without running it. */
import { availableParallelism } from 'node:os'
import { explain } from '../config/explain/explain.js'
import type { ExplainFacts, Explanation } from '../config/explain/facts.js'
import { deliveredCounters } from '../config/explain/pairs.js'
import type { ResolvedConfig } from '../config/resolved.js'
import type { ElementSums, ElementSumsOptions } from '../correlators/elementSums.js'
import type { G2Common } from '../correlators/g2Common.js'
import { labelTable } from '../correlators/normalizations.js'
import { thresholdsOf } from '../correlators/saturation.js'
import { openRunSource } from './source.js'
import type { FrameSource } from '../formats/format.js'
import { CallbackError, rankError } from '../roles/callbacks.js'
import { masterRank } from '../roles/plan.js'
import type { RunPlan } from '../roles/plan.js'
import { selectedEvents } from '../roles/selection.js'
import { adjustedDtype } from '../roles/workerAnalysis.js'
import { defaultBufferLimits } from '../transports/threads/wire.js'
import { bytesOf, type DType } from '../units.js'
import { calibratedFacts } from './calibrationFacts.js'
import { ticksPerEventOf } from './clocks.js'
import { openInstances } from './instances.js'
import { rankLog } from './rankLog.js'
import { setUp, sourceFacts, type SourceFacts, workerCount } from './setup.js'

export interface Prepared {
  readonly source: SourceFacts
  readonly plan: RunPlan
  readonly explanation: Explanation
}

/** Open the source, load mask, labels and classes, and work out memory, pairs and warnings. */
export async function prepare(resolved: ResolvedConfig): Promise<Prepared> {
  const source = await openRunSource(resolved.systemParams)
  try {
    const raw = sourceFacts(source, resolved.systemParams)
    const bare = await setUp(resolved, raw, workerCount(resolved))
    const gaps = ticksPerEventOf(bare, source, raw.tickSpan)
    const analyses = bare.analyses.map((analysis, a) => ({ ...analysis, ticksPerEvent: gaps[a] }))
    const plan = { ...bare, analyses }
    const known = { ...raw, ticksPerEvent: gaps }
    const { source: facts, warnings, bytes: calibrationBytes } = await calibratedFacts(resolved, known, plan)
    const explained = await explainFacts(resolved, source, facts, { ...plan, sentinels: facts.sentinels })
    return { source: facts, plan, explanation: explain(resolved, { ...explained, warnings, calibrationBytes }) }
  } finally {
    await source.close()
  }
}

async function explainFacts(
  resolved: ResolvedConfig,
  source: FrameSource,
  facts: SourceFacts,
  plan: RunPlan,
): Promise<ExplainFacts> {
  const rank = masterRank(plan)
  const log = rankLog('check', rank, 'ERROR')
  const place = { role: 'master', rank, log, testAlternate: false } as const
  const instances = await openInstances(resolved, facts, plan, place).catch((error: unknown) => {
    throw error instanceof CallbackError ? rankError('master', rank, error) : error
  })
  const counters = deliveredCounters(plan, source)
  const analyses = instances.map((instance, a) => {
    const options = (elements: number): ElementSumsOptions => ({
      elements,
      delays: plan.analyses[a].delays,
      times: plan.times,
      storeDtype: plan.storeDtype,
      sourceDtype: adjustedDtype(facts.valueDtype, instance, plan.sentinels),
      blockEvents: plan.blockEvents,
      ticksHint: selectedEvents(plan.selection),
      trains: plan.trains,
      ticksPerEvent: plan.analyses[a].ticksPerEvent,
    })
    return {
      pairing: instance.pairing,
      maps: instance.planMaps(labelTable(plan.analyses[a].color).labels.length, plan.trains?.pulses ?? facts.tickSpan),
      sums: (elements: number) => instance.planSums(options(elements)),
      mayHaveHoles: mayHaveHoles(facts.valueDtype, instance, plan),
      ownPairs:
        resolved.analyses[a].delays.length > 0 ? null : pairsWithoutElements(instance.openSums(options(0)), counters),
    }
  })
  return {
    source: { ...facts, streams: facts.hasStreams ? facts.streams : null },
    plan,
    counters,
    analyses,
    buffersPerServer: buffersOf(plan, facts.valueDtype),
    cores: availableParallelism(),
  }
}

/** NaN, sentinels, or saturated values that leave an event. */
function mayHaveHoles(dtype: DType, { userParams }: G2Common, { sentinels }: RunPlan): boolean {
  const { saturation, saturatedValue } = thresholdsOf(userParams)
  return dtype.startsWith('float') || sentinels.length > 0 || (saturation === 'event' && saturatedValue !== null)
}

/** Full transfer blocks that a server has on their way at most. */
function buffersOf({ partition, blockEvents, numEvents }: RunPlan, dtype: DType): number {
  const { buffers, bytes } = defaultBufferLimits
  const blockBytes = partition.elements.length * Math.min(blockEvents, numEvents) * bytesOf(dtype)
  return Math.max(1, Math.min(buffers, Math.floor(bytes / Math.max(1, blockBytes))))
}

/** Pairs per delay for events that arrive as `counters`, of which repeats are refused, from an engine that was opened for no element. */
function pairsWithoutElements(sums: ElementSums, counters: Float64Array): Float64Array {
  const counter = Float64Array.from(new Set(counters))
  const count = counter.length
  const nothing = { kind: 'dense', events: count, elements: 0, dtype: 'uint8', data: new Uint8Array(0) } as const
  const events = { count, counter, evicted: new Float64Array(count), row: new Int32Array(count) }
  sums.insert({ ...events, block: new Uint16Array(count), position: new Uint16Array(count) }, [nothing])
  sums.calc()
  return sums.counts
}
