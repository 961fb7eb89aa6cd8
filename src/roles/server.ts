// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A server reads its blocks, drops what the filters refuse, and gives every worker its elements. It offers each block to the
 * master by ids and scatters it at once: the pool of send buffers bounds how far it runs ahead.
 */
import type { FrameBlock, FramePiece, FrameSource } from '../formats/format.js'
import type { DType, TypedArray } from '../units.js'
import { allocate } from '../units.js'
import type { DetectorEvent } from '../correlators/g2Common.js'
import { overrides } from '../correlators/g2Common.js'
import { InputError } from '../errors.js'
import { type BlockFrames, blockFrames } from './blockFrames.js'
import { Breath } from './breath.js'
import { calling } from './callbacks.js'
import type { Communicator } from './communicator.js'
import { MissingPanels } from './holes/missingPanels.js'
import { sentinelsOf, withHoles } from './holes/sentinels.js'
import { eventFilter } from './eventFilter.js'
import { mayReadPieces } from './fileFrames.js'
import { Narrowing } from './narrowing.js'
import type { Offer } from './messages.js'
import { type Dropped, readEvents } from './readEvents.js'
import { lendBlock } from './serverBlock.js'
import type { Calibration, KeptEvents } from './keptEvents.js'
import { masterRank, roleOf, type RankContext, type RankReport } from './plan.js'
import { Stopwatch } from './stopwatch.js'

export async function runServer(
  ctx: RankContext,
  source: FrameSource,
  calibration: Calibration | null,
): Promise<RankReport> {
  const { plan, circles, stop } = ctx
  const { number } = roleOf(plan, circles.world.rank)
  const workers = circles.servers[number] as Communicator
  const watch = new Stopwatch()
  const end = new AbortController()
  const released = listenForStop(ctx, end)
  for (const instance of ctx.instances) await calling('serverInit', () => instance.serverInit())
  const stopped = AbortSignal.any([end.signal, stop])
  const desk = { source, calibration, narrowing: new Narrowing(ctx), workers, watch, signal: stopped }
  let block = 0
  try {
    for (const frames of blockFrames(plan, source, number)) {
      if (stopped.aborted) break
      await serveBlock(ctx, desk, number, block++, frames)
    }
  } catch (error) {
    if (!stopped.aborted) throw error
  }
  const timings = watch.timings()
  await circles.world.send(masterRank(plan), { kind: 'exhausted', server: number, timings })
  await released
  return { timings }
}

interface Desk {
  readonly source: FrameSource
  readonly calibration: Calibration | null
  readonly narrowing: Narrowing
  readonly workers: Communicator
  readonly watch: Stopwatch
  readonly signal: AbortSignal
}

async function listenForStop({ plan, circles }: RankContext, end: AbortController): Promise<void> {
  try {
    const { message } = await circles.world.recv(masterRank(plan))
    if (message.kind === 'stop') end.abort(message.reason)
  } catch {
    end.abort('the job ended')
  }
}

async function serveBlock(
  ctx: RankContext,
  desk: Desk,
  server: number,
  block: number,
  frames: BlockFrames,
): Promise<void> {
  const { watch, workers, narrowing, signal } = desk
  const dropped: Dropped[] = []
  const accepted = await watch.wait('serverEventOk', () => acceptEvents(ctx, desk, frames.indices, dropped))
  const kept = await readEvents(ctx.plan, frames, accepted, dropped, ctx.instances, (some) =>
    readFrames(ctx, desk, some, dropped),
  )
  const changes = desk.calibration?.changes ?? []
  const offer = { ...offerOf(server, block, kept, dropped, frames.skipped, ctx.plan.monitors), changes }
  const lent = await watch.wait('waitForWorkers', () =>
    lendBlock(workers, ctx.plan.partition, kept, server, block, narrowing, signal),
  )
  const { header, buffer, slices } = lent.fill === null ? lent : watch.run('read', lent.fill)
  await ctx.circles.world.send(masterRank(ctx.plan), offer)
  await watch.wait('scatterToWorkers', () => workers.scatterv(0, { message: header, buffer, slices }))
}

