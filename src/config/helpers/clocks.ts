// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Counters from LCLS event ids: 120 Hz clock ticks from seconds, nanoseconds and fiducials. */

/** Fiducials run 0..131040 - 1 in steps of 3 per 120 Hz tick, once round in 364 seconds. */
const fiducialsPerCycle = 131_040
const secondsPerCycle = 364
const ticksPerCycle = fiducialsPerCycle / 3

/**
 * 120 Hz ticks since a first event. Exact whatever the first fiducial is, over any number of cycles, and negative for earlier
 * events. The seconds decide only which cycle an event belongs to, so clock errors below 3 minutes do not matter.
 */
export class Counter120hz {
  readonly #firstTick: number
  readonly #firstCycleStart: number

  /** `sec0`, `nsec0`, `fid0` of the event that gets counter 0. Throws RangeError for a fiducial outside 0..131040. */
  constructor(sec0: number, nsec0: number, fid0: number) {
    checkFiducial(fid0)
    this.#firstTick = Math.floor(fid0 / 3)
    this.#firstCycleStart = sec0 + 1e-9 * nsec0 - secondsInto(fid0)
  }

  /** Ticks from the first event to the one at `sec` with fiducial `fid`. Throws RangeError for a fiducial outside 0..131040. */
  getCounter(sec: number, fid: number): number {
    checkFiducial(fid)
    const cycle = Math.round((sec - secondsInto(fid) - this.#firstCycleStart) / secondsPerCycle)
    return Math.floor(fid / 3) - this.#firstTick + cycle * ticksPerCycle
  }
}

function secondsInto(fiducial: number): number {
  return (secondsPerCycle * fiducial) / fiducialsPerCycle
}

function checkFiducial(fiducial: number): void {
  if (Number.isInteger(fiducial) && fiducial >= 0 && fiducial <= fiducialsPerCycle) return
  throw new RangeError(`fiducial ${fiducial} is outside 0..${fiducialsPerCycle}`)
}

export interface SortedCounters {
  /** Ticks since the earliest event, ascending. */
  readonly counters: number[]
  /** `order[i]` = position in the input of the i-th event in time. */
  readonly order: number[]
  /** Positions in `counters` whose distance to the one before lies within 0.05 ticks of a rounding boundary. */
  readonly uncertain: number[]
}

/** Sort `[sec, nsec]` pairs by time and count ticks of `hertz` between neighbours, each distance rounded. */
export function getSortedCountersBasedOnSecNsecAtHertz(
  times: readonly (readonly [sec: number, nsec: number])[],
  hertz = 120,
): SortedCounters {
  const [sec0 = 0] = times[0] ?? []
  const nanoseconds = times.map(([sec, nsec]) => (sec - sec0) * 1e9 + nsec)
  const at = (position: number): number => nanoseconds[position] as number
  const order = times.map((_, i) => i).sort((a, b) => at(a) - at(b) || a - b)
  const counters: number[] = []
  const uncertain: number[] = []
  order.forEach((position, i) => {
    const ticks = i === 0 ? 0 : ((at(position) - at(order[i - 1] as number)) * hertz) / 1e9
    if (Math.abs(ticks - Math.floor(ticks) - 0.5) <= 0.05) uncertain.push(i)
    counters.push((counters.at(-1) ?? 0) + Math.round(ticks))
  })
  return { counters, order, uncertain }
}
