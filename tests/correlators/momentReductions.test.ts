// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Sums over bins against sums delay by delay, for labels in runs and in disorder, shards that cut tiles, open and settled IP and IF. */
import { describe, expect, it } from 'vitest'
import { Bins } from '../../src/correlators/bins.js'
import { LabelSlots } from '../../src/correlators/labelSlots.js'
import { multiTauDelays } from '../../src/correlators/multiTau/delays.js'
import { MultiTauSums } from '../../src/correlators/multiTauSums.js'
import { labelSumsOfBins, ratioSumsOfBins } from '../../src/correlators/momentReductions.js'
import { PairSums } from '../../src/correlators/pairSums.js'
import { labelSums, labelSumsWidth, ratioSums, ratioSumsWidth, Scratch } from '../../src/correlators/reductions.js'
import type { SumName } from '../../src/kernels/contract.js'
import { random } from './pairSumsOracle.js'

const tileSize = 32
const delays = Float64Array.of(1, 2, 3, 5, 9, 17, 30, 77)

function emptySums(elements: number, events: number, shardBytes?: number): PairSums {
  return new PairSums({
    elements,
    delays,
    times: 90,
    pairing: 'accumulator',
    storeDtype: 'auto',
    sourceDtype: 'uint8',
    blockEvents: 16,
    ticksHint: events,
    ...(shardBytes === undefined ? {} : { shardBytes }),
  })
}

function multiTauSums(elements: number, events: number, shardBytes = 2 ** 30): MultiTauSums {
  const scheme = { delaysPerLevel: 4 }
  const own = multiTauDelays(scheme, events)
  const kinds = { storeDtype: 'auto', sourceDtype: 'uint8', blockEvents: 1024 } as const
  return new MultiTauSums({ ...kinds, elements, delays: own, times: events, ticksHint: events, scheme, shardBytes })
}

/** Insert the events [from, to) of `data`, one of `value` per element and event. */
function insert(sums: PairSums | MultiTauSums, data: Uint8Array, from: number, to: number): void {
  const { elements } = sums
  const all = Array.from({ length: to - from }, (_, e) => from + e)
  const stored = {
    count: all.length,
    counter: Float64Array.from(all),
    evicted: Float64Array.from(all, (e) => (e < 90 ? Number.NaN : e - 90)),
    row: Int32Array.from(all, (e) => e % 90),
    block: new Uint16Array(all.length),
    position: Uint16Array.from(all, (e) => e - from),
  }
  const own = data.subarray(from * elements, to * elements)
  sums.insert(stored, [{ kind: 'dense', events: all.length, elements, dtype: 'uint8', data: own }])
  sums.calc()
}

function valuesOf(elements: number, events: number, value: (next: () => number) => number): Uint8Array {
  const next = random(elements)
  return Uint8Array.from({ length: events * elements }, () => value(next))
}

function sumsOf(elements: number, events: number, shardBytes?: number): PairSums {
  const sums = emptySums(elements, events, shardBytes)
  insert(
    sums,
    valuesOf(elements, events, (next) => Math.floor(9 * next())),
    0,
    events,
  )
  return sums
}

const labelings: Record<string, (i: number) => number> = {
  'one label': () => 1,
  'runs, some elements without': (i) => (i % 45 === 44 ? 0 : 1 + Math.floor(i / 40)),
  disorder: (i) => (i * 7) % 5,
}

describe.each(Object.entries(labelings))('%s', (_, label) => {
  it.each([1, 16, 75, 161])('%i elements', (elements) => {
    const color = Int32Array.from({ length: elements }, (_, i) => label(i))
    const fine = Int32Array.from({ length: elements }, (_, i) => 1 + (Math.floor(i / 20) % 3))
    const colors = new LabelSlots(color, tileSize)
    const normals = new LabelSlots(fine, tileSize)
    const bins = new Bins(colors, normals, tileSize)
    const sums = sumsOf(elements, 300)
    const moments = { bins, counts: sums.counts, values: sums.moments(bins) }
    // A second engine whose shards cut the tiles gives the same bits.
    expect(sumsOf(elements, 300, 1).moments(bins)).toEqual(moments.values)
    const columns = {
      elements,
      counts: sums.counts,
      hasLost: false,
      fill: (name: string, d: number, out: Float64Array) => sums.fill(name as SumName, d, out),
    }
    const range = { from: 1, to: delays.length - 1 }
    const scratch = new Scratch(elements)
    const part = (width: number, slots: LabelSlots) => new Float64Array((range.to - range.from) * slots.count * width)
    const [a, b] = [part(labelSumsWidth, normals), part(labelSumsWidth, normals)]
    labelSums(columns, normals, range, scratch, a)
    labelSumsOfBins(moments, normals.count, range, b)
    expect(b).toEqual(a)
    // fill() has settled IP and IF: the moments are the same again.
    expect(sums.moments(bins)).toEqual(moments.values)
    const rowOf = fine.map((f) => f - 1)
    const means = Float64Array.from({ length: 2 * 3 * (range.to - range.from) }, (_, i) => 3.9 + 0.01 * (i % 7))
    const [r, s] = [part(ratioSumsWidth, colors), part(ratioSumsWidth, colors)]
    ratioSums(columns, colors, range, rowOf, means, scratch, r)
    ratioSumsOfBins(moments, colors.count, range, rowOf, means, s)
    r.forEach((value, i) => {
      expect(Math.abs(s[i] - value), `value ${i}`).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)))
    })
  })
})

