// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Sums of many and of large counts, against plain sums in BigInt: a million frames, counts to 65,535, every class. */
import { describe, expect, it } from 'vitest'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import type { ElementSums } from '../../src/correlators/elementSums.js'
import { levelLagOf, multiTauDelays } from '../../src/correlators/multiTau/delays.js'
import { MultiTauSums } from '../../src/correlators/multiTauSums.js'
import { PairSums } from '../../src/correlators/pairSums.js'
import type { StoredEvents, SumName } from '../../src/kernels/contract.js'
import { random } from './pairSumsOracle.js'

const blockEvents = 1024
const scheme = { delaysPerLevel: 4 }

/** Counts of one element. */
function counts(frames: number, value: (next: () => number) => number): Uint16Array {
  const next = random(frames)
  return Uint16Array.from({ length: frames }, () => value(next))
}

/** `series` to every element, with `times` events in the buffer. */
function feed(sums: ElementSums, series: Uint16Array, times: number): void {
  const index = new TimeIndex(times)
  for (let from = 0; from < series.length; from += blockEvents) {
    const part = series.subarray(from, from + blockEvents)
    const events = stored(index, from, part.length)
    const data = new Uint16Array(part.length * sums.elements)
    for (let k = 0; k < data.length; k++) data[k] = part[Math.floor(k / sums.elements)]
    const block = { kind: 'dense', events: part.length, elements: sums.elements, dtype: 'uint16', data } as const
    sums.insert(events, [block])
  }
  sums.calc()
}

/** Events of consecutive counters as the master decides about them: the smallest counter leaves a full buffer. */
function stored(index: TimeIndex, from: number, count: number): StoredEvents {
  const evicted = new Float64Array(count).fill(Number.NaN)
  const row = new Int32Array(count)
  for (let e = 0; e < count; e++) {
    const full = index.size === index.times
    if (full) evicted[e] = index.min
    row[e] = full ? index.rowOf(index.min) : index.size
    index.apply(from + e, row[e], evicted[e])
  }
  const counter = Float64Array.from({ length: count }, (_, e) => from + e)
  return {
    count,
    counter,
    evicted,
    row,
    block: new Uint16Array(count),
    position: Uint16Array.from(counter, (_, e) => e),
  }
}

/** G2, IP, IF of the samples of `width` ticks that are `lag` apart; pairs (i, j) with `from` <= i. */
function plainSums(series: Uint16Array, width: number, lag: number, from = 0): Record<'G2' | 'IP' | 'IF', bigint> {
  const samples = new Float64Array(Math.floor(series.length / width))
  for (let t = 0; t < samples.length * width; t++) samples[Math.floor(t / width)] += series[t]
  const sums = { G2: 0n, IP: 0n, IF: 0n }
  for (let first = from; first + lag < samples.length; first += 1024) {
    const part = { G2: 0, IP: 0, IF: 0 }
    for (let i = first; i < Math.min(first + 1024, samples.length - lag); i++) {
      part.G2 += samples[i] * samples[i + lag]
      part.IP += width * samples[i]
      part.IF += width * samples[i + lag]
    }
    for (const name of ['G2', 'IP', 'IF'] as const) sums[name] += BigInt(part[name])
  }
  return sums
}

function expectSums(sums: ElementSums, d: number, wanted: Record<'G2' | 'IP' | 'IF', bigint>, delay: number): void {
  const out = new Float64Array(sums.elements)
  for (const name of ['G2', 'IP', 'IF'] satisfies SumName[]) {
    expect(wanted[name] < 2n ** 53n, 'the sum is a float64').toBe(true)
    sums.fill(name, d, out)
    expect(out, `${name} at ${delay}`).toEqual(new Float64Array(sums.elements).fill(Number(wanted[name])))
  }
}

const series: [string, number, (next: () => number) => number][] = [
  ['a million frames of mean 10', 1_000_000, (next) => Math.floor(next() * 21)],
  ['counts of 65,535', 20_000, () => 65535],
  ['counts up to 65,535', 20_000, (next) => Math.floor(next() * 65536)],
]

describe.each(series)('%s', (_, frames, value) => {
  const all = counts(frames, value)
  const rest = { storeDtype: 'auto', sourceDtype: 'uint16', blockEvents, ticksHint: frames } as const

  it('MultiTau: all sums of all levels are exact', () => {
    const delays = multiTauDelays(scheme, frames).filter((delay) => delay <= 512)
    const sums = new MultiTauSums({ elements: 2, delays, scheme, times: 1, ...rest })
    feed(sums, all, 1)
    delays.forEach((delay, d) => {
      const { level, lag } = levelLagOf(scheme, delay)
      expectSums(sums, d, plainSums(all, 2 ** level, lag), delay)
    })
  })

  it.each(['accumulator', 'windowed', 'atEnd'] as const)('%s: all sums are exact', (pairing) => {
    const times = pairing === 'accumulator' ? 2000 : frames / 4
    const delays = Float64Array.of(1, 7, 300)
    const sums = new PairSums({ elements: 2, delays, times, pairing, ...rest })
    feed(sums, all, times)
    const kept = pairing === 'accumulator' ? 0 : frames - times
    for (const [d, delay] of delays.entries()) expectSums(sums, d, plainSums(all, 1, delay, kept), delay)
  })
})

it('float32 totals would be wrong by more than 1e-5', () => {
  const all = counts(1_000_000, series[0][2])
  let narrow = 0
  for (let t = 1; t < all.length; t++) narrow = Math.fround(narrow + all[t - 1] * all[t])
  expect(Math.abs(narrow / Number(plainSums(all, 1, 1).G2) - 1)).toBeGreaterThan(1e-5)
})
