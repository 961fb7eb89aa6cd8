// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Multi-tau against its definition, bit for bit: gaps, holes, extremes, block cuts, updates, every kernel and form of input. */
import { describe, expect, it } from 'vitest'
import { MultiTau } from '../../src/correlators/multiTau.js'
import { multiTauDelays, multiTauScheme, type MultiTauScheme } from '../../src/correlators/multiTau/delays.js'
import { MultiTauSums } from '../../src/correlators/multiTauSums.js'
import type { DType } from '../../src/units.js'
import { expectMultiTau, multiTauOracle, runMultiTau, spanOf } from './multiTauOracle.js'
import { blocksOf, random, type TestEvent } from './pairSumsOracle.js'

const four: MultiTauScheme = { delaysPerLevel: 4 }

interface Movie {
  readonly frames: number
  readonly elements: number
  /** Share of missing frames. */
  readonly gaps?: number
  /** Frames [from, to) are missing. */
  readonly longGap?: readonly [number, number]
  readonly value: (next: () => number) => number
}

function movie({ frames, elements, gaps = 0, longGap = [0, 0], value }: Movie): TestEvent[] {
  const next = random(frames + 7 * elements)
  const events: TestEvent[] = []
  for (let frame = 0; frame < frames; frame++) {
    const missing = next() < gaps || (frame >= longGap[0] && frame < longGap[1])
    const values = Array.from({ length: elements }, () => value(next))
    if (!missing) events.push({ counter: 1000 + frame, values })
  }
  return events
}

const photons = (mean: number) => (next: () => number) => Math.floor(-Math.log(1 - next()) * mean)
/** Counts of 1 to `most` with a probability, else 0. */
const few = (probability: number, most: number) => (next: () => number) =>
  next() < probability ? 1 + Math.floor(next() * most) : 0
const fractions = (next: () => number) => next() * 10 - 3
const withHoles = (next: () => number) => {
  const kind = next()
  return kind < 0.03 ? Number.NaN : kind < 0.04 ? Number.POSITIVE_INFINITY : next() * 7
}

const cases: [name: string, movie: Movie, dtype: DType, scheme?: MultiTauScheme][] = [
  ['uint8, mean 2', { frames: 1100, elements: 17, value: photons(2) }, 'uint8'],
  ['uint8 at its largest', { frames: 800, elements: 5, value: () => 255 }, 'uint8'],
  ['uint16, mean 5', { frames: 1031, elements: 133, value: photons(5) }, 'uint16'],
  ['uint16, mean 300', { frames: 700, elements: 17, value: photons(300) }, 'uint16'],
  ['uint16 at its largest', { frames: 600, elements: 3, value: () => 65535 }, 'uint16'],
  ['uint8, 2 photons in 100', { frames: 2100, elements: 35, value: few(0.02, 1) }, 'uint8'],
  ['uint8, few but large', { frames: 1600, elements: 17, value: few(0.03, 255) }, 'uint8'],
  ['uint16, 1 photon in 1000', { frames: 2100, elements: 133, value: few(0.001, 40) }, 'uint16'],
  ['uint16, few but large', { frames: 1600, elements: 3, value: few(0.01, 3000) }, 'uint16'],
  ['few photons with gaps', { frames: 2600, elements: 19, gaps: 0.0005, value: few(0.02, 3) }, 'uint8'],
  ['scikit-beam, few', { frames: 1700, elements: 18, value: few(0.02, 3) }, 'uint8', { numBufs: 8 }],
  ['about as many photons as are worth a list', { frames: 2100, elements: 65, value: few(0.039, 2) }, 'uint16'],
  ['int16, both signs', { frames: 600, elements: 3, value: (next) => Math.floor(next() * 60000) - 30000 }, 'int16'],
  ['int8', { frames: 600, elements: 1, value: (next) => Math.floor(next() * 255) - 128 }, 'int8'],
  ['int32', { frames: 600, elements: 3, value: (next) => Math.floor(next() * 1e6) - 5e5 }, 'int32'],
  ['uint32', { frames: 300, elements: 3, value: (next) => Math.floor(next() * 4e6) }, 'uint32'],
  ['1 % missing', { frames: 1100, elements: 17, gaps: 0.01, value: photons(2) }, 'uint8'],
  ['5 % missing', { frames: 1100, elements: 17, gaps: 0.05, value: photons(2) }, 'uint16'],
  ['30 % missing', { frames: 1100, elements: 17, gaps: 0.3, value: photons(2) }, 'uint16'],
  ['a long gap', { frames: 2300, elements: 3, longGap: [300, 1700], value: photons(2) }, 'uint16'],
  ['a very long gap', { frames: 40000, elements: 3, longGap: [3300, 36900], value: photons(2) }, 'uint8'],
  ['float32', { frames: 1100, elements: 17, value: (next) => Math.fround(fractions(next)) }, 'float32'],
  ['float64 with gaps', { frames: 1100, elements: 17, gaps: 0.05, value: fractions }, 'float64'],
  ['holes', { frames: 1100, elements: 17, gaps: 0.05, value: withHoles }, 'float64'],
  ['holes around a very long gap', { frames: 20000, elements: 3, longGap: [900, 19000], value: withHoles }, 'float64'],
  ['scikit-beam, 8', { frames: 1100, elements: 17, value: photons(3) }, 'uint16', { numBufs: 8 }],
  ['scikit-beam, 6', { frames: 700, elements: 3, gaps: 0.05, value: photons(3) }, 'uint8', { numBufs: 6 }],
  ['1 delay per level', { frames: 700, elements: 3, gaps: 0.05, value: photons(3) }, 'uint8', { delaysPerLevel: 1 }],
  ['5 delays per level', { frames: 700, elements: 3, value: photons(3) }, 'uint8', { delaysPerLevel: 5 }],
  ['16 delays per level', { frames: 900, elements: 3, value: photons(3) }, 'uint16', { delaysPerLevel: 16 }],
  ['70 delays per level', { frames: 600, elements: 1, value: photons(3) }, 'uint16', { delaysPerLevel: 70 }],
]

