// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * `--test-alt`: the same result by an independent, serial calculation. The user's `calcAndPublishForTestAlt` sums over pairs of all
 * events, sorted by counter; the curves follow the plain definitions over whole arrays.
 */
import type { ResolvedConfig } from '../config/resolved.js'
import { plainCurves } from '../correlators/alternativeCurves.js'
import type { G2Common, PublishArguments, WholeWorkerResult } from '../correlators/g2Common.js'
import { labelTable } from '../correlators/normalizations.js'
import { addLosses, type Losses, noLosses } from '../correlators/losses.js'
import type { PulseIntensity } from '../correlators/trainLight.js'
import type { Curves, LazyArrays } from '../correlators/resultGroup.js'
import { openRunSource } from './source.js'
import { createHdf5Result } from '../results/hdf5Result.js'
import { openSteps } from '../roles/calibration/open.js'
import { CallbackError, calling, rankError } from '../roles/callbacks.js'
import { trainLight } from '../roles/lightTable.js'
import type { Accounting } from '../roles/messages.js'
import type { AnalysisPlan, RunPlan } from '../roles/plan.js'
import type { PublishedAnalysis, Publisher } from '../roles/publisher.js'
import { calibratedSource, readSorted, type SortedEvents } from './alternativeRead.js'
import { calibratedFacts } from './calibrationFacts.js'
import { runFacts } from './facts.js'
import { openInstances } from './instances.js'
import { noFile } from './noFile.js'
import { outputOf } from './output.js'
import { rankLog } from './rankLog.js'
import { setUp, sourceFacts } from './setup.js'

export interface AlternativeResult {
  /** Path of the result; null when no output is configured. */
  readonly output: string | null
  readonly accounting: Accounting
}

export async function runAlternative(resolved: ResolvedConfig): Promise<AlternativeResult> {
  const { overwrite, verbosity } = resolved.systemParams
  const log = rankLog('testmode', 0, verbosity)
  const path = outputOf(resolved)
  const source = await openRunSource(resolved.systemParams)
  try {
    const raw = sourceFacts(source, resolved.systemParams)
    const plan = await setUp(resolved, raw, 1)
    const { source: facts } = await calibratedFacts(resolved, raw, plan)
    const instances = await openInstances(resolved, facts, plan, {
      role: 'testmode',
      rank: 0,
      log,
      testAlternate: true,
    })
    log.info('Starting to read through data for test_alt')
    const calibration = await openSteps(resolved.systemParams.calibration, plan, instances)
    const sorted: SortedEvents[] = []
    for (const a of instances.keys())
      sorted.push(await readSorted(plan, calibratedSource(source, calibration), instances, a))
    log.info('read through data for test_alt')
    if (sorted[0].disorder) log.info('DAQ data did not come in sorted order.')
    const publisher = path === null ? noFile() : createHdf5Result({ path, overwrite, h5arrays: 'final' })
    await publisher.begin(runFacts(resolved, facts, plan))
    return { output: await publishAll(plan, instances, sorted, publisher), accounting: sorted[0].accounting }
  } catch (error) {
    throw error instanceof CallbackError ? rankError('testmode', 0, error) : error
  } finally {
    await source.close()
  }
}

async function publishAll(
  plan: RunPlan,
  instances: readonly G2Common[],
  sorted: readonly SortedEvents[],
  publisher: Publisher,
): Promise<string | null> {
  const { accounting, events } = sorted[0]
  const lastEvent = events[events.length - 1] ?? null
  const update = { number: 0, final: true, complete: true, lastEvent, accounting }
  try {
    const groups = await publisher.openUpdate(update)
    const analyses: PublishedAnalysis[] = []
    for (const [a, instance] of instances.entries()) {
      const result = await calling('calcAndPublishForTestAlt', () =>
        Promise.resolve(instance.calcAndPublishForTestAlt(sorted[a].events, sorted[a].data, groups[a])),
      )
      const pairsOf = (data: readonly Float64Array[]) => instance.alternativeSums(sorted[a].events, data)
      const curves = plainCurves(plan.analyses[a], result, instance.saturatedElements, { ...sorted[a], pairsOf })
      const pulses = pulsesOf(plan, plan.analyses[a], sorted[a])
      const moments = instance.openLags(plan.analyses[a].delays)
      for (const { counter } of sorted[a].events) moments?.add(counter)
      const lags = moments?.lags() ?? null
      const args = {
        ...publishArguments(plan, result, curves, lastEvent, groups[a]),
        pulses,
        lags,
        losses: lossesOf(plan.analyses[a], sorted[a], instance),
      }
      await calling('viewerPublish', () => Promise.resolve(instance.viewerPublish(args)))
      analyses.push(published(plan.analyses[a], result, curves, sorted[a]))
    }
    await publisher.commit({ ...update, analyses })
    const speed = { seconds: 0, elementEventsPerSecond: 0, timings: {} }
    return await publisher.finish({ accounting, complete: true, changes: [], ...speed })
  } catch (error) {
    await publisher.abandon()
    throw error
  }
}

