// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** From a resolved config to a run plan: what the source, the mask and the labels say. Every rank builds the same plan. */
import { availableParallelism } from 'node:os'
import type { Trains } from '../buffers/trains.js'
import type { ResolvedAnalysis, ResolvedConfig } from '../config/resolved.js'
import { type FrameNorm, monitorOf } from '../correlators/frameNorm.js'
import type { Weights } from '../correlators/normalizations.js'
import type { NormalizationName } from '../correlators/resultGroup.js'
import { ConfigError } from '../errors.js'
import type { FrameSource, SourceMetadata } from '../formats/format.js'
import { checkFineColors, type Labels, loadLabels } from '../masks/labels.js'
import { fullMask, loadMask, type Mask } from '../masks/mask.js'
import { partition, pick } from '../masks/partition.js'
import { loadQMap } from '../masks/qmap.js'
import { loadBadPixels } from '../roles/calibration/maps.js'
import { holeDtype, sentinelsOf } from '../roles/holes/sentinels.js'
import { frameGroups } from '../roles/frameGroups.js'
import type { AnalysisPlan, RunPlan } from '../roles/plan.js'
import { selectedEvents, selectionOf, sumDtype, takesEverything } from '../roles/selection.js'
import { visibilitySpec } from '../roles/visibility/spec.js'
import { g2ClassOf } from './g2Class.js'
import { requireEvenClock, trainsOfRun } from './clocks.js'
import { bytesOf, type DType, sizeOf } from '../units.js'

/** What the driver learns from the source once and tells every rank. */
export interface SourceFacts {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Dtype of the values that workers get: a float where the source marks invalid values. */
  readonly valueDtype: DType
  readonly events: number
  readonly hasStreams: boolean
  readonly streams: number
  readonly saturation: number | null
  readonly metadata: SourceMetadata
  readonly vars: readonly string[]
  /** Largest minus smallest counter of the events that will be read, plus one. */
  readonly tickSpan: number
  /** Invalid values that workers make holes of; empty where servers do. */
  readonly sentinels: readonly number[]
  /** Ticks of a full buffer per event and analysis; not given = 1. */
  readonly ticksPerEvent?: readonly number[]
}

/** Bytes of full frames in one transfer block, at most. */
export const transferBytes = 32 * 2 ** 20
/** Events in one transfer block, at most. */
export const transferEvents = 1024

type Selecting = Pick<ResolvedConfig['systemParams'], 'numEvents' | 'begin' | 'end' | 'stride' | 'average'>

/** Facts of `source` and of the events that `wanted` makes of it. */
export function sourceFacts(source: FrameSource, wanted: Selecting): SourceFacts {
  const frames = framesOf(source, wanted)
  return {
    shape: source.shape,
    dtype: source.dtype,
    valueDtype: sumDtype(sentinelsOf(source).length === 0 ? source.dtype : holeDtype(source.dtype), wanted.average),
    events: source.events,
    hasStreams: source.streams !== null,
    streams: new Set(source.streams ?? []).size,
    saturation: source.saturation,
    metadata: source.metadata,
    vars: Object.keys(source.vars),
    sentinels: wanted.average === 1 ? sentinelsOf(source) : [],
    tickSpan: spanOf(source, wanted, frames),
  }
}

/** Frames of the file that count. */
function framesOf({ events }: Pick<FrameSource, 'events'>, { numEvents }: Pick<Selecting, 'numEvents'>): number {
  return numEvents > 0 ? Math.min(numEvents, events) : events
}

function spanOf({ counters }: FrameSource, wanted: Selecting, frames: number): number {
  const selection = selectionOf(wanted, frames)
  if (takesEverything(selection, frames)) return span(counters ?? null, frames)
  const { counter, count } = frameGroups(selection, frames, counters)
  return span(counter, count)
}

