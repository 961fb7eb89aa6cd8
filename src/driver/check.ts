// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana check`: what a run will need and give, found without running it. */
import { availableParallelism } from 'node:os'
import { explain } from '../config/explain/explain.js'
import type { ExplainFacts, Explanation } from '../config/explain/facts.js'
import { deliveredCounters } from '../config/explain/pairs.js'
import type { ResolvedConfig } from '../config/resolved.js'
import { PairSums } from '../correlators/pairSums.js'
import { openDataset } from './source.js'
import type { FrameSource } from '../formats/format.js'
import { CallbackError, rankError } from '../roles/callbacks.js'
import { masterRank } from '../roles/plan.js'
import type { RunPlan } from '../roles/plan.js'
import { adjustedDtype } from '../roles/workerAnalysis.js'
import { defaultBufferLimits } from '../transports/threads/wire.js'
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
  const source = await openDataset(resolved.systemParams.dataset)
  try {
    const facts = sourceFacts(source)
    const plan = await setUp(resolved, facts, workerCount(resolved))
    return { source: facts, plan, explanation: explain(resolved, await explainFacts(resolved, source, facts, plan)) }
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
  const analyses = instances.map((instance, a) => ({
    pairing: instance.pairing,
    sums: (elements: number) =>
      PairSums.plan({
        elements,
        delays: plan.analyses[a].delays.length,
        times: plan.times,
        storeDtype: plan.storeDtype,
        sourceDtype: adjustedDtype(facts.valueDtype, instance),
        ticksHint: plan.numEvents,
      }),
  }))
  return {
    source: { ...facts, streams: facts.hasStreams ? facts.streams : null },
    plan,
    counters: deliveredCounters(plan, source),
    analyses,
    buffersPerServer: defaultBufferLimits.buffers,
    cores: availableParallelism(),
  }
}
