// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The viewer gathers what an update needs, lets the user's class publish it, and hands it to the publisher (file, table, page). */
import type { ResultGroup } from '../correlators/resultGroup.js'
import type { AliveLabels } from './aliveLabels.js'
import { calling } from './callbacks.js'
import type { Communicator } from './communicator.js'
import { LightTable } from './lightTable.js'
import type { Accounting, Timing, Update } from './messages.js'
import { masterRank, type RankContext, type RankReport } from './plan.js'
import type { Publisher, RunFacts, RunSummary } from './publisher.js'
import { Stopwatch } from './stopwatch.js'
import { publishAnalyses } from './viewerUpdate.js'
import { WorkerMail } from './workerMail.js'

export interface ViewerReport extends RankReport {
  /** Path of the result; null when no file was asked for. */
  readonly output: string | null
  readonly accounting: Accounting
  readonly complete: boolean
  readonly seconds: number
  readonly elementEventsPerSecond: number
  /** Sentences about the physics of the last update, for the user. */
  readonly warnings: readonly string[]
}

export async function runViewer(ctx: RankContext, publisher: Publisher, facts: RunFacts): Promise<ViewerReport> {
  const watch = new Stopwatch()
  const start = performance.now()
  await publisher.begin(facts)
  try {
    await initInstances(ctx, publisher.userGroups())
    const { update, timings, warnings } = await watchRun(ctx, publisher, watch)
    const summary = summaryOf(ctx, update, (performance.now() - start) / 1000, { ...timings, viewer: watch.timings() })
    const output = await watch.wait('finish', () => publisher.finish(summary))
    return { ...summary, output, warnings, timings: watch.timings() }
  } catch (error) {
    await publisher.abandon()
    throw error
  }
}

async function initInstances(ctx: RankContext, groups: readonly ResultGroup[]): Promise<void> {
  for (const [a, instance] of ctx.instances.entries()) {
    await calling('viewerInit', () => instance.viewerInit(ctx.plan.maskNdarrayCoords, groups[a]))
  }
}

/** Publish every update until the master says end; returns the last one. */
async function watchRun(
  ctx: RankContext,
  publisher: Publisher,
  watch: Stopwatch,
): Promise<{ update: Update; timings: Record<string, readonly Timing[]>; warnings: readonly string[] }> {
  const { plan, circles } = ctx
  const lights = plan.analyses.map((analysis, a) => new LightTable(plan, analysis, ctx.instances[a]))
  const mail = new WorkerMail(circles.viewer as Communicator, lights)
  const timings: Record<string, readonly Timing[]> = {}
  const alive: (AliveLabels | undefined)[] = []
  let last: Update | null = null
  let warnings: readonly string[] = []
  for (;;) {
    const { message } = await watch.wait('waitForMaster', () => mail.orFailure(circles.world.recv(masterRank(plan))))
    if (message.kind === 'report') timings[message.role] = message.timings
    else if (message.kind === 'update') {
      last = message
      warnings = await watch.wait('update', () => publishAnalyses(ctx, mail, lights, publisher, message, watch, alive))
      ctx.progress({
        kind: 'update',
        number: message.number,
        final: message.final,
        counter: message.lastEvent?.counter ?? null,
      })
    } else break
  }
  mail.close()
  if (last === null) throw new Error('the master ended the run without a final update')
  return { update: last, timings, warnings }
}

function summaryOf(ctx: RankContext, update: Update, seconds: number, timings: RunSummary['timings']): RunSummary {
  const { accounting, complete } = update
  const elementEvents = accounting.correlated * ctx.plan.partition.elements.length
  return { accounting, complete, seconds, elementEventsPerSecond: elementEvents / seconds, timings }
}