/** The events of a block that pass `badEvents`, `filters` and `serverEventOk`. */
async function acceptEvents(
  ctx: RankContext,
  { source, signal }: Desk,
  indices: Int32Array,
  dropped: Dropped[],
): Promise<DetectorEvent[]> {
  const refuses = eventFilter(ctx.plan)
  const asked = ctx.instances.filter((instance) => overrides(instance, 'serverEventOk'))
  const accepted: DetectorEvent[] = []
  const breath = new Breath(signal)
  for (const index of indices) {
    if (asked.length > 0) await breath.take()
    const event = detectorEvent(source, index)
    const reason = refuses(event) ?? (await refusedByUser(asked, event))
    if (reason === null) accepted.push(event)
    else dropped.push({ index, filter: reason })
  }
  return accepted
}

async function refusedByUser(asked: RankContext['instances'], event: DetectorEvent): Promise<string | null> {
  for (const instance of asked) {
    const ok = calling('serverEventOk', () => instance.serverEventOk(event))
    if (!(ok instanceof Promise ? await ok : ok)) return 'serverEventOk'
  }
  return null
}

function detectorEvent(source: FrameSource, index: number): DetectorEvent {
  const counter = source.counters === null ? index : source.counters[index]
  return { index, counter, sec: 0, nsec: 0, fiducials: counter, get: (name) => source.vars[name]?.[index] }
}

async function readFrames(
  ctx: RankContext,
  { source, calibration, watch, signal }: Desk,
  accepted: readonly DetectorEvent[],
  dropped: Dropped[],
): Promise<KeptEvents> {
  const indices = Int32Array.from(accepted, (event) => event.index)
  if (mayReadPieces(ctx, source, calibration)) return inFile(source, accepted, indices)
  const raw = await watch.wait('read', () => source.read(indices, signal))
  const whole = wholeFrames(ctx, source, accepted, raw, dropped)
  const valid = ctx.plan.sentinels.length > 0 ? raw : withHoles(raw, sentinelsOf(source))
  const frames = calibration === null ? valid : watch.run('calibrate', () => calibration.apply(valid))
  const asked = ctx.instances.filter((instance) => overrides(instance, 'serverFinalDataArray'))
  if (asked.length === 0) return { ...whole, frames }
  return watch.wait('serverFinalDataArray', () => finalArrays(ctx, asked, { ...whole, frames }, dropped, signal))
}

/** All events; without those that miss a panel where these are to be dropped. */
function wholeFrames(
  { plan }: RankContext,
  source: FrameSource,
  accepted: readonly DetectorEvent[],
  frames: FrameBlock,
  dropped: Dropped[],
): Pick<KeptEvents, 'events' | 'positions'> {
  const all = Int32Array.from(accepted.keys())
  if (plan.missingPanel === 'hole') return { events: accepted, positions: all }
  const panels = new MissingPanels(plan.detectorShape, plan.maskNdarrayCoords, sentinelsOf(source))
  const positions = all.filter((position) => !panels.misses(frames, position, plan.partition.frameSize))
  const kept = new Set(positions)
  accepted.forEach(({ index }, position) => {
    if (!kept.has(position)) dropped.push({ index, filter: 'missingPanel' })
  })
  return { events: accepted.filter((_, position) => kept.has(position)), positions }
}

function inFile(source: FrameSource, events: readonly DetectorEvent[], indices: Int32Array): KeptEvents {
  const read = (first: number, count: number, pieces: readonly FramePiece[]): void =>
    source.readPieces?.(indices.subarray(first, first + count), pieces)
  const frames = { kind: 'file', events: events.length, dtype: source.dtype, read } as const
  return { events, positions: indices.map((_, position) => position), frames }
}