describe.each(Object.entries(labelings))('multi-tau, %s', (_, label) => {
  it.each([1, 16, 75, 161])('%i elements', (elements) => {
    const colors = new LabelSlots(
      Int32Array.from({ length: elements }, (_, i) => label(i)),
      tileSize,
    )
    const fine = Int32Array.from({ length: elements }, (_, i) => 1 + (Math.floor(i / 20) % 3))
    const normals = new LabelSlots(fine, tileSize)
    const bins = new Bins(colors, normals, tileSize)
    const [events, early] = [1601, 1003]
    const data = valuesOf(elements, events, (next) => Math.floor(9 * next()))
    const sums = multiTauSums(elements, events)
    insert(sums, data, 0, early)
    sums.moments(bins)
    insert(sums, data, early, events)
    // Shards that cut the tiles of bins give the same bits.
    const cut = multiTauSums(elements, events, 1)
    insert(cut, data, 0, events)
    expect(cut.moments(bins)).toEqual(sums.moments(bins))
    const delays = sums.counts.length
    const moments = { bins, counts: sums.counts, values: sums.moments(bins) }
    const fill = (name: string, d: number, out: Float64Array) => sums.fill(name as SumName, d, out)
    const columns = { elements, counts: sums.counts, hasLost: false, fill }
    const range = { from: 0, to: delays }
    const scratch = new Scratch(elements)
    const [a, b] = [normals, normals].map((slots) => new Float64Array(delays * slots.count * labelSumsWidth))
    labelSums(columns, normals, range, scratch, a as Float64Array)
    labelSumsOfBins(moments, normals.count, range, b as Float64Array)
    expect(b).toEqual(a)
    const means = Float64Array.from({ length: 2 * 3 * delays }, (_, i) => 3.9 + 0.01 * (i % 7))
    const rowOf = fine.map((f) => f - 1)
    const [r, s] = [colors, colors].map((slots) => new Float64Array(delays * slots.count * ratioSumsWidth))
    ratioSums(columns, colors, range, rowOf, means, scratch, r as Float64Array)
    ratioSumsOfBins(moments, colors.count, range, rowOf, means, s as Float64Array)
    r?.forEach((value, i) => {
      expect(Math.abs((s?.[i] ?? 0) - value), `value ${i}`).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(value)))
    })
  })
})

describe('updates at any time change no later one', () => {
  it.each([
    ['bit', (next: () => number) => (next() < 0.1 ? (next() < 0.1 ? 3 : 1) : 0)],
    ['uint8', (next: () => number) => Math.floor(9 * next())],
  ] as const)('%s', (store, value) => {
    const [elements, events] = [150, 260]
    const labels = new LabelSlots(
      Int32Array.from({ length: elements }, (_, i) => 1 + Math.floor(i / 35)),
      48,
    )
    const bins = new Bins(labels, labels, 48)
    const data = valuesOf(elements, events, value)
    const often = emptySums(elements, events)
    // Before the longest delay, before and behind the first eviction, and once with IP and IF settled in between.
    let from = 0
    for (const to of [1, 20, 77, 89, 90, 91, 130, 131, 199, 260]) {
      insert(often, data, from, to)
      from = to
      const moments = often.moments(bins)
      const once = emptySums(elements, events)
      insert(once, data, 0, to)
      expect(once.moments(bins), `${to} events`).toEqual(moments)
      once.fill('IP', 0, new Float64Array(elements))
      expect(once.moments(bins), `${to} events, settled`).toEqual(moments)
      if (to === 131) often.fill('IF', 0, new Float64Array(elements))
    }
    expect(often.storeDtype).toBe(store)
  })
})

it('many bins are left to reductions by delay', () => {
  const labels = new LabelSlots(
    Int32Array.from({ length: 4096 }, (_, i) => i + 1),
    4096,
  )
  expect(new Bins(labels, labels, 4096).areFew(10)).toBe(false)
  const few = new LabelSlots(new Int32Array(4096).fill(1), 4096)
  expect(new Bins(few, few, 4096).areFew(10)).toBe(true)
})
