// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Counters by `timing`: train * period + pulse, or whole ticks of time stamps. NaN = the event is left out, filtered by 'timing'. */
import { InputError } from '../../errors.js'
import type { FrameSource } from '../../formats/format.js'
import { pulseOf, type Trains, trainOf } from '../../buffers/trains.js'
import type { Stamps, TimingSpec } from './spec.js'

/** The source with other counters; the same source where nothing is asked for. Throws InputError for variables that do not fit. */
export function timedSource(source: FrameSource, spec: TimingSpec | null): FrameSource {
  if (spec === null) return source
  const counters = baseCounters(source, spec)
  return { ...source, counters: spec.trains === null ? counters : withoutPulses(counters, spec.trains, spec.drop) }
}

function baseCounters(source: FrameSource, { trains, names, stamps }: TimingSpec): Float64Array {
  if (stamps !== null) {
    const ticks = ticksOf(variable(source, stamps.name, 'timestamps'), stamps)
    return trains === null ? ticks : fromTrainStart(ticks, trains)
  }
  const given = source.counters ?? Float64Array.from({ length: source.events }, (_, index) => index)
  if (trains === null) return given
  if (names === null) {
    // Counters count pulses: what would be there if the trains followed each other without a gap.
    const frames = { period: trains.pulses, pulses: trains.pulses }
    return given.map((counter) => trainOf(counter, frames) * trains.period + pulseOf(counter, frames))
  }
  return fromNames(source, names, trains)
}

/** Trains count from the first event's. */
function fromNames(source: FrameSource, names: NonNullable<TimingSpec['names']>, trains: Trains): Float64Array {
  const train = variable(source, names.train, 'train')
  const pulse = variable(source, names.pulse, 'pulse')
  return train.map((number, index) => {
    requireWhole(number, names.train, 'train', index)
    requireWhole(pulse[index], names.pulse, 'pulse', index)
    if (pulse[index] < 0 || pulse[index] >= trains.pulses) {
      throw new InputError(
        `dataset.vars.${names.pulse} holds pulse ${pulse[index]} at event ${index}, but timing.pulses is ${trains.pulses}; pulses count from 0: raise timing.pulses or give another variable as timing.pulse`,
        { event: index, pulse: pulse[index] },
      )
    }
    return (number - train[0]) * trains.period + pulse[index]
  })
}

/** Whole ticks from the first stamp on; NaN where a stamp lies farther from one than the tolerance. */
function ticksOf(stamps: Float64Array, { name, tick, tolerance }: Stamps): Float64Array {
  const largest = stamps.reduce((most, stamp) => Math.max(most, Math.abs(stamp)), 0)
  const resolution = 2 ** (Math.floor(Math.log2(largest || 1)) - 52)
  if (!(resolution <= tolerance * tick)) {
    throw new InputError(
      `dataset.vars.${name} holds stamps up to ${largest}, which are known to ${resolution} only, not to ${tolerance} of timing.tick ${tick}; subtract the first stamp from all`,
      { name, largest },
    )
  }
  return stamps.map((stamp) => {
    const ticks = (stamp - stamps[0]) / tick
    const whole = Math.round(ticks)
    return Math.abs(ticks - whole) <= tolerance ? whole + 0 : Number.NaN
  })
}

/** The first event may be any pulse: trains begin behind the longest time of the period in which no event ever comes. */
function fromTrainStart(ticks: Float64Array, trains: Trains): Float64Array {
  const places = [...new Set(ticks.map((tick) => pulseOf(tick, trains)))].filter(Number.isFinite).sort((a, b) => a - b)
  let [start, longest] = [0, 0]
  places.forEach((place, i) => {
    const before = i === 0 ? place + trains.period - (places.at(-1) ?? 0) : place - places[i - 1]
    if (before > longest) [start, longest] = [place, before]
  })
  const shift = start === 0 ? 0 : trains.period - start
  return ticks.map((tick) => tick + shift)
}

/** Counters of no pulse, and of those that are to be dropped, become NaN. */
function withoutPulses(counters: Float64Array, trains: Trains, drop: TimingSpec['drop']): Float64Array {
  return counters.map((counter) => {
    const pulse = pulseOf(counter, trains)
    const wanted = pulse < trains.pulses && !drop.some(([first, last]) => pulse >= first && pulse <= last)
    return wanted ? counter : Number.NaN
  })
}

function variable({ vars }: FrameSource, name: string, key: string): Float64Array {
  const values = vars[name]
  if (values !== undefined) return values
  const known = Object.keys(vars)
  throw new InputError(
    `timing.${key} names the variable '${name}', but the dataset has ${known.length === 0 ? 'no vars' : `only ${known.join(', ')}`}; add it to dataset.vars`,
    { name },
  )
}

function requireWhole(value: number, name: string, key: string, event: number): void {
  if (Number.isSafeInteger(value)) return
  throw new InputError(
    `dataset.vars.${name} holds ${value} at event ${event}, but timing.${key} needs whole numbers; give another variable`,
    { event, value },
  )
}
