// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The viewer gathers what an update needs, lets the user's class publish it, and hands it to the publisher (file, table, page). */
import type { ResultGroup } from '../correlators/resultGroup.js'
import { calling } from './callbacks.js'
import type { Communicator } from './communicator.js'
import { LightTable } from './lightTable.js'
import type { Accounting, Timing, Update } from './messages.js'
import { masterRank, type RankContext, type RankReport } from './plan.js'
import type { Publisher, RunFacts, RunSummary } from './publisher.js'
import { QualityNews } from './quality/report.js'
import { Stopwatch } from './stopwatch.js'
import { warmUp } from './warmUp.js'
import { publishAnalyses, type Told, type UpdateContext } from './viewerUpdate.js'
import { WorkerMail } from './workerMail.js'

export interface ViewerReport extends RankReport, Told {
  /** Path of the result; null when no file was asked for. */
  readonly output: string | null
  readonly accounting: Accounting
  readonly complete: boolean
  readonly seconds: number
  readonly elementEventsPerSecond: number
}

export async function runViewer(ctx: RankContext, publisher: Publisher, facts: RunFacts): Promise<ViewerReport> {
  const watch = new Stopwatch()
  const start = performance.now()
  await publisher.begin(facts)
  try {
    await initInstances(ctx, publisher.userGroups())
    const { update, timings, told } = await watchRun(ctx, publisher, facts, watch)
    const seconds = (performance.now() - start) / 1000
    const { changes } = told
    const summary = { ...summaryOf(ctx, update, seconds, { ...timings, viewer: watch.timings() }), changes }
    const output = await watch.wait('finish', () => publisher.finish(summary))
    // Only now it is on disk.
    tell(ctx, update, told)
    return { ...summary, output, ...told, timings: watch.timings() }
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
  facts: RunFacts,
  watch: Stopwatch,
): Promise<{ update: Update; timings: Record<string, readonly Timing[]>; told: Told }> {
  const { plan, circles } = ctx
  const lights = plan.analyses.map((analysis, a) => new LightTable(plan, analysis, ctx.instances[a]))
  const mail = new WorkerMail(circles.viewer as Communicator, lights)
  const timings: Record<string, readonly Timing[]> = {}
  const news = plan.analyses.map(() => new QualityNews())
  const context: UpdateContext = { ctx, mail, lights, publisher, watch, facts, news, alive: [], columns: new Map() }
  const warm = warmUp(context)
  warm.catch(() => {})
  let last: Update | null = null
  let told: Told = { warnings: [], quality: {}, changes: [], updateSeconds: 0 }
  for (;;) {
    const { message } = await watch.wait('waitForMaster', () => mail.orFailure(circles.world.recv(masterRank(plan))))
    if (message.kind === 'report') timings[message.role] = message.timings
    else if (message.kind === 'update') {
      last = message
      await warm
      told = await watch.wait('update', () => publishAnalyses(context, message))
      if (!message.final) tell(ctx, message, told)
    } else break
  }
  mail.close()
  if (last === null) throw new Error('the master ended the run without a final update')
  return { update: last, timings, told }
}

function tell(ctx: RankContext, { number, final, lastEvent }: Update, { quality, updateSeconds }: Told): void {
  const counter = lastEvent?.counter ?? null
  ctx.progress({ kind: 'update', number, final, counter, seconds: updateSeconds, quality })
}

function summaryOf(
  ctx: RankContext,
  update: Update,
  seconds: number,
  timings: RunSummary['timings'],
): Omit<RunSummary, 'changes'> {
  const { accounting, complete } = update
  const elementEvents = accounting.correlated * ctx.plan.partition.elements.length
  return { accounting, complete, seconds, elementEventsPerSecond: elementEvents / seconds, timings }
}
