// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** How many pairs every delay will get, from counters alone, before any frame is read. */
import { PairCounts } from '../../buffers/pairCounts.js'
import { TimeIndex } from '../../buffers/timeIndex.js'
import type { FrameSource } from '../../formats/format.js'
import type { Pairing } from '../../kernels/contract.js'
import type { RunPlan } from '../../roles/plan.js'
import { eventFilter, refusesNothing } from '../../roles/eventFilter.js'
import { frameGroups } from '../../roles/frameGroups.js'

/**
 * Counters of the events that will be delivered: the selected ones of the first `numEvents` in file order, without `badEvents` and what `filters` refuse.
 * What a user's `serverEventOk` refuses is not known here.
 */
export function deliveredCounters(plan: RunPlan, source: Pick<FrameSource, 'counters' | 'vars'>): Float64Array {
  const { count, frames, counter } = frameGroups(plan.selection, plan.numEvents, source.counters)
  if (refusesNothing(plan)) return counter.subarray(0, count)
  const refuses = eventFilter(plan)
  const passes = (index: number): boolean => {
    const counter = source.counters?.[index] ?? index
    const get = (name: string) => source.vars[name]?.[index]
    return refuses({ index, counter, sec: 0, nsec: 0, fiducials: counter, get }) === null
  }
  const { average } = plan.selection
  const delivered = new Float64Array(count)
  let n = 0
  for (let event = 0; event < count; event++) {
    if (frames.subarray(event * average, (event + 1) * average).every(passes)) delivered[n++] = counter[event]
  }
  return delivered.subarray(0, n)
}

/** Pairs per delay for events that arrive as `counters`, with a buffer of `times` events. */
export function expectedPairs(
  delays: Float64Array,
  pairing: Pairing,
  counters: Float64Array,
  times: number,
): Float64Array {
  const inOrder = counters.every((counter, i) => i === 0 || counter > (counters[i - 1] as number))
  if (pairing !== 'accumulator') return pairsOf(delays, lastDistinct(counters, inOrder, times), times)
  return inOrder ? pairsOf(delays, counters, times) : replayedPairs(delays, counters, times)
}

/** The `times` largest counters, ascending, without repeats: what the buffer holds at the end. */
function lastDistinct(counters: Float64Array, inOrder: boolean, times: number): Float64Array {
  const sorted = inOrder ? counters : Float64Array.from(new Set(counters)).sort()
  return sorted.subarray(Math.max(0, sorted.length - times))
}

/** Ascending counters: the two events of a pair must lie less than `times` events apart. */
function pairsOf(delays: Float64Array, counters: Float64Array, times: number): Float64Array {
  return delays.map((delay) => {
    let pairs = 0
    let earlier = 0
    for (let later = 0; later < counters.length; later++) {
      const wanted = (counters[later] as number) - delay
      while ((counters[earlier] as number) < wanted) earlier++
      if (counters[earlier] === wanted && later - earlier < times) pairs++
    }
    return pairs
  })
}

/** Late events: what the master will decide, decided here. */
function replayedPairs(delays: Float64Array, counters: Float64Array, times: number): Float64Array {
  const index = new TimeIndex(times)
  const pairs = new PairCounts(delays, 'accumulator')
  for (const counter of counters) if (index.offer(counter).fate === 'stored') pairs.afterInsert(counter, index)
  return pairs.counts(index)
}
