// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One update on the viewer: curves from reductions, the user's `viewerPublish` with lazy arrays, then commit. */
import { overrides, type PublishArguments } from '../correlators/g2Common.js'
import { sumLosses } from '../correlators/losses.js'
import { labelTable } from '../correlators/normalizations.js'
import { remembering } from '../correlators/remembering.js'
import type { TrueLags } from '../correlators/multiTau/lagMoments.js'
import type { Curves, LastEventTime, ResultGroup } from '../correlators/resultGroup.js'
import type { PulseIntensity } from '../correlators/trainLight.js'
import { type AliveLabels, aliveLabels } from './aliveLabels.js'
import { calling } from './callbacks.js'
import { type Change, sumChanges } from './changes.js'
import { Gatherer } from './gatherer.js'
import type { LightTable } from './lightTable.js'
import type { Ready, ReadyAnalysis, Update } from './messages.js'
import type { RankContext, RunPlan } from './plan.js'
import type { LightCurve, PublishedAnalysis, Publisher, RunFacts } from './publisher.js'
import type { Stopwatch } from './stopwatch.js'
import type { Evidence } from './quality/assess.js'
import { gatherTenths, qualityEvidence, qualityOf } from './quality/gather.js'
import type { Tenths } from './quality/drift.js'
import type { QualityRecord } from './quality/record.js'
import { type QualityNews, qualityRecord } from './quality/report.js'
import { GatheredMaps } from './gatheredMaps.js'
import { gatherCurves } from './viewerCurves.js'
import { visibilityFacts } from './visibility/report.js'
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
  /** What calibration and thresholds have changed so far. */
  readonly changes: readonly Change[]
  /** What the last update took from when all workers stood still until it was visible. */
  readonly updateSeconds: number
}

/** What an update is made of, and what stays from update to update. */
export interface UpdateContext {
  readonly ctx: RankContext
  readonly mail: WorkerMail
  readonly lights: readonly LightTable[]
  readonly publisher: Publisher
  readonly watch: Stopwatch
  readonly facts: RunFacts
  readonly news: readonly QualityNews[]
  /** Of the last update; changed by the next. */
  readonly alive: (AliveLabels | undefined)[]
  /** Arrays of the gatherer. */
  readonly columns: Map<string, Float64Array>
}

/** What an update of an analysis is made of: taken while workers stand still, so that no later event is in it. */
interface Collected {
  readonly workers: readonly ReadyAnalysis[]
  readonly alive: AliveLabels
  readonly mean: Float64Array
  readonly tenths: Tenths | null
  readonly makeCurves: () => Curves
  readonly light: LightCurve
  readonly jumps: number
  readonly span: number
  readonly pulses: PulseIntensity | null
  readonly lags: TrueLags | null
}

interface Gathered extends Collected {
  readonly curves: Curves
  readonly published: Omit<PublishedAnalysis, 'quality'>
  readonly evidence: Evidence | null
}

export async function publishAnalyses(context: UpdateContext, update: Update): Promise<Told> {
  const { ctx, mail, publisher, watch } = context
  const { plan } = ctx
  const ready = await watch.wait('waitForWorkers', () => mail.ready())
  const began = performance.now()
  const gatherer = new Gatherer(mail, plan, context.columns)
  const collected: Collected[] = []
  for (const a of plan.analyses.keys())
    collected.push(await watch.wait('gather', () => collect(context, gatherer, update, a, each(ready, a))))
  const wantArrays = wantsArrays(ctx, update)
  // Nobody will ask the workers for more: they need not wait for curves and file.
  const release = async (): Promise<void> => {
    if (!wantArrays && !ctx.instances.some((instance) => overrides(instance, 'viewerPublish'))) await gatherer.thaw()
  }
  if (plan.analyses.every(({ visibility }) => visibility === null)) await release()
  const gathered: Gathered[] = []
  for (const [a, own] of collected.entries()) gathered.push(await curvesOf(context, gatherer, update, a, own))
  await release()
  const groups = await publisher.openUpdate(update)
  for (const [a, instance] of ctx.instances.entries()) {
    const args = publishArguments(ctx, gatherer, update, a, gathered[a], { wantArrays, group: groups[a] })
    await watch.wait('viewerPublish', () =>
      Promise.resolve(calling('viewerPublish', () => instance.viewerPublish(args))),
    )
  }
  await gatherer.thaw()
  const analyses: PublishedAnalysis[] = []
  for (const { published, evidence } of gathered) {
    if (evidence === null) analyses.push(published)
    else analyses.push({ ...published, quality: await watch.wait('quality', () => qualityOf(evidence)) })
  }
  await watch.wait('commit', () => publisher.commit({ ...update, analyses }))
  const warnings = gathered.flatMap(({ curves }, a) => warningsOf(plan, a, curves))
  const changes = sumChanges([update.changes, ...ready.map((worker) => worker.changes)])
  const updateSeconds = (performance.now() - began) / 1000
  return { warnings, quality: tellQuality(context, update, analyses), changes, updateSeconds }
}