describe.each(cases)('%s', (_name, size, dtype, scheme = four) => {
  const events = movie(size)
  const delays = multiTauDelays(scheme, spanOf(events))
  const wanted = multiTauOracle(events, scheme, delays)
  const sparse = ['uint8', 'uint16'].includes(dtype)

  it('equals the definition for any cut, dense and as photons', () => {
    for (const blockEvents of [7, 64, 1024]) {
      expectMultiTau(runMultiTau(events, { scheme, dtype, blockEvents }), wanted, `blocks of ${blockEvents}`)
      if (!sparse) continue
      const photonRun = runMultiTau(events, { scheme, dtype: 'uint16', blockEvents, sparse })
      expectMultiTau(photonRun, wanted, `photons in blocks of ${blockEvents}`)
    }
  })

  it('equals the definition one event at a time, with updates in between', () => {
    const short = events.slice(0, 700)
    const expected = multiTauOracle(short, scheme, delays)
    expectMultiTau(runMultiTau(short, { scheme, dtype, blockEvents: 1, delays }), expected, 'blocks of 1')
    for (const [blockEvents, calcEvery] of [
      [61, 5],
      [8, 30],
      [100, 1],
    ]) {
      const cuts = { scheme, blockEvents, calcEvery, delays }
      expectMultiTau(runMultiTau(short, { ...cuts, dtype }), expected, `updates every ${calcEvery} of ${blockEvents}`)
      if (!sparse) continue
      const photonRun = runMultiTau(short, { ...cuts, dtype: 'uint16', sparse })
      expectMultiTau(photonRun, expected, `photons, updates every ${calcEvery} of ${blockEvents}`)
    }
  })

  it('equals the definition by the reference kernels', () => {
    const short = events.slice(-600)
    const own = multiTauDelays(scheme, spanOf(short))
    const expected = multiTauOracle(short, scheme, own)
    const run = runMultiTau(short, { scheme, dtype, blockEvents: 64, kernel: 'reference', calcEvery: 4 })
    expectMultiTau(run, expected, 'reference')
    expect(run.kernel).toBe('reference')
  })

  it('sums values and counts events per element', () => {
    const sums = runMultiTau(events, { scheme, dtype, blockEvents: 64 })
    const finite = (e: number) => events.map(({ values }) => values[e]).filter(Number.isFinite)
    const total = (e: number) => finite(e).reduce((sum, value) => sum + value, 0)
    expect([...sums.valueSum]).toEqual(Array.from({ length: size.elements }, (_, e) => total(e)))
    const counts = sums.hasLost ? sums.valueCount : new Float64Array(size.elements).fill(sums.valueCount as number)
    expect(counts).toEqual(Float64Array.from({ length: size.elements }, (_, e) => finite(e).length))
  })
})

describe('the order of events', () => {
  it('late events are ignored, repeats too', () => {
    const events = movie({ frames: 300, elements: 3, value: photons(3) })
    const late = [...events]
    late.splice(40, 0, { ...events[10], counter: events[10].counter }, events[39])
    const wanted = multiTauOracle(events, four, multiTauDelays(four, 300))
    expectMultiTau(runMultiTau(late, { scheme: four, dtype: 'uint8', blockEvents: 64 }), wanted, 'late')
  })
})

