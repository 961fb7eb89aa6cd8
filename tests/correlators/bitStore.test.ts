// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A buffer of bits gives the bits of every other: all orders, kernels and pairings, and its way out when counts grow. */
import { describe, expect, it } from 'vitest'
import { PairSums } from '../../src/correlators/pairSums.js'
import type { Pairing } from '../../src/kernels/contract.js'
import { kernelNames, loadKernels } from '../../src/kernels/load.js'
import { check, orders } from './pairSumsMovies.js'
import { random, run, type TestEvent } from './pairSumsOracle.js'

const pairings: Pairing[] = ['accumulator', 'windowed', 'atEnd']
const delays = [3, 1, 40, 2, 7, 500, 12, 99, 100, 101, 16, 120, 150, 33, 1, 64, 5, 17]
const base = { storeDtype: 'bit', sourceDtype: 'uint8', delays, blockEvents: 64, times: 100 } as const

/** Counts of a mean of about `mean`, 0..255. */
function movie(n: number, elements: number, order: string, mean: number, seed = 1): TestEvent[] {
  const next = random(seed)
  const count = () => {
    let photons = -1
    for (let p = 1; p > Math.exp(-mean); photons++) p *= next()
    return Math.min(255, Math.max(0, photons))
  }
  return orders[order](n, next).map((counter) => ({ counter, values: Array.from({ length: elements }, count) }))
}

const later = (events: TestEvent[], ticks: number): TestEvent[] =>
  events.map((event) => ({ ...event, counter: event.counter + ticks }))

describe.each(kernelNames)('%s kernel', (name) => {
  const kernels = loadKernels(name)

  describe.each(pairings)('%s', (pairing) => {
    it.each(Object.keys(orders))('%s', (order) => {
      for (const mean of [0, 0.02, 0.2]) {
        check(movie(300, 17, order, mean), 17, { ...base, kernels, pairing })
        check(movie(150, 37, order, mean), 37, { ...base, kernels, pairing, times: 60, sparse: true, shardBytes: 1 })
      }
      check(movie(300, 3, order, 0.05), 3, { ...base, kernels, pairing, blockEvents: 7, updates: true })
    })
  })
})

describe.each(['reference', 'wasm'])('%s kernel', (name) => {
  const kernels = loadKernels(name)

  it.each(pairings)('stays a buffer of bits for few counts above 1, %s', (pairing) => {
    for (const order of ['plain', 'gaps']) {
      const sums = check(movie(700, 40, order, 0.05), 40, { ...base, kernels, pairing })
      expect([sums.storeDtype, sums.path]).toEqual(['bit', 'blocks'])
    }
  })

  it.each(pairings)('becomes a shorter ring of uint8 where that is all there is time for, %s', (pairing) => {
    const long = { ...base, kernels, pairing, times: 900, blockProducts: 1, delays: [1, 7, 130, 899, 400, 33] }
    for (const blockEvents of [64, 200, 1024]) {
      for (const order of ['plain', 'gaps', 'disorder'].filter((name) => name in orders)) {
        check(movie(1500, 5, order, 2), 5, { ...long, blockEvents, storeDtype: 'auto' })
      }
      check([...movie(300, 5, 'plain', 0.02), ...later(movie(1300, 5, 'plain', 2), 310)], 5, {
        ...long,
        blockEvents,
        storeDtype: 'auto',
      })
    }
  })

  it.each(pairings)('becomes uint8 when many counts exceed 1, at once or later, %s', (pairing) => {
    for (const [before, behind] of [
      [2, 2],
      [0.05, 3],
      [0.05, 200],
    ]) {
      const events = movie(200, 40, 'gaps', before)
      const last = events[events.length - 1].counter
      const more = movie(200, 40, 'plain', behind, 2).map((event) => ({ ...event, counter: event.counter + last + 3 }))
      const sums = check([...events, ...more], 40, { ...base, kernels, pairing })
      expect([sums.storeDtype, sums.path]).toEqual(['uint8', 'blocks'])
    }
  })

  it.each(pairings)('one bright element among dark ones needs no uint8, %s', (pairing) => {
    const events = movie(400, 200, 'plain', 0.01).map(({ counter, values }) => ({
      counter,
      values: values.map((value, element) => (element === 7 ? 250 : value)),
    }))
    expect(check(events, 200, { ...base, kernels, pairing }).storeDtype).toBe('bit')
  })

  it('shows the values of the buffer', () => {
    const events = movie(250, 37, 'gaps', 0.3)
    for (const shardBytes of [1, 1e9]) {
      const sums = run(events, 37, { ...base, kernels, pairing: 'accumulator', shardBytes, times: 50 })
      for (const { counter, values } of events.slice(-50)) {
        expect([...sums.workerData.row(sums.workerData.tm2idx(counter) ?? -1)]).toEqual(values)
      }
    }
  })

  it('grows for gaps that its plan has room for', () => {
    const events = movie(300, 17, 'plain', 0.05).map(({ counter, values }) => ({ counter: 3 * counter, values }))
    const sums = check(events, 17, { ...base, kernels, pairing: 'accumulator', times: 200 })
    expect([sums.storeDtype, sums.path]).toEqual(['bit', 'blocks'])
  })
})

it('needs about an eighth of the memory of uint8', () => {
  const size = { elements: 16_384, delays: 20, times: 4000, sourceDtype: 'uint8' } as const
  const rings = (storeDtype: 'bit' | 'uint8') => {
    const plan = PairSums.plan({ ...size, storeDtype })
    return plan.shards.reduce((sum, shard) => sum + shard.bufferBytesNarrow, 0)
  }
  expect(rings('uint8') / rings('bit')).toBeGreaterThan(7.2)
  expect(PairSums.plan({ ...size, storeDtype: 'bit' }).bytesWide).toBe(
    PairSums.plan({ ...size, storeDtype: 'uint8' }).bytesWide,
  )
})

it.each([256, -1, 0.5, Number.NaN])('refuses %d', (value) => {
  const events = [{ counter: 0, values: [value] }]
  const insert = () => run(events, 1, { ...base, sourceDtype: 'float64', pairing: 'accumulator' })
  expect(insert).toThrow(/workerStoreDtype bit cannot hold.*'auto'/)
})
