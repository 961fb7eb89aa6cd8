// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The definition of pair sums, as naive as possible, and the means to compare PairSums with it. */
import { expect } from 'vitest'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import { PairSums, type PairSumsOptions } from '../../src/correlators/pairSums.js'
import type { EventBlock, Pairing, StoredEvents, SumName, ValueBlock } from '../../src/kernels/contract.js'
import { allocate, type DType, type TypedArray } from '../../src/units.js'

export interface Sums {
  readonly counts: number[]
  readonly G2: Float64Array[]
  readonly IP: Float64Array[]
  readonly IF: Float64Array[]
  readonly lost: Float64Array[]
}

/** One event: its counter and its values, one per element. */
export interface TestEvent {
  readonly counter: number
  readonly values: readonly number[]
}

type Values = readonly number[] | undefined

/** Pair by pair, in event order, from a plain list of what is stored. */
export function oracle(events: readonly TestEvent[], delays: readonly number[], times: number, pairing: Pairing): Sums {
  const elements = events[0]?.values.length ?? 0
  const zeros = () => delays.map(() => new Float64Array(elements))
  const sums: Sums = { counts: delays.map(() => 0), G2: zeros(), IP: zeros(), IF: zeros(), lost: zeros() }
  const stored = new Map<number, readonly number[]>()
  for (const { counter, values } of events) {
    const smallest = Math.min(...stored.keys())
    if (stored.size === times && counter <= smallest) continue
    if (stored.has(counter)) continue
    if (stored.size === times) {
      if (pairing === 'windowed') pairsOf(sums, stored, smallest, delays, -1)
      stored.delete(smallest)
    }
    stored.set(counter, values)
    if (pairing !== 'atEnd') pairsOf(sums, stored, counter, delays, 1)
  }
  if (pairing === 'atEnd') {
    for (const later of [...stored.keys()].sort((a, b) => a - b)) {
      delays.forEach((delay, d) => {
        addPair(sums, d, stored.get(later - delay), stored.get(later), 1)
      })
    }
  }
  return sums
}

function pairsOf(
  sums: Sums,
  stored: Map<number, readonly number[]>,
  counter: number,
  delays: readonly number[],
  sign: number,
) {
  delays.forEach((delay, d) => {
    addPair(sums, d, stored.get(counter - delay), stored.get(counter), sign)
    addPair(sums, d, stored.get(counter), stored.get(counter + delay), sign)
  })
}

function addPair(sums: Sums, d: number, earlier: Values, later: Values, sign: number) {
  if (earlier === undefined || later === undefined) return
  sums.counts[d] += sign
  for (let i = 0; i < earlier.length; i++) {
    const a = earlier[i]
    const b = later[i]
    if (!Number.isFinite(a) || !Number.isFinite(b)) sums.lost[d][i] += sign
    else {
      sums.G2[d][i] += sign * (a * b)
      sums.IP[d][i] += sign * a
      sums.IF[d][i] += sign * b
    }
  }
}

/** Deterministic numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** `events` cut into blocks of `blockEvents`, decided by a TimeIndex; dense, or photon events where `sparse`. */
export function blocksOf(
  events: readonly TestEvent[],
  dtype: DType,
  blockEvents: number,
  sparse = false,
): ValueBlock[] {
  const blocks: ValueBlock[] = []
  for (let from = 0; from < events.length; from += blockEvents) {
    const part = events.slice(from, from + blockEvents)
    blocks.push(sparse ? photonBlock(part, dtype) : denseBlock(part, dtype))
  }
  return blocks
}

function denseBlock(events: readonly TestEvent[], dtype: DType): ValueBlock {
  const elements = events[0].values.length
  const data = allocate(dtype, events.length * elements)
  for (const [e, { values }] of events.entries()) data.set(values as number[], e * elements)
  return { kind: 'dense', events: events.length, elements, dtype, data }
}

function photonBlock(events: readonly TestEvent[], dtype: DType): EventBlock {
  const elements = events[0].values.length
  const photons: [number, number, number][] = []
  for (let element = 0; element < elements; element++) {
    events.forEach(({ values }, e) => {
      if (values[element] > 0) photons.push([e, element, values[element]])
    })
  }
  return {
    kind: 'events',
    events: events.length,
    elements,
    dtype,
    event: Uint16Array.from(photons, (photon) => photon[0]),
    element: Uint32Array.from(photons, (photon) => photon[1]),
    value: Uint16Array.from(photons, (photon) => photon[2]),
  }
}

/** The stored events among events [from, to), which lie in blocks of `blockEvents` from number `firstBlock`. */
export function decide(
  index: TimeIndex,
  events: readonly TestEvent[],
  from: number,
  to: number,
  blockEvents: number,
  firstBlock: number,
): StoredEvents {
  const kept: { counter: number; row: number; evicted: number; e: number }[] = []
  for (let e = from; e < to; e++) {
    const decision = index.offer(events[e].counter)
    if (decision.fate === 'stored')
      kept.push({ counter: events[e].counter, row: decision.row, evicted: decision.evicted, e })
  }
  return {
    count: kept.length,
    counter: Float64Array.from(kept, (k) => k.counter),
    evicted: Float64Array.from(kept, (k) => k.evicted),
    row: Int32Array.from(kept, (k) => k.row),
    block: Uint16Array.from(kept, (k) => Math.floor(k.e / blockEvents) - firstBlock),
    position: Uint16Array.from(kept, (k) => k.e % blockEvents),
  }
}

export interface RunOptions extends Omit<PairSumsOptions, 'elements' | 'delays'> {
  readonly delays: readonly number[]
  readonly blockEvents: number
  /** Blocks handed over per insert. */
  readonly blocksPerInsert?: number
  readonly sparse?: boolean
  /** Call calc() after every insert, as updates do. */
  readonly updates?: boolean
}

/** PairSums after `events`. */
export function run(events: readonly TestEvent[], elements: number, options: RunOptions): PairSums {
  const { blockEvents, blocksPerInsert = 1 } = options
  const sums = new PairSums({ ...options, elements, delays: Float64Array.from(options.delays) })
  const index = new TimeIndex(options.times)
  const blocks = blocksOf(events, options.sourceDtype, blockEvents, options.sparse)
  for (let first = 0; first < blocks.length; first += blocksPerInsert) {
    const part = blocks.slice(first, first + blocksPerInsert)
    const to = Math.min(events.length, (first + part.length) * blockEvents)
    sums.insert(decide(index, events, first * blockEvents, to, blockEvents, first), part)
    if (options.updates) sums.calc()
  }
  sums.calc()
  return sums
}

/** Every sum of every delay bit for bit. */
export function expectSums(sums: PairSums, wanted: Sums): void {
  expect([...sums.counts]).toEqual(wanted.counts)
  const out = new Float64Array(sums.elements)
  for (const name of ['G2', 'IP', 'IF', 'lost'] satisfies SumName[]) {
    wanted[name].forEach((expected, d) => {
      sums.fill(name, d, out)
      for (let i = 0; i < out.length; i++) {
        if (out[i] !== expected[i])
          throw new Error(
            `${name}, delay ${d}, element ${i}: ${out[i]} instead of ${expected[i]} (${sums.path}, ${sums.storeDtype}, ${sums.kernel})`,
          )
      }
    })
  }
}

/** Values of one event by a rule, as they look after the way through a typed array. */
export function roundTrip(values: number[], dtype: DType): number[] {
  const array: TypedArray = allocate(dtype, values.length)
  array.set(values)
  return Array.from(array as Float64Array)
}
