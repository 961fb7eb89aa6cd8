// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A block's accepted frames -> its events, one frame each, also where an event is the sum of several frames. */
import type { DetectorEvent, G2Common } from '../correlators/g2Common.js'
import { thresholdsOf } from '../correlators/saturation.js'
import type { BlockEvents, BlockFrames } from './blockFrames.js'
import { FrameSums } from './frameSums.js'
import type { KeptEvents } from './keptEvents.js'
import type { RunPlan } from './plan.js'

/** A frame that takes no part, and the filter or key of the config that says so. */
export interface Dropped {
  readonly index: number
  readonly filter: string
}

/** Reads frames (ascending positions in the file); may keep fewer of them, in the same order. */
type Read = (frames: readonly DetectorEvent[]) => Promise<KeptEvents>

/** An event whose frames are all there. */
interface Whole {
  readonly counter: number
  readonly frames: readonly DetectorEvent[]
}

/** Read what `accepted` holds and sum it; frames of events with a frame missing are dropped as 'average'. */
export async function readEvents(
  plan: RunPlan,
  { events }: BlockFrames,
  accepted: readonly DetectorEvent[],
  dropped: Dropped[],
  instances: readonly G2Common[],
  read: Read,
): Promise<KeptEvents> {
  if (events === null) return read(accepted)
  const { average } = plan.selection
  const whole = wholeEvents(events, accepted, average, dropped)
  if (average > 1) return summed(plan, whole, dropped, instances, read)
  const counterOf = new Map(whole.map(({ counter, frames: [{ index }] }) => [index, counter]))
  const kept = await read(whole.map(({ frames: [frame] }) => frame))
  return { ...kept, events: kept.events.map((event) => ({ ...event, counter: counterOf.get(event.index)! })) }
}

/** Events of which every frame is in `given`. */
function wholeEvents(
  { frames, counter }: BlockEvents,
  given: readonly DetectorEvent[],
  average: number,
  dropped: Dropped[],
): Whole[] {
  const byIndex = new Map(given.map((event) => [event.index, event]))
  const whole: Whole[] = []
  counter.forEach((tick, e) => {
    const own = Array.from(frames.subarray(e * average, (e + 1) * average), (index) => byIndex.get(index))
    const there = own.filter((event) => event !== undefined)
    if (there.length === average) whole.push({ counter: tick, frames: there })
    else dropped.push(...there.map(({ index }) => ({ index, filter: 'average' })))
  })
  return whole
}

/** Frames are read at most `blockEvents` at a time, so that long averages need no more memory than one event and one block. */
async function summed(
  plan: RunPlan,
  whole: readonly Whole[],
  dropped: Dropped[],
  instances: readonly G2Common[],
  read: Read,
): Promise<KeptEvents> {
  const { selection, partition, blockEvents } = plan
  const { average } = selection
  const frames = whole.flatMap((event) => event.frames).sort((a, b) => a.index - b.index)
  const eventOf = new Map(whole.flatMap((event, e) => event.frames.map(({ index }) => [index, e])))
  const sums = new FrameSums(whole.length, partition.frameSize, average, saturatedSum(instances))
  const there = new Set<number>()
  for (let first = 0; first < frames.length; first += blockEvents) {
    const kept = await read(frames.slice(first, first + blockEvents))
    const target = Int32Array.from(kept.events, ({ index }) => eventOf.get(index)!)
    if (kept.frames.kind === 'file') throw new Error('frames that are summed cannot stay in the file')
    sums.add(kept.frames, kept.positions, target)
    for (const { index } of kept.events) there.add(index)
  }
  const complete = whole.map((event) => event.frames.every(({ index }) => there.has(index)))
  whole.forEach((event, e) => {
    if (complete[e]) return
    const rest = event.frames.filter(({ index }) => there.has(index))
    dropped.push(...rest.map(({ index }) => ({ index, filter: 'average' })))
  })
  const positions = Int32Array.from(complete.keys()).filter((e) => complete[e])
  const events = Array.from(positions, (e) => summedEvent(whole[e]))
  return { events, positions, frames: sums.frames() }
}

/** Variables are summed as the values are; the rest is that of the last frame. */
function summedEvent({ counter, frames }: Whole): DetectorEvent {
  const get = (name: string): number | undefined =>
    frames.reduce<number | undefined>((sum, frame) => {
      const value = frame.get(name)
      return sum === undefined || value === undefined ? undefined : sum + value
    }, 0)
  return { ...frames[frames.length - 1], counter, get }
}

/** The sum at which the classes call an element saturated; they agree about it. */
export function saturatedSum(instances: readonly G2Common[]): number {
  return thresholdsOf(instances[0].userParams).saturatedValue ?? Number.POSITIVE_INFINITY
}