/** Largest minus smallest of the first `events` counters plus one; null = 0, 1, 2, ... */
function span(counters: Float64Array | null, events: number): number {
  if (counters === null || events === 0) return events
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const counter of counters.subarray(0, events)) {
    if (counter < low) low = counter
    if (counter > high) high = counter
  }
  return Math.max(0, high - low + 1)
}

/** Load mask and labels and fix the plan for `workers` workers. Throws ConfigError or InputError with one sentence. */
export async function setUp(resolved: ResolvedConfig, facts: SourceFacts, workers: number): Promise<RunPlan> {
  const { systemParams } = resolved
  checkVars(resolved, facts)
  const mask = await loadRunMask(resolved, facts)
  const split = partition(mask.data, workers)
  const trains = trainsOfRun(resolved)
  const numEvents = framesOf(facts, systemParams)
  const selection = selectionOf(systemParams, numEvents)
  const analyses: AnalysisPlan[] = []
  for (const analysis of resolved.analyses) {
    const { colors, fine } = await loadRunLabels(analysis, mask)
    analyses.push({
      name: analysis.name ?? '',
      className: analysis.className,
      delays: await delaysOf(analysis, facts, trains, selectedEvents(selection)),
      ticksPerEvent: facts.ticksPerEvent?.[analyses.length] ?? 1,
      normalization: analysis.userParams.normalization as NormalizationName,
      weights: (analysis.userParams.weights ?? 'bin') as Weights,
      frameNorm: (analysis.userParams.frameNorm ?? 'none') as FrameNorm,
      errors: (analysis.userParams.errors ?? null) as AnalysisPlan['errors'],
      covariance: analysis.userParams.covariance === true,
      visibility: visibilitySpec(analysis.userParams.visibility),
      color: pick(colors.data, split.elements, Int32Array),
      fine: pick(fine.data, split.elements, Int32Array),
    })
  }
  return {
    detectorShape: facts.shape,
    maskNdarrayCoords: mask.data,
    partition: split,
    analyses,
    servers: systemParams.numServers,
    workers,
    times: await timesOf(resolved, facts),
    update: systemParams.update,
    numEvents,
    selection,
    order: !facts.hasStreams ? 'file' : systemParams.serversRoundRobin ? 'roundRobin' : 'earliest',
    trains,
    sentinels: facts.sentinels,
    missingPanel: systemParams.holes.missingPanel,
    blockEvents: blockEvents(systemParams.blockSize, facts),
    storeDtype: systemParams.workerStoreDtype,
    filters: systemParams.filters.map(({ var: name, min, max }) => ({
      var: name,
      min: min ?? Number.NEGATIVE_INFINITY,
      max: max ?? Number.POSITIVE_INFINITY,
    })),
    monitors: monitorsOf(resolved),
    badEvents: systemParams.badEvents,
    h5arrays: systemParams.h5arrays,
    quality: systemParams.quality,
  }
}

/** The delays of an analysis, of its own making where its class says so. */
async function delaysOf(
  { userClass, userParams, delays, className }: ResolvedAnalysis,
  facts: SourceFacts,
  trains: Trains | null,
  events: number,
): Promise<Float64Array> {
  const Class = await g2ClassOf(userClass)
  if (Class.needsEvenClock) requireEvenClock(className, facts.tickSpan, trains, events)
  if (delays.length > 0) return Float64Array.from(delays)
  return Class.delaysFor(userParams, trains?.pulses ?? facts.tickSpan)
}

/** Events in the buffer; where all classes make their own delays, what these need. */
async function timesOf({ systemParams, analyses }: ResolvedConfig, { events }: SourceFacts): Promise<number> {
  if (analyses.some(({ delays }) => delays.length > 0)) return systemParams.times
  const read = systemParams.numEvents > 0 ? Math.min(systemParams.numEvents, events) : events
  const own = await Promise.all(analyses.map(async ({ userClass }) => (await g2ClassOf(userClass)).ownTimes(read)))
  return Math.max(...own)
}

/** 'auto' = one worker per core. */
export function workerCount({ systemParams }: ResolvedConfig): number {
  return systemParams.numWorkers === 'auto' ? Math.max(1, availableParallelism()) : systemParams.numWorkers
}

