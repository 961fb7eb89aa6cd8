// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One update on the viewer: curves from reductions, the user's `viewerPublish` with lazy arrays, then commit. */
import { overrides } from '../correlators/g2Common.js'
import { sumLosses } from '../correlators/losses.js'
import { labelTable } from '../correlators/normalizations.js'
import type { Curves, LastEventTime } from '../correlators/resultGroup.js'
import { type AliveLabels, aliveLabels } from './aliveLabels.js'
import { calling } from './callbacks.js'
import { Gatherer } from './gatherer.js'
import type { LightTable } from './lightTable.js'
import type { ReadyAnalysis, Update } from './messages.js'
import type { RankContext, RunPlan } from './plan.js'
import type { PublishedAnalysis, Publisher, RunFacts } from './publisher.js'
import type { Stopwatch } from './stopwatch.js'
import { qualityOf } from './quality/gather.js'
import type { QualityRecord } from './quality/record.js'
import { type QualityNews, qualityRecord } from './quality/report.js'
import { GatheredMaps } from './gatheredMaps.js'
import { curvesOf } from './viewerCurves.js'
import type { WorkerMail } from './workerMail.js'
import { bytesText } from '../units.js'

/** Per-pixel arrays that are written within a second or two. */
const quickBytes = 64 * 2 ** 20
/** Products of two-time maps that are formed within a second or two. */
const quickProducts = 4e10

const nothingStored: LastEventTime = { sec: 0, nsec: 0, fiducials: 0, counter: 0 }

/** What an update tells the user beside the result. */
export interface Told {
  /** Sentences about the physics. */
  readonly warnings: readonly string[]
  /** By name of the analysis ('' for the only one). */
  readonly quality: Readonly<Record<string, QualityRecord>>
}

export async function publishAnalyses(
  ctx: RankContext,
  mail: WorkerMail,
  lights: readonly LightTable[],
  publisher: Publisher,
  update: Update,
  watch: Stopwatch,
  aliveBefore: (AliveLabels | undefined)[],
  facts: RunFacts,
  news: readonly QualityNews[],
): Promise<Told> {
  const { plan } = ctx
  const ready = await watch.wait('waitForWorkers', () => mail.ready())
  const gatherer = new Gatherer(mail, plan)
  const published: PublishedAnalysis[] = []
  const curves: Curves[] = []
  for (const [a] of plan.analyses.entries()) {
    const workers = each(ready, a)
    const mean = await gatherer.elements(a, 'mean')
    const alive = await aliveLabels(gatherer, plan.analyses[a], a, workers, aliveBefore[a])
    const curve = await watch.wait('gatherCurves', () =>
      curvesOf(gatherer, plan, a, workers, lights[a], alive, mean, update),
    )
    curves.push(curve)
    reportSaturated(
      ctx,
      workers,
      (aliveBefore[a]?.colors ?? labelTable(plan.analyses[a].color)).labels.length - curve.colors.length,
    )
    aliveBefore[a] = alive
    const given = {
      counts: workers[0].counts,
      curves: curve,
      saturated: new Uint8Array(alive.saturated),
      mean,
      light: lights[a].curve(),
      ...speckleSizes(curve),
    }
    const input = { plan, analysis: a, facts, update, workers, light: lights[a], published: given }
    const quality = await watch.wait('quality', () => qualityOf(gatherer, input))
    published.push(quality === null ? given : { ...given, quality })
  }
  const wantArrays = wantsArrays(ctx, update)
  // Nobody will ask the workers for more: they need not wait for the file.
  if (!wantArrays && !ctx.instances.some((instance) => overrides(instance, 'viewerPublish'))) await gatherer.thaw()
  const groups = await publisher.openUpdate(update)
  for (const [a, instance] of ctx.instances.entries()) {
    const { counts, saturated } = published[a]
    const arrays = gatherer.lazyArrays(
      a,
      ready[0][a].names,
      ready.some((worker) => worker[a].hasLost),
      counts,
    )
    const args = {
      counts,
      lastEvent: update.lastEvent ?? nothingStored,
      curves: curves[a],
      saturated: onDetector(plan, saturated),
      arrays,
      wantArrays,
      losses: sumLosses(each(ready, a).map(({ losses }) => losses)),
      pulses: lights[a].pulses(),
      lags: lights[a].lags(),
      twoTime: mapsOf(ctx, update, gatherer, a, each(ready, a), curves[a]),
      group: groups[a],
    }
    await watch.wait('viewerPublish', () =>
      Promise.resolve(calling('viewerPublish', () => instance.viewerPublish(args))),
    )
  }
  await gatherer.thaw()
  await watch.wait('commit', () => publisher.commit({ ...update, analyses: published }))
  const warnings = curves.flatMap((curve, a) => warningsOf(plan, a, curve))
  return { warnings, quality: tellQuality(ctx, update, published, news) }
}