async function collect(
  { ctx: { plan }, lights, alive: aliveBefore }: UpdateContext,
  gatherer: Gatherer,
  update: Update,
  a: number,
  workers: readonly ReadyAnalysis[],
): Promise<Collected> {
  const light = lights[a]
  const mean = await gatherer.mean(a)
  const alive = await aliveLabels(gatherer, plan.analyses[a], a, workers, aliveBefore[a])
  const makeCurves = await gatherCurves(gatherer, plan, a, workers, light, alive, mean, update)
  const tenths = await gatherTenths(gatherer, plan, a, workers, alive, update)
  const [jumps, span, pulses, lags] = [light.jumps(), light.span(), light.pulses(), light.lags()]
  return { workers, alive, mean, tenths, makeCurves, light: light.curve(), jumps, span, pulses, lags }
}

async function curvesOf(
  { ctx, watch, facts, alive: aliveBefore }: UpdateContext,
  gatherer: Gatherer,
  update: Update,
  a: number,
  own: Collected,
): Promise<Gathered> {
  const { plan } = ctx
  const { workers, alive, mean, light } = own
  const plain = watch.run('curves', own.makeCurves)
  const visibility = await watch.wait('visibility', () => visibilityFacts(gatherer, plan, a, workers, plain))
  const curves = { ...plain, visibility }
  const colorsBefore = (aliveBefore[a]?.colors ?? labelTable(plan.analyses[a].color)).labels.length
  reportSaturated(ctx, workers, colorsBefore - curves.colors.length)
  aliveBefore[a] = alive
  const { saturated } = alive
  const published = { counts: workers[0].counts, curves, saturated, mean, light, ...speckleSizes(curves) }
  const evidence = qualityEvidence({ ...own, plan, analysis: a, facts, update, published })
  return { ...own, curves, published, evidence }
}

function publishArguments(
  ctx: RankContext,
  gatherer: Gatherer,
  update: Update,
  a: number,
  { workers, curves, published, pulses, lags }: Gathered,
  { wantArrays, group }: { wantArrays: boolean; group: ResultGroup },
): PublishArguments {
  const { counts, saturated } = published
  const hasLost = workers.some((worker) => worker.hasLost)
  return {
    counts,
    lastEvent: update.lastEvent ?? nothingStored,
    curves,
    saturated: onDetector(saturated, ctx.plan),
    arrays: gatherer.lazyArrays(a, workers[0].names, hasLost, counts),
    wantArrays,
    losses: sumLosses(workers.map(({ losses }) => losses)),
    pulses,
    lags,
    twoTime: mapsOf(ctx, update, gatherer, a, workers, curves),
    group,
  }
}

/** Says what is new about the quality; gives the records of all analyses that have one, by name. */
function tellQuality(
  { ctx: { plan, log }, news }: UpdateContext,
  { final }: Update,
  published: readonly PublishedAnalysis[],
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
function warningsOf({ analyses }: RunPlan, a: number, { beam, visibility }: Curves): string[] {
  const { name } = analyses[a]
  const refused = visibility != null && 'reason' in visibility ? [visibility.reason] : []
  return [...(beam?.report?.warnings ?? []), ...refused].map((text) =>
    name === '' ? text : `analysis ${name}: ${text}`,
  )
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

function each(ready: readonly Ready[], analysis: number): ReadyAnalysis[] {
  return ready.map(({ analyses }) => analyses[analysis])
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

/** Detector shape; 0 outside the mask. */
const onDetector = remembering((values: Uint8Array, { partition }: RunPlan): Uint8Array => {
  const out = new Uint8Array(partition.frameSize)
  const { elements } = partition
  for (let i = 0; i < elements.length; i++) out[elements[i]] = values[i]
  return out
})
