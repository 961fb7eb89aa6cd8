// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the counters of a run mean for its classes: trains, gaps, and clocks that multi-tau cannot follow. */
import { TickClock, ticksPerEvent } from '../buffers/tickClock.js'
import type { Trains } from '../buffers/trains.js'
import { deliveredCounters } from '../config/explain/pairs.js'
import type { ResolvedConfig } from '../config/resolved.js'
import { ConfigError } from '../errors.js'
import type { FrameSource } from '../formats/format.js'
import type { RunPlan } from '../roles/plan.js'
import { selectedEvents, ticksPerEvent as ticksOfSelection } from '../roles/selection.js'

/** Ticks per event above which a clock is no even one with holes. */
const ticksMost = 4

/** The trains of a run. Throws ConfigError where frames of different pulses would be added up. */
export function trainsOfRun({ systemParams }: ResolvedConfig): Trains | null {
  const trains = systemParams.timing?.trains ?? null
  const { stride, average } = systemParams
  if (trains === null || ticksOfSelection({ stride, average }) === 1) return trains
  const key = stride === 1 ? 'average' : 'stride'
  throw new ConfigError(
    `systemParams.${key} is ${systemParams[key]}, which would mix trains (timing.pulses ${trains.pulses}); leave it at 1 and choose pulses with timing.drop`,
    { key: `systemParams.${key}` },
  )
}

/** Throws ConfigError where ticks without an event are the rule, as between trains. */
export function requireEvenClock(name: string, tickSpan: number, trains: Trains | null, planned: number): void {
  const instead = `use G2IncrementalAccumulator with delays${trains === null ? '' : ` 1 .. ${trains.pulses - 1} inside trains`}, or TwoTime`
  if (trains !== null && trains.period > trains.pulses) {
    throw new ConfigError(
      `${name} adds up neighbouring ticks, but trains of ${trains.pulses} pulses come every ${trains.period} ticks (systemParams.timing); ${instead}`,
      { ...trains },
    )
  }
  if (tickSpan <= ticksMost * planned) return
  throw new ConfigError(
    `${name} adds up neighbouring ticks, but ${planned} events span ${tickSpan} ticks, so that most have no event; ${instead}, or set systemParams.timing if the events come in trains or with time stamps`,
    { ticks: tickSpan, events: planned },
  )
}

/** Ticks of a full buffer per event, by analysis. */
export function ticksPerEventOf(plan: RunPlan, source: FrameSource, tickSpan: number): number[] {
  if (tickSpan <= selectedEvents(plan.selection)) return plan.analyses.map(() => 1)
  const counters = deliveredCounters(plan, source)
  return plan.analyses.map(({ delays }) => {
    return ticksPerEvent(new TickClock(delays, plan.trains), counters, Math.min(plan.times, counters.length))
  })
}