/** Says what is new about the quality; gives the records of all analyses that have one, by name. */
function tellQuality(
  { plan, log }: RankContext,
  { final }: Update,
  published: readonly PublishedAnalysis[],
  news: readonly QualityNews[],
): Record<string, QualityRecord> {
  const records: Record<string, QualityRecord> = {}
  published.forEach(({ quality }, a) => {
    if (quality === undefined) return
    const { name } = plan.analyses[a]
    records[name] = qualityRecord(quality)
    for (const text of news[a].of(quality, final)) log.warning(name === '' ? text : `analysis ${name}: ${text}`)
  })
  return records
}

function speckleSizes({ colors, speckle }: Curves): Pick<PublishedAnalysis, 'speckleSize'> {
  if (speckle == null) return {}
  return { speckleSize: Float64Array.from(colors, (_, c) => Math.sqrt(speckle.size[2 * c] * speckle.size[2 * c + 1])) }
}

/** Sentences about an analysis of the run; where there are several they begin with its name. */
function warningsOf({ analyses }: RunPlan, a: number, { beam }: Curves): string[] {
  const { name } = analyses[a]
  return (beam?.report?.warnings ?? []).map((text) => (name === '' ? text : `analysis ${name}: ${text}`))
}

/** Maps are due at the end, with h5arrays 'every' at all updates. A run that was stopped must end soon: only small ones are formed. */
function mapsOf(
  { plan, log }: RankContext,
  { final, complete }: Update,
  gatherer: Gatherer,
  analysis: number,
  workers: readonly ReadyAnalysis[],
  curves: Curves,
): GatheredMaps | null {
  const { twoTime: facts } = workers[0]
  if (facts === null || !(final || plan.h5arrays === 'every')) return null
  const frames = plan.trains?.pulses ?? facts.events.length
  const bytes = curves.colors.length * 4 * frames * frames
  const products = frames * facts.events.length * plan.partition.elements.length
  if (complete || !final || (bytes <= quickBytes && products <= quickProducts))
    return new GatheredMaps(gatherer, analysis, workers, curves, plan.trains)
  log.warning(`the run was stopped: curves are written, two-time maps (${bytesText(bytes)}) are left out`)
  return null
}

function each(ready: readonly (readonly ReadyAnalysis[])[], analysis: number): ReadyAnalysis[] {
  return ready.map((analyses) => analyses[analysis])
}

/** Whether per-pixel arrays are due. A run that was stopped must end soon: it writes them only where that is quick. */
function wantsArrays({ plan, log }: RankContext, { final, complete }: Update): boolean {
  const due = plan.h5arrays === 'every' || (plan.h5arrays === 'final' && final)
  if (!due || complete) return due
  const delays = plan.analyses.reduce((sum, analysis) => sum + analysis.delays.length, 0)
  const bytes = delays * plan.partition.elements.length * 3 * 8
  if (bytes <= quickBytes) return true
  log.warning(`the run was stopped: curves are written, per-pixel arrays (${bytesText(bytes)}) are left out`)
  return false
}

function reportSaturated(ctx: RankContext, workers: readonly ReadyAnalysis[], dropped: number): void {
  const leaving = workers.reduce((sum, worker) => sum + worker.newlySaturated, 0)
  if (leaving === 0) return
  const colors = dropped > 0 ? `. ${dropped} colors are being dropped` : ''
  ctx.log.warning(`${leaving} new saturated pixels being removed from color labeling${colors}`)
}

function onDetector({ partition }: RunPlan, values: Uint8Array): Uint8Array {
  const out = new Uint8Array(partition.frameSize)
  partition.elements.forEach((pixel, i) => {
    out[pixel] = values[i]
  })
  return out
}