function published(
  { color }: AnalysisPlan,
  result: WholeWorkerResult,
  curves: Curves,
  { data, events }: SortedEvents,
): PublishedAnalysis {
  const mean = new Float64Array(data[0]?.length ?? 0).map((_, i) => {
    const known = data.map((row) => row[i]).filter(Number.isFinite)
    return known.reduce((sum, value) => sum + value, 0) / known.length
  })
  const colored = color.filter((label) => label > 0).length
  const light = {
    counter: Float64Array.from(events, ({ counter }) => counter),
    mean: Float64Array.from(data, (row) => lightOf(color, row).reduce((sum, own) => sum + own, 0) / colored),
  }
  return { counts: Float64Array.from(result.counts), curves, saturated: Uint8Array.from(result.saturated), mean, light }
}

function lossesOf({ color }: AnalysisPlan, { data }: SortedEvents, instance: G2Common): Losses {
  const { labels, rowOf } = labelTable(color)
  const losses = noLosses(labels.length)
  color.forEach((label, i) => {
    if (label === 0) return
    const holes = data.filter((row) => !Number.isFinite(row[i])).length
    const saturated = instance.saturatedEvents[i] ?? 0
    const left = instance.saturatedElements[i] === 1
    addLosses(losses, rowOf.get(label) ?? 0, { events: data.length, holes, saturated, left })
  })
  return losses
}

/** Mean intensity against pulse number. */
function pulsesOf({ trains }: RunPlan, { color }: AnalysisPlan, { data, events }: SortedEvents): PulseIntensity | null {
  if (trains === null) return null
  const light = trainLight(trains, color)
  events.forEach(({ counter }, e) => {
    light.add(counter, lightOf(color, data[e]), 0)
  })
  return light.intensity()
}

/** Per color the number of its elements times the mean of those that have a value. */
function lightOf(color: Int32Array, row: Float64Array): Float64Array {
  return Float64Array.from(labelTable(color).labels, (label) => {
    const own = row.filter((value, i) => color[i] === label && Number.isFinite(value))
    const all = color.filter((other) => other === label)
    return (own.reduce((sum, value) => sum + value, 0) * all.length) / own.length
  })
}

function publishArguments(
  { partition: { elements, frameSize } }: RunPlan,
  result: WholeWorkerResult,
  curves: Curves,
  lastEvent: PublishArguments['lastEvent'] | null,
  group: PublishArguments['group'],
): Omit<PublishArguments, 'pulses' | 'lags' | 'losses'> {
  const counts = Float64Array.from(result.counts)
  const onDetector = (values: ArrayLike<number>): Float64Array => {
    const out = new Float64Array(frameSize)
    for (let i = 0; i < elements.length; i++) out[elements[i]] = values[i]
    return out
  }
  const get = async (name: string, delay: number): Promise<Float64Array> => {
    const d = curves.delays.indexOf(delay)
    return onDetector(result.arrays[name].subarray(d * elements.length, (d + 1) * elements.length))
  }
  const mean = async (name: string, delay: number): Promise<Float64Array> => {
    const d = curves.delays.indexOf(delay)
    const lost = onDetector(
      result.lost?.subarray(d * elements.length, (d + 1) * elements.length) ?? new Float64Array(elements.length),
    )
    return (await get(name, delay)).map((sum, p) => (counts[d] === lost[p] ? 0 : sum / (counts[d] - lost[p])))
  }
  const arrays: LazyArrays = { names: Object.keys(result.arrays), get, mean, release() {} }
  return {
    counts,
    lastEvent: lastEvent ?? { sec: 0, nsec: 0, fiducials: 0, counter: 0 },
    curves,
    saturated: Uint8Array.from(onDetector(result.saturated)),
    arrays,
    wantArrays: true,
    twoTime: null,
    group,
  }
}