describe('values that change', () => {
  it('in size: levels leave and take the compact form, and no sum changes', () => {
    const events = movie({ frames: 1800, elements: 17, gaps: 0.01, value: photons(3) })
    const grown = events.map(({ counter, values }, e) => ({
      counter,
      values: values.map((value) => (e < 520 ? value : e < 1100 ? value * 40 : Math.min(65535, value * 4000))),
    }))
    const wanted = multiTauOracle(grown, four, multiTauDelays(four, spanOf(grown)))
    for (const sparse of [false, true]) {
      expectMultiTau(runMultiTau(grown, { scheme: four, dtype: 'uint16', blockEvents: 64, sparse }), wanted, 'grown')
    }
  })

  it('in form: blocks of two types and of photons in one run', () => {
    const events = movie({ frames: 1500, elements: 17, gaps: 0.02, value: photons(3) })
    const wanted = multiTauOracle(events, four, multiTauDelays(four, spanOf(events)))
    for (const blockEvents of [50, 600]) {
      const run = runMultiTau(events, { scheme: four, dtype: 'uint16', blockEvents, mixed: true })
      expectMultiTau(run, wanted, `mixed blocks of ${blockEvents}`)
    }
  })

  it('from one hole on', () => {
    const events = movie({ frames: 900, elements: 3, gaps: 0.05, value: fractions })
    const holed = events.map(({ counter, values }, e) => ({
      counter,
      values: values.map((value, i) => (e === 437 && i === 1 ? Number.NaN : value)),
    }))
    const wanted = multiTauOracle(holed, four, multiTauDelays(four, spanOf(holed)))
    const sums = runMultiTau(holed, { scheme: four, dtype: 'float64', blockEvents: 64 })
    expectMultiTau(sums, wanted, 'one hole')
    expect(sums.hasLost).toBe(true)
  })

  it('photons of two servers in turn', () => {
    const events = movie({ frames: 900, elements: 17, value: photons(1) })
    const delays = multiTauDelays(four, 900)
    const halves = [0, 1].map(
      (s) =>
        blocksOf(
          events.filter((_, e) => e % 2 === s),
          'uint16',
          450,
          true,
        )[0],
    )
    const rest = { times: 1, storeDtype: 'auto', sourceDtype: 'uint16', blockEvents: 450, ticksHint: 900 } as const
    const sums = new MultiTauSums({ elements: 17, delays, scheme: four, ...rest })
    const stored = {
      count: 900,
      counter: Float64Array.from(events, ({ counter }) => counter),
      evicted: new Float64Array(900).fill(Number.NaN),
      row: new Int32Array(900),
      block: Uint16Array.from(events, (_, e) => e % 2),
      position: Uint16Array.from(events, (_, e) => e >> 1),
    }
    sums.insert(stored, halves)
    sums.calc()
    expectMultiTau(sums, multiTauOracle(events, four, delays), 'two servers')
    expect(sums.workerData.maxTimeForStoredData()).toBe(1899)
    expect(() => sums.workerData.row(0)).toThrow('multi-tau keeps sums, not events')
  })

  it('never cost more memory', () => {
    const delays = multiTauDelays(four, 4000)
    const bytes = [600, 4000].map((frames) => {
      const events = movie({ frames, elements: 17, value: photons(3) })
      return runMultiTau(events, { scheme: four, dtype: 'uint16', blockEvents: 64, delays }).memoryBytes()
    })
    expect(bytes[1]).toBe(bytes[0])
  })
})

describe('delays', () => {
  it('are those of the peers', () => {
    expect([...multiTauDelays(four, 40)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32])
    expect([100000, 2000, 5000, 256].map((frames) => multiTauDelays(four, frames).length)).toEqual([61, 38, 44, 27])
    expect([...multiTauDelays({ numBufs: 8 }, 30)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24])
    expect(MultiTau.delaysFor({ delaysPerLevel: 2 }, 12)).toEqual(Float64Array.of(1, 2, 3, 4, 6, 8))
  })

  it('come from parameters that make sense', () => {
    expect(multiTauScheme({})).toEqual(four)
    expect(() => multiTauScheme({ delaysPerLevel: 0 })).toThrow('userParams.delaysPerLevel is 0, but must be a whole')
    expect(() => multiTauScheme({ numBufs: 7 })).toThrow('userParams.numBufs is 7, but must be even')
    expect(() => multiTauScheme({ numBufs: 8, delaysPerLevel: 4 })).toThrow('keep one of them')
    const events = movie({ frames: 20, elements: 1, value: photons(3) })
    const run = () => runMultiTau(events, { scheme: four, dtype: 'uint8', blockEvents: 5, delays: Float64Array.of(9) })
    expect(run).toThrow('has no delay 9')
  })
})