/** Give every full frame to the user's `serverFinalDataArray`; the result is dense. */
async function finalArrays(
  ctx: RankContext,
  asked: RankContext['instances'],
  given: KeptEvents & { readonly frames: FrameBlock },
  dropped: Dropped[],
  signal: AbortSignal,
): Promise<KeptEvents> {
  const { frames, positions } = given
  const { frameSize } = ctx.plan.partition
  const breath = new Breath(signal)
  const arrays: TypedArray[] = []
  const events: DetectorEvent[] = []
  const dense = frames.kind === 'dense' ? frames.data : expand(frames, frameSize)
  for (const [i, event] of given.events.entries()) {
    await breath.take()
    const position = positions[i]
    let array: TypedArray | null = dense.subarray(position * frameSize, (position + 1) * frameSize)
    for (const instance of asked) {
      const before: TypedArray = array
      array = await calling('serverFinalDataArray', () => instance.serverFinalDataArray(before, event))
      if (array === null) break
      checkLength(array, frameSize)
    }
    if (array === null) dropped.push({ index: event.index, filter: 'serverFinalDataArray' })
    else {
      arrays.push(array)
      events.push(event)
    }
  }
  return { events, positions: Int32Array.from(events, (_, i) => i), frames: joined(arrays, frames.dtype, frameSize) }
}

function checkLength(array: TypedArray, frameSize: number): void {
  if (array.length === frameSize) return
  throw new InputError(
    `serverFinalDataArray() returned ${array.length} values, but the detector has ${frameSize}; return an array of the detector's size or null`,
  )
}

function expand(frames: Extract<FrameBlock, { kind: 'events' }>, frameSize: number): TypedArray {
  const dense = allocate(frames.dtype, frames.events * frameSize)
  for (let k = 0; k < frames.event.length; k++) dense[frames.event[k] * frameSize + frames.pixel[k]] = frames.value[k]
  return dense
}

/** One dense block: the source's dtype when every array kept it, else float64. */
function joined(arrays: readonly TypedArray[], dtype: DType, frameSize: number): FrameBlock {
  const same = allocate(dtype, 0)
  const kept = arrays.every((array) => array.constructor === same.constructor)
  const data = allocate(kept ? dtype : 'float64', arrays.length * frameSize)
  arrays.forEach((array, i) => {
    data.set(array, i * frameSize)
  })
  return { kind: 'dense', events: arrays.length, dtype: kept ? dtype : 'float64', data }
}

function offerOf(
  server: number,
  block: number,
  { events }: KeptEvents,
  dropped: readonly Dropped[],
  skipped: BlockFrames['skipped'],
  monitors: readonly string[],
): Omit<Offer, 'changes'> {
  const index = Float64Array.from(events, (event) => event.index)
  const filtered: Record<string, Uint16Array> = {}
  for (const name of new Set([...Object.keys(skipped), ...dropped.map(({ filter }) => filter)])) {
    const own = dropped.filter(({ filter }) => filter === name).map((drop) => drop.index)
    filtered[name] = placesAmong(index, Int32Array.from([...own, ...(skipped[name] ?? [])]).sort())
  }
  return {
    kind: 'offer',
    server,
    block,
    index,
    counter: Float64Array.from(events, (event) => event.counter),
    id: Float64Array.from(events.flatMap((event) => [event.sec, event.nsec, event.fiducials])),
    monitors: Float64Array.from(events.flatMap((event) => monitors.map((name) => event.get(name) ?? Number.NaN))),
    filtered,
    lost: 0,
  }
}

/** For each of `dropped`: how many of `kept` come before it; both ascend. */
function placesAmong(kept: Float64Array, dropped: Int32Array): Uint16Array {
  let place = 0
  return Uint16Array.from(dropped, (index) => {
    while (place < kept.length && kept[place] < index) place++
    return place
  })
}
