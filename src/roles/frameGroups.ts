// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The selection as a list of events with their frames. A function of counters alone, so that every server, `check` and the
 * alternative calculation agree about it whoever reads which part of the file.
 */
import type { Selection } from './selection.js'

export interface FrameGroups {
  /** Events, in the order of their last frames in the file. */
  readonly count: number
  /** Positions in the file of event e's frames, ascending: `frames[e * average .. (e + 1) * average - 1]`. */
  readonly frames: Int32Array
  /** Per event. */
  readonly counter: Float64Array
  /** Per frame of the file: 0 = it belongs to an event, else 1 + the place in `leftBy` of the key that leaves it out. */
  readonly left: Uint8Array
}

/** Keys of the config that leave frames out; `average`: another frame of the event is missing, or its tick came before; `timing`: it has no counter. */
export const leftBy = ['begin', 'end', 'stride', 'average', 'timing'] as const
const [byBegin, byEnd, byStride, byAverage, byTiming] = [1, 2, 3, 4, 5]

/** Events among the first `frames` frames; `counters` null = a frame's counter is its position. */
export function frameGroups(selection: Selection, frames: number, counters: Float64Array | null): FrameGroups {
  const left = new Uint8Array(frames)
  const tick = (index: number): number => (counters === null ? index : counters[index])
  const chosen = onStride(selection, frames, tick, left)
  const { stride, average, begin, end } = selection
  if (average > 1) return inOrder(joined(chosen, selection, tick, left), average)
  const origin = originOf(begin, end, tick)
  const counter = new Float64Array(chosen.length)
  for (let event = 0; event < counter.length; event++) {
    const index = chosen[event]
    counter[event] = stride === 1 ? tick(index) : (tick(index) - origin) / stride
  }
  return { count: chosen.length, frames: chosen, counter, left }
}

type Tick = (index: number) => number

/** The tick of the first frame that has one. */
function originOf(begin: number, end: number, tick: Tick): number {
  for (let index = begin; index < end; index++) if (!Number.isNaN(tick(index))) return tick(index)
  return 0
}

/** Positions between begin and end whose tick is a multiple of the stride. */
function onStride({ begin, end, stride }: Selection, frames: number, tick: Tick, left: Uint8Array): Int32Array {
  left.fill(byBegin, 0, begin)
  left.fill(byEnd, end)
  const chosen = new Int32Array(Math.min(frames, Math.max(0, end - begin)))
  const origin = originOf(begin, end, tick)
  let n = 0
  for (let index = begin; index < end; index++) {
    if (Number.isNaN(tick(index))) left[index] = byTiming
    else if ((tick(index) - origin) % stride === 0) chosen[n++] = index
    else left[index] = byStride
  }
  return chosen.subarray(0, n)
}

/** Ticks `average` at a time; an event with a missing tick is left out, and so is the repeat of a tick. */
function joined(
  chosen: Int32Array,
  { begin, end, stride, average }: Selection,
  tick: Tick,
  left: Uint8Array,
): FrameGroups {
  const byTick = sortedByTick(chosen, tick)
  const origin = chosen.length > 0 ? originOf(begin, end, tick) : 0
  const frames = new Int32Array(chosen.length)
  const counter = new Float64Array(chosen.length)
  const groupOf = (index: number): number => Math.floor((tick(index) - origin) / (stride * average))
  let count = 0
  for (let i = 0; i < byTick.length; ) {
    const group = groupOf(byTick[i])
    const from = count * average
    let to = from
    for (; i < byTick.length && groupOf(byTick[i]) === group; i++) {
      const index = byTick[i]
      if (to > from && tick(index) === tick(frames[to - 1])) left[index] = byAverage
      else frames[to++] = index
    }
    const own = frames.subarray(from, to)
    if (own.length === average) {
      own.sort()
      counter[count++] = group
    } else for (const index of own) left[index] = byAverage
  }
  return { count, frames: frames.subarray(0, count * average), counter: counter.subarray(0, count), left }
}

/** Stable, so that of frames with one tick the first of the file comes first. */
function sortedByTick(chosen: Int32Array, tick: Tick): Int32Array {
  const ascending = chosen.every((index, i) => i === 0 || tick(index) >= tick(chosen[i - 1]))
  return ascending ? chosen : chosen.slice().sort((a, b) => tick(a) - tick(b) || a - b)
}

/** An event is there once its last frame is: put events into that order. */
function inOrder(groups: FrameGroups, average: number): FrameGroups {
  const { count, frames, counter, left } = groups
  const last = (event: number): number => frames[(event + 1) * average - 1]
  const order = Int32Array.from({ length: count }, (_, event) => event)
  if (order.every((event) => event === 0 || last(event) > last(event - 1))) return groups
  order.sort((a, b) => last(a) - last(b))
  const sorted = new Int32Array(frames.length)
  order.forEach((event, to) => {
    sorted.set(frames.subarray(event * average, (event + 1) * average), to * average)
  })
  return { count, frames: sorted, counter: Float64Array.from(order, (event) => counter[event]), left }
}
