// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Cuts, shards, stores, paths and block kinds must not change a bit. */
import { describe, expect, it } from 'vitest'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import { PairSums } from '../../src/correlators/pairSums.js'
import type { Pairing } from '../../src/kernels/contract.js'
import { loadKernels } from '../../src/kernels/load.js'
import type { StoreDType } from '../../src/units.js'
import { check, movie, orders } from './pairSumsMovies.js'
import { expectSums, oracle, random, type RunOptions, run, type TestEvent } from './pairSumsOracle.js'

const pairings: Pairing[] = ['accumulator', 'windowed', 'atEnd']
const delays = [3, 1, 40, 2, 7, 500, 12, 99, 100, 101, 16, 120, 150, 33, 1, 64, 5, 17]

describe.each(['reference', 'wasm'])('%s kernel', (name) => {
  const kernels = loadKernels(name)
  const base = { storeDtype: 'auto', delays, blockEvents: 64, times: 100, kernels } as const

  describe.each(pairings)('%s', (pairing) => {
    it.each([1, 7, 64, 1000])('blocks of %i events, updates after each', (blockEvents) => {
      for (const source of ['photons', 'float32']) {
        const sourceDtype = source === 'photons' ? 'uint8' : 'float32'
        const events = movie(260, 17, 'gaps', source, 5)
        check(events, 17, { ...base, pairing, sourceDtype, blockEvents, updates: true })
        check(events, 17, { ...base, pairing, sourceDtype, blockEvents, blocksPerInsert: 3 })
      }
    })

    it.each(Object.keys(orders))('133 elements in shards of one tile, %s', (order) => {
      const events = movie(180, 133, order, 'photons', 6)
      check(events, 133, { ...base, pairing, sourceDtype: 'uint8', times: 60, shardBytes: 1 })
    })

    it.each(Object.keys(orders))('photon events, %s', (order) => {
      for (const shardBytes of [1, 1e9]) {
        const events = movie(180, 37, order, 'photons', 7)
        check(events, 37, {
          ...base,
          pairing,
          sourceDtype: 'uint8',
          sparse: true,
          times: 60,
          blockEvents: 50,
          shardBytes,
        })
      }
    })

    it.each(['bit', 'uint8', 'uint16', 'int16', 'float32', 'float64'] satisfies StoreDType[])(
      'fixed store %s',
      (storeDtype) => {
        check(movie(250, 17, 'gaps', 'photons', 8), 17, { ...base, pairing, sourceDtype: 'uint8', storeDtype })
      },
    )

    it('widens step by step without loss', () => {
      const steps = [() => 3, () => 300, () => 60_000, () => -5, () => 70_000, () => 0.5, () => 0.1, () => Number.NaN]
      for (const only of [steps.length, 3, 5]) {
        const next = random(9)
        const events = Array.from({ length: 40 * only }, (_, e) => ({
          counter: e,
          values: Array.from({ length: 19 }, () =>
            next() < 0.1 ? steps[Math.floor(e / 40)]() : Math.floor(4 * next()),
          ),
        }))
        const sums = check(events, 19, { ...base, pairing, sourceDtype: 'float64', blockEvents: 9 })
        expect(sums.hasLost).toBe(only === steps.length)
        expect(sums.storeDtype).toBe({ 3: 'uint16', 5: 'float32', 8: 'float64' }[only])
      }
    })

    it('the row path gives the same bits', () => {
      for (const source of ['photons', 'float64', 'float32 with holes']) {
        const sourceDtype = source === 'photons' ? 'uint8' : source === 'float64' ? 'float64' : 'float32'
        const options: RunOptions = { ...base, pairing, sourceDtype }
        const sums = check(movie(220, 37, 'gaps', source, 10), 37, { ...options, rows: true })
        expect(sums.path).toBe('rows')
      }
    })

    it('more events than expected', () => {
      for (const order of ['plain', 'late']) {
        check(movie(300, 17, order, 'photons', 11), 17, {
          ...base,
          pairing,
          sourceDtype: 'uint8',
          times: 200,
          ticksHint: 20,
        })
      }
    })

    it('event by event, as user callbacks need it', () => {
      const events = movie(150, 17, 'late', 'float32 with holes', 12)
      const sums = eventByEvent(events, pairing, name)
      expectSums(sums, oracle(events, delays, 40, pairing))
    })

    it('no elements and no events are legal', () => {
      const none = run(movie(50, 0, 'plain', 'photons', 1), 0, { ...base, pairing, sourceDtype: 'uint8' })
      expect([...none.counts].some((count) => count > 0)).toBe(true)
      none.fill('G2', 0, new Float64Array(0))
      const empty = run([], 17, { ...base, pairing, sourceDtype: 'uint8' })
      expect([...empty.counts]).toEqual(delays.map(() => 0))
      expect(empty.workerData.empty()).toBe(true)
    })
  })

  it('keeps totals and rows of the buffer on both paths', () => {
    for (const rows of [false, true]) {
      for (const shardBytes of [1, 1e9]) {
        const events = movie(130, 37, 'gaps', 'float32 with holes', 13)
        const sums = run(events, 37, {
          ...base,
          pairing: 'accumulator',
          sourceDtype: 'float32',
          times: 50,
          rows,
          shardBytes,
        })
        expectTotals(sums, events)
        expectRows(sums, events.slice(-50))
      }
    }
  })
})

