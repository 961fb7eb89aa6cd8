// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Holes of single elements among integers: the same numbers as NaN among floats, without leaving the integer kernels. */
import { describe, expect, it } from 'vitest'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import { PairSums } from '../../src/correlators/pairSums.js'
import type { Holes, Pairing, ValueBlock } from '../../src/kernels/contract.js'
import { loadKernels } from '../../src/kernels/load.js'
import { movie, orders } from '../correlators/pairSumsMovies.js'
import {
  blocksOf,
  decide,
  expectSums,
  oracle,
  random,
  type RunOptions,
  type TestEvent,
} from '../correlators/pairSumsOracle.js'

const pairings: Pairing[] = ['accumulator', 'windowed', 'atEnd']
const delays = [1, 2, 3, 7, 16, 40, 99]

/** NaN here and there: element 3 often, element 5 always, and once everything at the same time. */
function withHoles(events: TestEvent[], seed: number): TestEvent[] {
  const next = random(seed)
  return events.map(({ counter, values }, e) => ({
    counter,
    values: Array.from(values, (value, i) => {
      const part = e === 77 || i === 5 ? 1 : i === 3 ? 0.4 : 0.004
      return e > 20 && next() < part ? Number.NaN : value
    }),
  }))
}

/** The block with 0 and a list where it holds NaN. */
function listed(events: readonly TestEvent[], options: RunOptions): ValueBlock[] {
  const { blockEvents } = options
  const zeros = events.map(({ counter, values }) => ({
    counter,
    values: Array.from(values, (v) => (Number.isNaN(v) ? 0 : v)),
  }))
  return blocksOf(zeros, options.sourceDtype, blockEvents, options.sparse).map((block, b) => {
    const part = events.slice(b * blockEvents, b * blockEvents + block.events)
    const own = part.map(({ values }) => Array.from(values.keys()).filter((i) => Number.isNaN(values[i])))
    if (own.every(({ length }) => length === 0)) return block
    const start = Uint32Array.from([0, ...own.map((_, e) => own.slice(0, e + 1).flat().length)])
    return { ...block, holes: { start, element: Uint32Array.from(own.flat()) } satisfies Holes }
  })
}

function run(events: TestEvent[], elements: number, options: RunOptions): PairSums {
  const sums = new PairSums({ ...options, elements, delays: Float64Array.from(options.delays) })
  const index = new TimeIndex(options.times)
  const blocks = listed(events, options)
  blocks.forEach((block, b) => {
    const from = b * options.blockEvents
    sums.insert(decide(index, events, from, from + block.events, options.blockEvents, b), [block])
    if (options.updates) sums.calc()
  })
  sums.calc()
  return sums
}

describe.each(['reference', 'wasm'])('%s kernel', (name) => {
  const base = { storeDtype: 'auto', blockEvents: 33, times: 60, delays, kernels: loadKernels(name) } as const

  describe.each(pairings)('%s', (pairing) => {
    it.each(Object.keys(orders))('%s', (order) => {
      for (const source of ['photons', 'uint16 mean 1000']) {
        for (const more of [{}, { updates: true, shardBytes: 1 }, { sparse: source === 'photons' }]) {
          const sourceDtype = source === 'photons' ? 'uint8' : 'uint16'
          const events = withHoles(movie(240, 37, order, source, 4), 5)
          const sums = run(events, 37, { ...base, pairing, sourceDtype, ...more })
          expectSums(sums, oracle(events, delays, 60, pairing))
          expect(sums.hasLost).toBe(true)
          expect(sums.storeDtype.startsWith('float')).toBe(false)
        }
      }
    })

    it('in a ring of bits', () => {
      const events = withHoles(movie(240, 37, 'plain', 'photons', 4), 5).map(({ counter, values }) => ({
        counter,
        values: Array.from(values, (value) => Math.min(value, 1)),
      }))
      const sums = run(events, 37, { ...base, pairing, sourceDtype: 'uint8' })
      expect(sums.storeDtype).toBe('bit')
      expectSums(sums, oracle(events, delays, 60, pairing))
    })
  })

  it('counts and sums values without holes', () => {
    const events = withHoles(movie(240, 37, 'plain', 'photons', 4), 5)
    const sums = run(events, 37, { ...base, pairing: 'accumulator', sourceDtype: 'uint8' })
    const counts = sums.valueCount as Float64Array
    for (let i = 0; i < 37; i++) {
      const known = events.map(({ values }) => values[i]).filter((value) => !Number.isNaN(value))
      expect([counts[i], sums.valueSum[i]]).toEqual([known.length, known.reduce((a, b) => a + b, 0)])
    }
  })
})
