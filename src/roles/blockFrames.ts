// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which frames of the file a server turns into which events, block by block. */
import { serverBlocks } from './fileShare.js'
import { type FrameGroups, frameGroups, leftBy } from './frameGroups.js'
import type { RunPlan } from './plan.js'
import { takesEverything } from './selection.js'

export interface BlockFrames {
  /** Positions in the file to look at, ascending. */
  readonly indices: Int32Array
  /** What becomes of them; null = every frame is an event with the counter of the file. */
  readonly events: BlockEvents | null
  /** Positions that the selection leaves out since the block before, ascending, by key of the config. */
  readonly skipped: Readonly<Record<string, Int32Array>>
}

export interface BlockEvents {
  /** Positions in the file of event e's frames: `frames[e * average .. (e + 1) * average - 1]`. */
  readonly frames: Int32Array
  readonly counter: Float64Array
}

/** What the source says per event. */
interface PerEvent {
  readonly counters: Float64Array | null
  readonly streams: Int32Array | null
}

/**
 * Without streams, block b belongs to server b mod S; with streams, an event belongs to the server whose stream its last frame is of.
 * With a selection a block holds whole events of at most `blockEvents` frames, one event at least.
 */
export function* blockFrames(plan: RunPlan, source: PerEvent, server: number): Generator<BlockFrames> {
  if (takesEverything(plan.selection, plan.numEvents)) {
    for (const indices of serverBlocks(plan, source.streams, server)) yield { indices, events: null, skipped: {} }
    return
  }
  const groups = frameGroups(plan.selection, plan.numEvents, source.counters)
  if (plan.order === 'file' || source.streams === null) {
    const all = Int32Array.from({ length: groups.count }, (_, event) => event)
    yield* cut(
      plan,
      groups,
      all,
      () => true,
      (block) => block % plan.servers === server,
    )
    return
  }
  const { streams } = source
  const mine = ownStreams(streams.subarray(0, plan.numEvents), plan.servers, server)
  const isMine = (index: number): boolean => mine.has(streams[index])
  const { average } = plan.selection
  const own = Int32Array.from(
    Array.from({ length: groups.count }, (_, event) => event).filter((event) =>
      isMine(groups.frames[(event + 1) * average - 1]),
    ),
  )
  yield* cut(plan, groups, own, isMine, () => true)
}

/** The streams at sorted position `server`, `server + servers`, ... */
function ownStreams(streams: Int32Array, servers: number, server: number): Set<number> {
  const sorted = [...new Set(streams)].sort((a, b) => a - b)
  return new Set(sorted.filter((_, position) => position % servers === server))
}

/** `events` in blocks, each with the frames left out up to its last frame; the last block has those after it. */
function* cut(
  { selection: { average }, blockEvents, numEvents }: RunPlan,
  groups: FrameGroups,
  events: Int32Array,
  isMine: (index: number) => boolean,
  wanted: (block: number) => boolean,
): Generator<BlockFrames> {
  const size = Math.max(1, Math.floor(blockEvents / average))
  const blocks = Math.max(1, Math.ceil(events.length / size))
  let from = 0
  for (let block = 0; block < blocks; block++) {
    const own = events.subarray(block * size, (block + 1) * size)
    const last = block === blocks - 1 ? numEvents - 1 : lastFrame(groups, own, average)
    if (wanted(block)) yield blockOf(groups, own, average, leftOut(groups, from, last + 1, isMine))
    from = last + 1
  }
}

function lastFrame({ frames }: FrameGroups, events: Int32Array, average: number): number {
  return frames[(events[events.length - 1] + 1) * average - 1]
}

function blockOf(
  groups: FrameGroups,
  events: Int32Array,
  average: number,
  skipped: BlockFrames['skipped'],
): BlockFrames {
  const frames = new Int32Array(events.length * average)
  events.forEach((event, e) => {
    frames.set(groups.frames.subarray(event * average, (event + 1) * average), e * average)
  })
  const counter = Float64Array.from(events, (event) => groups.counter[event])
  return { indices: frames.slice().sort(), events: { frames, counter }, skipped }
}

function leftOut(
  { left }: FrameGroups,
  from: number,
  to: number,
  isMine: (index: number) => boolean,
): BlockFrames['skipped'] {
  const skipped: Record<string, Int32Array> = {}
  leftBy.forEach((key, k) => {
    let count = 0
    const positions = new Int32Array(to - from)
    for (let index = from; index < to; index++) {
      if (left[index] === k + 1 && isMine(index)) positions[count++] = index
    }
    if (count > 0) skipped[key] = positions.slice(0, count)
  })
  return skipped
}