describe('paths', () => {
  const options = {
    storeDtype: 'auto',
    delays,
    blockEvents: 64,
    sourceDtype: 'float64',
    pairing: 'accumulator',
  } as const
  const path = (order: string, source: string, more: Partial<RunOptions> = {}) =>
    run(movie(300, 17, order, source, 3), 17, { ...options, times: 100, ...more }).path

  it('keeps the block kernels for moderate gaps', () => {
    expect(path('plain', 'photons')).toBe('blocks')
    expect(path('gaps', 'photons')).toBe('blocks')
    expect(path('gaps', 'photons', { pairing: 'windowed' })).toBe('blocks')
    expect(path('plain', 'float32')).toBe('blocks')
  })

  it('takes rows for late events, sparse counters and windowed floats', () => {
    expect(path('late', 'photons')).toBe('rows')
    expect(path('nanosecond stamps', 'photons')).toBe('rows')
    expect(path('bursts', 'photons')).toBe('rows')
    expect(path('plain', 'float32', { pairing: 'windowed' })).toBe('rows')
  })
})

describe('plan', () => {
  it('is kept by every run', () => {
    for (const order of Object.keys(orders)) {
      for (const source of ['photons', 'float32', 'float32 with holes', 'float64']) {
        const sourceDtype = source === 'photons' ? 'uint8' : source === 'float64' ? 'float64' : 'float32'
        const size = { elements: 133, times: 100, storeDtype: 'auto', sourceDtype, shardBytes: 1e6 } as const
        const plan = PairSums.plan({ ...size, delays: delays.length })
        const sums = run(movie(400, 133, order, source, 4), 133, {
          ...size,
          pairing: 'accumulator',
          delays,
          blockEvents: 64,
        })
        expect(sums.memoryBytes()).toBeLessThanOrEqual(plan.bytesWide + 65536 * plan.shards.length)
      }
    }
  })

  it('covers all elements with shards within the limit', () => {
    const plan = PairSums.plan({
      elements: 2_296_960,
      delays: 100,
      times: 1000,
      storeDtype: 'auto',
      sourceDtype: 'float32',
    })
    expect(plan.shards.reduce((sum, shard) => sum + shard.elements, 0)).toBe(2_296_960)
    let first = 0
    for (const shard of plan.shards) {
      expect(shard.first).toBe(first)
      expect(shard.totalBytes).toBeLessThanOrEqual(1024 ** 3)
      first += shard.elements
    }
    expect(plan.bytesNarrow).toBeLessThan(plan.bytesWide)
  })

  it('says what to do when not even a tile fits', () => {
    const size = { elements: 16, delays: 10, times: 1e9, storeDtype: 'float64', sourceDtype: 'float64' } as const
    expect(() => PairSums.plan(size)).toThrow(/times = 1000000000.*lower times/)
  })
})

describe('errors', () => {
  const insert = (storeDtype: StoreDType, value: number) => {
    const events = [{ counter: 0, values: [value] }]
    run(events, 1, { storeDtype, delays, times: 5, blockEvents: 1, sourceDtype: 'float64', pairing: 'accumulator' })
  }

  it.each([
    ['uint8', 256],
    ['uint8', -1],
    ['uint16', 65536],
    ['int16', 32768],
    ['int16', 0.5],
    ['float32', 0.1],
    ['int16', Number.NaN],
  ] satisfies [StoreDType, number][])('%s refuses %d', (storeDtype, value) => {
    expect(() => insert(storeDtype, value)).toThrow(new RegExp(`workerStoreDtype ${storeDtype} cannot hold.*'auto'`))
  })

  it('refuses delays that are not whole numbers >= 1', () => {
    const make = (delay: number) => () =>
      new PairSums({
        elements: 1,
        delays: Float64Array.of(delay),
        times: 5,
        pairing: 'atEnd',
        storeDtype: 'auto',
        sourceDtype: 'uint8',
      })
    expect(make(0)).toThrow(/not 0/)
    expect(make(-3)).toThrow(/not -3/)
    expect(make(1.5)).toThrow(/not 1.5/)
  })
})

function eventByEvent(events: readonly TestEvent[], pairing: Pairing, kernel: string): PairSums {
  const sums = new PairSums({
    elements: 17,
    delays: Float64Array.from(delays),
    times: 40,
    pairing,
    storeDtype: 'auto',
    sourceDtype: 'float64',
    rows: true,
    kernels: loadKernels(kernel),
  })
  const index = new TimeIndex(40)
  for (const { counter, values } of events) {
    const { fate, row, evicted } = index.offer(counter)
    if (fate !== 'stored') continue
    if (!Number.isNaN(evicted)) {
      sums.beforeRemove(evicted)
      expect(sums.workerData.tm2idx(evicted)).toBe(row)
      sums.remove(evicted)
      expect(sums.workerData.tm2idx(evicted)).toBeNull()
    }
    sums.store(counter, row, Float64Array.from(values))
    sums.afterInsert(counter)
  }
  sums.calc()
  return sums
}

function expectTotals(sums: PairSums, events: readonly TestEvent[]): void {
  const values = new Float64Array(sums.elements)
  const counts = new Float64Array(sums.elements)
  for (const event of events) {
    event.values.forEach((value, i) => {
      if (!Number.isFinite(value)) return
      values[i] += value
      counts[i]++
    })
  }
  expect(sums.valueSum).toEqual(values)
  expect(sums.valueCount).toEqual(counts)
}

/** `stored` in order are what the buffer holds. */
function expectRows(sums: PairSums, stored: readonly TestEvent[]): void {
  const { workerData } = sums
  expect([...workerData.timesForStoredData()]).toEqual(stored.map(({ counter }) => counter))
  for (const { counter, values } of stored) {
    const row = workerData.tm2idx(counter)
    const kept = [...workerData.row(row ?? -1)]
    expect(kept).toEqual(values.map((value) => (Number.isFinite(value) ? value : Number.NaN)))
  }
}