/** Events per transfer block: bounded in bytes of full frames and in events. */
export function blockEvents(
  blockSize: 'auto' | number,
  { shape, dtype }: Pick<SourceFacts, 'shape' | 'dtype'>,
): number {
  const fitting = Math.max(1, Math.floor(transferBytes / (sizeOf(shape) * bytesOf(dtype))))
  const most = Math.min(fitting, 65535)
  return Math.min(blockSize === 'auto' ? transferEvents : blockSize, most)
}

function monitorsOf({ analyses }: ResolvedConfig): string[] {
  const names = analyses.map(({ userParams }) => monitorOf(String(userParams.frameNorm ?? 'none')))
  return [...new Set(names.filter((name) => name !== null))]
}

function checkVars(resolved: ResolvedConfig, { vars }: SourceFacts): void {
  const { systemParams } = resolved
  const known = vars.length === 0 ? 'the dataset has no vars' : `the dataset has: ${vars.join(', ')}`
  for (const filter of systemParams.filters) {
    if (vars.includes(filter.var)) continue
    throw new ConfigError(
      `systemParams.filters names the variable '${filter.var}', but ${known}; add it to dataset.vars`,
    )
  }
  for (const name of monitorsOf(resolved)) {
    if (vars.includes(name)) continue
    throw new ConfigError(`userParams.frameNorm names the variable '${name}', but ${known}; add it to dataset.vars`, {
      key: 'userParams.frameNorm',
    })
  }
}

/** The mask without bad pixels. */
async function loadRunMask(resolved: ResolvedConfig, facts: SourceFacts): Promise<Mask> {
  const mask = await loadGivenMask(resolved, facts)
  const { badPixels } = resolved.systemParams.calibration
  const bad = await loadBadPixels(badPixels, facts.shape)
  if (bad === null) return mask
  const data = mask.data.map((on, p) => (bad[p] === 1 ? 0 : on))
  const elements = data.reduce((sum, on) => sum + on, 0)
  if (elements > 0) return { ...mask, data, elements }
  throw new ConfigError(
    `calibration.badPixels ${badPixels} leaves no pixel of the mask; check that other than 0 means bad there`,
    { key: 'systemParams.calibration.badPixels' },
  )
}

async function loadGivenMask({ systemParams, analyses }: ResolvedConfig, { shape }: SourceFacts): Promise<Mask> {
  if (systemParams.maskNdarrayCoords !== null) return loadMask(systemParams.maskNdarrayCoords, shape)
  const qmap = analyses.map(({ userParams }) => userParams.qmap).find((path) => typeof path === 'string')
  return typeof qmap === 'string' ? (await loadQMap(qmap, shape)).mask : fullMask(shape)
}

/** Colors and fine colors of an analysis; without a file every pixel has color 1, without fine colors they equal the colors. */
async function loadRunLabels({ userParams }: ResolvedAnalysis, mask: Mask): Promise<{ colors: Labels; fine: Labels }> {
  const { qmap, colorNdarrayCoords, colorFineNdarrayCoords } = userParams
  if (typeof qmap === 'string') {
    const { colors, fineColors } = await loadQMap(qmap, mask.shape)
    checkFineColors(mask, colors, fineColors, qmap)
    return { colors, fine: fineColors }
  }
  if (typeof colorNdarrayCoords !== 'string') {
    const ones: Labels = { shape: mask.shape, data: new Uint16Array(mask.data.length).fill(1), largest: 1 }
    return { colors: ones, fine: ones }
  }
  const colors = await loadLabels(colorNdarrayCoords, 'color', mask.shape)
  if (typeof colorFineNdarrayCoords !== 'string') return { colors, fine: colors }
  const fine = await loadLabels(colorFineNdarrayCoords, 'fine color', mask.shape)
  checkFineColors(mask, colors, fine, colorFineNdarrayCoords)
  return { colors, fine }
}
