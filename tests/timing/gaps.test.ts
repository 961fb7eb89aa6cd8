// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Gaps between trains cost neither memory nor the block kernels, and change no bit. */
import { describe, expect, it } from 'vitest'
import { TickClock, ticksPerEvent } from '../../src/buffers/tickClock.js'
import { pulseOf, stepOf, trainOf } from '../../src/buffers/trains.js'
import type { PairSums } from '../../src/correlators/pairSums.js'
import { loadKernels } from '../../src/kernels/load.js'
import type { Pairing } from '../../src/kernels/contract.js'
import { check as checkSums, sources } from '../correlators/pairSumsMovies.js'
import { random, roundTrip, type RunOptions, type TestEvent } from '../correlators/pairSumsOracle.js'

const pairings: Pairing[] = ['accumulator', 'windowed', 'atEnd']
const trains = { period: 1_000_000, pulses: 20 }

/** Trains with missing pulses and now and then a missing train, 1e6 ticks apart. */
function trainMovie(count: number, elements: number, source: string, seed: number, missing = 0.1): TestEvent[] {
  const next = random(seed)
  const { dtype, value } = sources[source]
  const events: TestEvent[] = []
  let train = 3
  for (let k = 0; k < count; k++) {
    train += next() < missing ? 1 + Math.floor(1e6 * next()) : 1
    for (let pulse = 0; pulse < trains.pulses; pulse++) {
      if (next() < 0.2) continue
      const values = roundTrip(
        Array.from({ length: elements }, () => value(next)),
        dtype,
      )
      events.push({ counter: train * trains.period + pulse, values })
    }
  }
  return events
}

/** As `checkSums`, with memory planned for the gaps. */
function check(events: TestEvent[], elements: number, options: RunOptions): PairSums {
  const clock = new TickClock(Float64Array.from(options.delays), options.trains)
  const counters = Float64Array.from(events, ({ counter }) => counter)
  return checkSums(events, elements, { ...options, ticksPerEvent: ticksPerEvent(clock, counters, options.times) })
}

describe.each(['reference', 'wasm'])('%s kernel', (name) => {
  const base = { storeDtype: 'auto', blockEvents: 37, kernels: loadKernels(name) } as const

  describe.each(pairings)('%s', (pairing) => {
    const inside = [1, 2, 3, 7, 12, 19, 25, 400]
    const across = [...inside, 999_981, 999_999, 1_000_000, 1_000_001, 2_000_000, 3_000_019, 500_000]

    it.each(['photons', 'uint16 mean 1000'])('%s: delays inside trains and across them, on blocks', (source) => {
      const sourceDtype = sources[source].dtype
      for (const delays of [inside, across]) {
        for (const times of [40, 200]) {
          const events = trainMovie(30, 19, source, 5, delays === inside ? 0.1 : 0)
          const options = { ...base, pairing, sourceDtype, delays, times, trains }
          expect(check(events, 19, options).path).toBe('blocks')
          expect(check(events, 19, { ...options, updates: true, shardBytes: 1 }).path).toBe('blocks')
        }
      }
    })

    it('floats with holes', () => {
      const events = trainMovie(20, 19, 'float32 with holes', 6, 0)
      const sums = check(events, 19, { ...base, pairing, sourceDtype: 'float32', delays: across, times: 60, trains })
      expect(sums.path).toBe(pairing === 'windowed' ? 'rows' : 'blocks')
    })

    it('trains that nobody announced: gaps no delay reaches across', () => {
      const events = trainMovie(30, 19, 'photons', 7)
      const options = {
        ...base,
        pairing,
        sourceDtype: 'uint8',
        delays: inside.filter((d) => d < 20),
        times: 100,
      } as const
      expect(check(events, 19, options).path).toBe('blocks')
    })

    it('a late event moves to rows and is right there', () => {
      const events = trainMovie(20, 17, 'photons', 8)
      events.splice(150, 0, ...events.splice(140, 1))
      const sums = check(events, 17, { ...base, pairing, sourceDtype: 'uint8', delays: across, times: 60, trains })
      expect(sums.path).toBe('rows')
    })
  })

  it('take no more memory than the same events without gaps', () => {
    const delays = [1, 5, 19]
    const events = trainMovie(60, 64, 'photons', 9)
    const dense = events.map((event, e) => ({ ...event, counter: e }))
    const options = { ...base, pairing: 'accumulator', sourceDtype: 'uint8', delays, times: 20 } as const
    const with1e6 = check(events, 64, { ...options, trains })
    expect(with1e6.memoryBytes()).toBe(check(dense, 64, options).memoryBytes())
  })

  it('reads events of the buffer back', () => {
    const events = trainMovie(10, 17, 'photons', 10)
    const sums = check(events, 17, {
      ...base,
      pairing: 'accumulator',
      sourceDtype: 'uint8',
      delays: [1, 1_000_000],
      times: 30,
      trains,
    })
    for (const { counter, values } of events.slice(-30)) {
      expect(Array.from(sums.workerData.row(sums.workerData.tm2idx(counter) ?? -1))).toEqual(values)
    }
  })
})

describe('the clock', () => {
  it('keeps order, and which pulses are a delay apart', () => {
    const lattice = { period: 100, pulses: 7 }
    const counters = Float64Array.from([0, 1, 2].flatMap((train) => [0, 1, 2, 3, 4, 5, 6].map((p) => 100 * train + p)))
    const delays = Float64Array.from({ length: 300 }, (_, d) => d + 1)
    const clock = new TickClock(delays, lattice)
    const ticks = clock.advance(counters)
    ticks.forEach((later, j) => {
      for (let i = 0; i < j; i++) {
        expect(later).toBeGreaterThan(ticks[i])
        delays.forEach((delay, d) => {
          expect(later - ticks[i] === clock.delays[d]).toBe(counters[j] - counters[i] === delay)
        })
      }
    })
    expect(ticks.at(-1)).toBe(2 * 14 + 6)
  })

  it('knows trains, pulses and the steps between them', () => {
    const lattice = { period: 450_000, pulses: 352 }
    expect([trainOf(900_351, lattice), pulseOf(900_351, lattice)]).toEqual([2, 351])
    expect(stepOf(351, lattice)).toEqual({ trains: 0, pulses: 351 })
    expect(stepOf(352, lattice)).toBeNull()
    expect(stepOf(449_649, lattice)).toEqual({ trains: 1, pulses: -351 })
  })

  it('forgets stretches that have left the buffer', () => {
    const clock = new TickClock(Float64Array.of(3))
    let last = 0
    for (let k = 0; k < 1000; k++) {
      const [tick] = clock.advance(Float64Array.of(k * 1e6))
      expect(tick - last).toBe(k === 0 ? 0 : 4)
      last = tick
      clock.forget((k - 2) * 1e6)
    }
    expect(clock.tick(999e6) - clock.tick(998e6)).toBe(4)
  })
})
