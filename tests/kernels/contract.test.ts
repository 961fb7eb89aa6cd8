// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every kernel against the reference, byte by byte: kernels x stores x shapes x values x gaps. */
import { describe, expect, it } from 'vitest'
import { BitRing, bitPlaces } from '../../src/kernels/bitRing.js'
import { kernelNames, loadKernels } from '../../src/kernels/load.js'
import {
  dtypeCode,
  closedMomentsWidth,
  momentsWidth,
  moveFlags,
  type PairKernels,
  type RingPlace,
  ringPad,
  scratchEnd,
} from '../../src/kernels/pairKernels.js'
import { bytesOf, type DType, type RowDType, type StoreDType, type TypedArray, viewOf } from '../../src/units.js'
import { random } from '../correlators/pairSumsOracle.js'

const argumentsAt = scratchEnd
const stagingAt = argumentsAt + 131072
const sumsAt = stagingAt + 524288
const ringAt = sumsAt + 1048576
const scratchAt = ringAt + 8 * 1024 * 1024
const memoryBytes = scratchAt + 1024 * 1024

type Value = (next: () => number) => number

interface Shape {
  readonly elements: number
  readonly span: number
  readonly mirror: number
  readonly length: number
  readonly delays: number
  /** Probability that a tick has no event. */
  readonly gaps: number
  /** Only the second half of the ring has events, and only products are wanted. */
  readonly startUp?: boolean
  /** With `startUp`: what is missing is not subtracted. */
  readonly called?: 'full'
}

const shapes: Record<string, Shape> = {
  'one element, one tick': { elements: 1, span: 64, mirror: 16, length: 1, delays: 1, gaps: 0 },
  'odd everything': { elements: 5, span: 144, mirror: 48, length: 37, delays: 7, gaps: 0 },
  'a few gaps': { elements: 17, span: 400, mirror: 64, length: 64, delays: 67, gaps: 0.01 },
  'many gaps': { elements: 3, span: 400, mirror: 64, length: 61, delays: 30, gaps: 0.4 },
  'a long block': { elements: 2, span: 4096, mirror: 1024, length: 1024, delays: 100, gaps: 0 },
  'a long block with gaps': { elements: 2, span: 4096, mirror: 1024, length: 1009, delays: 100, gaps: 0.03 },
  'products only': { elements: 19, span: 160, mirror: 32, length: 31, delays: 21, gaps: 0, startUp: true },
  'products only, long': { elements: 2, span: 2560, mirror: 512, length: 512, delays: 70, gaps: 0, startUp: true },
  'nothing before': {
    elements: 19,
    span: 160,
    mirror: 32,
    length: 31,
    delays: 21,
    gaps: 0,
    startUp: true,
    called: 'full',
  },
  'very many delays': { elements: 2, span: 2304, mirror: 16, length: 9, delays: 1100, gaps: 0 },
  'the longest block': { elements: 1, span: 12288, mirror: 8064, length: 8050, delays: 5, gaps: 0 },
  'few delays, long row': { elements: 2, span: 8192, mirror: 128, length: 128, delays: 3, gaps: 0 },
}

const valuesOf: Record<string, readonly [StoreDType, Value]> = {
  nothing: ['uint8', () => 0],
  'one photon in a thousand': ['uint8', (next) => (next() < 0.001 ? 1 : 0)],
  'ones and a few twos': ['uint8', (next) => (next() < 0.05 ? (next() < 0.05 ? 2 : 1) : 0)],
  'all ones': ['uint8', () => 1],
  'mean 2': ['uint8', (next) => Math.floor(5 * next())],
  'all 11': ['uint8', () => 11],
  'all 12': ['uint8', () => 12],
  '1 and 127': ['uint8', (next) => (next() < 0.01 ? 127 : 1)],
  'all 15': ['uint8', () => 15],
  'all 31': ['uint8', () => 31],
  'all 45': ['uint8', () => 45],
  'all 90': ['uint8', () => 90],
  'all 91': ['uint8', () => 91],
  'up to 127': ['uint8', (next) => (next() < 0.9 ? 127 : Math.floor(128 * next()))],
  'up to 128': ['uint8', (next) => 127 + Math.floor(2 * next())],
  'all 255': ['uint8', () => 255],
  'uint16 to 1000': ['uint16', (next) => Math.floor(1000 * next())],
  'uint16 to 32767': ['uint16', (next) => 32767 - Math.floor(3 * next())],
  'uint16 to 65535': ['uint16', (next) => (next() < 0.05 ? 0 : 65535)],
  'int16 small': ['int16', (next) => Math.floor(200 * next()) - 100],
  'int16 extremes': ['int16', (next) => (next() < 0.1 ? 32767 : -32768)],
}

function openMemory(name: string): { kernels: PairKernels; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(memoryBytes / 65536), maximum: 65536 })
  return { kernels: loadKernels(name).open(memory), memory }
}

function placeOf({ elements, span, mirror }: Shape, store: StoreDType): RingPlace {
  const rowLength = 64 * Math.ceil((span + mirror + ringPad) / 64)
  return { store: dtypeCode(store), at: ringAt, rowLength, elements, span, mirror }
}

/** A ring of bits with room for as many exceptions as fit the memory. */
function openBits(memory: WebAssembly.Memory, place: RingPlace): BitRing {
  const bits = new BitRing(memory.buffer, place)
  bits.chunks = Math.floor((scratchAt - bitPlaces(place).chunks) / 32)
  return bits
}

/** Random rows with their mirrors; a missing tick is 0 everywhere. Returns the largest |value|. */
function fillRing(memory: WebAssembly.Memory, shape: Shape, store: StoreDType, value: Value, seed: number): number {
  const next = random(seed)
  const place = placeOf(shape, store)
  const { elements, rowLength, span, mirror } = place
  const bits = store === 'bit' ? openBits(memory, place) : null
  const ring = bits === null ? viewOf(store as RowDType, memory.buffer, ringAt, (elements + 1) * rowLength) : null
  const present = bits === null ? (ring as TypedArray).subarray(elements * rowLength) : bits.presence
  let largest = 0
  for (let position = 0; position < span; position++) {
    const filled = next() >= shape.gaps && (!shape.startUp || position >= span / 2)
    present[position] = filled ? 1 : 0
    if (position < mirror) present[position + span] = present[position]
    for (let element = 0; filled && element < elements; element++) {
      const one = value(next)
      bits?.put(element, position, one)
      for (const mirrored of ring === null ? [] : position < mirror ? [0, span] : [0])
        ring![element * rowLength + position + mirrored] = one
      largest = Math.max(largest, Math.abs(one))
    }
  }
  return largest
}

/** The presence row. */
function presenceOf(memory: WebAssembly.Memory, place: RingPlace, store: StoreDType): TypedArray {
  if (store === 'bit') return new BitRing(memory.buffer, place).presence
  const { elements, rowLength } = place
  return viewOf(store, memory.buffer, ringAt, (elements + 1) * rowLength).subarray(elements * rowLength)
}

/** `count` sums from `at` on, in whichever width. */
function sumsFrom({ buffer }: WebAssembly.Memory, at: number, count: number, narrow: boolean): Float64Array {
  return narrow ? Float64Array.from(new Int32Array(buffer, at, count)) : new Float64Array(buffer, at, count).slice()
}

/** G2, IP and IF, one behind the other; each has room for float64. */
function allSums(memory: WebAssembly.Memory, bytes: number, narrow: boolean): Float64Array {
  const each = [0, 1, 2].map((k) => sumsFrom(memory, sumsAt + k * bytes, bytes / 8, narrow))
  return Float64Array.from(each.flatMap((sums) => [...sums]))
}

/** A ring of random values that folds read. */
interface Filled {
  readonly kernels: PairKernels
  readonly memory: WebAssembly.Memory
  readonly shape: Shape
  readonly store: StoreDType
  readonly largest: number
}

const seed = 7

function openFilled(name: string, shape: Shape, store: StoreDType, value: Value): Filled {
  const opened = openMemory(name)
  return { ...opened, shape, store, largest: fillRing(opened.memory, shape, store, value, seed) }
}

/** Sums of one fold; null where int32 might not hold them. */
function foldRandom(filled: Filled, { sign, narrow }: { sign: number; narrow: boolean }): Float64Array | null {
  const { kernels, memory, shape, store, largest } = filled
  if (narrow && shape.length * largest ** 2 >= 2 ** 31) return null
  const { span, length, delays, startUp } = shape
  const next = random(seed + 1)
  const ring = placeOf(shape, store)
  const present = presenceOf(memory, ring, store)
  const moves = new Int32Array(memory.buffer, argumentsAt, 3 * delays)
  for (let d = 0; d < delays; d++) {
    const moving = Math.floor(span * next())
    const isFull = shape.called === 'full' || present.subarray(moving, moving + length).every((p) => p === 1)
    moves.set([d, moving, (isFull ? moveFlags.full : 0) | (startUp ? moveFlags.productsOnly : 0)], 3 * d)
  }
  const sums = 8 * 16 * delays * Math.ceil(shape.elements / 16)
  new Uint8Array(memory.buffer, sumsAt, 3 * sums).fill(0)
  const place = { delays, narrow, G2: sumsAt, fixed: sumsAt + sums, moving: sumsAt + 2 * sums, lost: 0 }
  const fixed = startUp ? span / 2 + Math.floor((span / 2 - length) * next()) : Math.floor(span * next())
  kernels.fold(ring, fixed, length, argumentsAt, delays, sign, largest, place)
  return allSums(memory, sums, narrow)
}

/** What the reference makes of a shape and its values, by sign, once for all kernels. */
const folded = new Map<string, Record<number, Float64Array>>()

function wantedFolds(values: string, store: StoreDType, shapeName: string): Record<number, Float64Array> {
  const key = [values, store, shapeName].join()
  const known = folded.get(key)
  if (known !== undefined) return known
  const filled = openFilled('reference', shapes[shapeName], store, valuesOf[values][1])
  const [plus, minus] = [1, -1].map((sign) => foldRandom(filled, { sign, narrow: false }) as Float64Array)
  folded.set(key, { 1: plus, [-1]: minus })
  return { 1: plus, [-1]: minus }
}

for (const name of kernelNames) {
  describe(`fold of the ${name} kernel`, () => {
    it.each(Object.keys(valuesOf))('%s', (values) => {
      const [own, value] = valuesOf[values]
      const stores: StoreDType[] = own === 'uint8' ? ['bit', 'uint8'] : [own]
      for (const store of stores)
        for (const [shapeName, shape] of Object.entries(shapes)) {
          const filled = openFilled(name, shape, store, value)
          const wantedOf = wantedFolds(values, store, shapeName)
          for (const [sign, narrow] of [
            [1, false],
            [-1, false],
            [-1, true],
          ] as const) {
            const got = foldRandom(filled, { sign, narrow })
            if (got === null) continue
            const wanted = wantedOf[sign]
            const wrong = got.findIndex((sum, i) => sum !== wanted[i])
            const text = `${shapeName}, sign ${sign}, narrow ${narrow}: ${got[wrong]} instead of ${wanted[wrong]}`
            expect(wrong, text).toBe(-1)
          }
        }
    })
  })
}

describe('credit', () => {
  it.each(['bit', 'uint8', 'uint16', 'int16'] satisfies StoreDType[])('%s', (store) => {
    for (const shape of Object.values(shapes)) {
      for (const narrow of [false, true]) {
        const [wanted, got] = ['reference', 'wasm'].map((name) => creditRandom(name, shape, store, narrow))
        expect(got).toEqual(wanted)
      }
    }
  })

  function creditRandom(name: string, shape: Shape, store: StoreDType, narrow: boolean) {
    const { kernels, memory } = openMemory(name)
    const most = store === 'bit' ? 4 : store === 'uint8' ? 255 : 32767
    fillRing(memory, shape, store, (next) => Math.max(0, most - Math.floor(9 * next())), 3)
    const { elements, span, delays } = shape
    const next = random(4)
    const position = () => Math.floor(span * next())
    const moves = Array.from({ length: delays }, (_, d) => [d, next() < 0.2 ? -1 : position(), position()]).flat()
    new Int32Array(memory.buffer, argumentsAt, moves.length).set(moves)
    const sums = 8 * 16 * delays * Math.ceil(elements / 16)
    const place = { delays, narrow, G2: sumsAt, fixed: sumsAt + sums, moving: sumsAt + 2 * sums, lost: 0 }
    const totals = { values: stagingAt, holes: stagingAt + 8 * elements }
    new Float64Array(memory.buffer, stagingAt, elements).fill(narrow ? 7e8 : 1e12)
    const ring = placeOf(shape, store)
    for (const sign of [1, -1, 1]) kernels.credit(ring, argumentsAt, delays, position(), sign, place, totals)
    return allSums(memory, sums, narrow)
  }
})

describe('moments', () => {
  const shapesOfMoments = [
    { elements: 1, delays: 1, bins: 1 },
    { elements: 16, delays: 5, bins: 1 },
    { elements: 32, delays: 4, bins: 1 },
    { elements: 75, delays: 9, bins: 3 },
    { elements: 48, delays: 300, bins: 2 },
    { elements: 128, delays: 2, bins: 40 },
    { elements: 200, delays: 31, bins: 1 },
    { elements: 20, delays: 3, bins: 2, span: 17000 },
  ]

  /** What the sums of elements differ by at most, and how many elements differ by a thousand times as much. */
  const spreads = { alike: [300, 0], 'some far off': [3000, 0.01], 'just too far': [12000, 0], any: [1e9, 0] } as const

  it.each(['bit', 'uint8', 'uint16', 'int16'] satisfies StoreDType[])('%s', (store) => {
    for (const shape of shapesOfMoments) {
      for (const open of ['none', 'ordered', 'heads'] as const) {
        for (const spread of ['alike', 'some far off', 'just too far', 'any'] as const) {
          for (const narrow of [false, true]) {
            const how = { open, spread, narrow }
            const [wanted, got] = ['reference', 'wasm'].map((name) => momentsRandom(name, store, shape, how))
            const wrong = got.findIndex((value, i) => !Object.is(value, wanted[i]))
            const text = `${JSON.stringify({ ...shape, ...how })}: ${got[wrong]} instead of ${wanted[wrong]}`
            expect(wrong, text).toBe(-1)
          }
        }
      }
    }
  })

  function momentsRandom(
    name: string,
    store: StoreDType,
    { elements, delays, bins, span = 400 }: (typeof shapesOfMoments)[number],
    { open, spread, narrow }: { open: 'none' | 'ordered' | 'heads'; spread: keyof typeof spreads; narrow: boolean },
  ) {
    const zeroIP = open !== 'none' && delays % 2 === 1
    const { kernels, memory } = openMemory(name)
    const shape = { elements, span, mirror: 64, length: 0, delays, gaps: 0 }
    // Bits: some elements have few exceptions, some have many.
    const value: Value = (next) => (store === 'bit' ? Math.floor(2.6 * next() ** 3) : Math.floor(200 * next()))
    fillRing(memory, shape, store, value, 3)
    const next = random(elements)
    const tiles = Math.ceil(elements / 16)
    const count = Math.max(1, delays - 1)
    const each = 16 * tiles * delays
    const [width, far] = spreads[spread]
    const around = () => Math.floor(width * next() * (next() < far ? 1000 : 1))
    const Sums = narrow ? Int32Array : Float64Array
    for (const at of [sumsAt, sumsAt + 8 * each, sumsAt + 16 * each]) {
      const sums = new Sums(memory.buffer, at, each)
      for (let i = 0; i < sums.length; i++) sums[i] = 5000 + around()
    }
    const moving = zeroIP ? 0 : sumsAt + 16 * each
    const place = { delays, narrow, G2: sumsAt, fixed: sumsAt + 8 * each, moving, lost: 0 }
    const totals = new Float64Array(memory.buffer, stagingAt, elements)
    const large = narrow ? 1e9 : 1e12
    for (let e = 0; e < elements; e++) totals[e] = spread === 'any' ? large : 30000 + around()
    const binOf = new Int32Array(memory.buffer, argumentsAt, 16 * tiles)
    // Long runs of one bin, so that whole tiles lie in it, and elements of none.
    binOf.forEach((_, e) => {
      binOf[e] = e >= elements || e % 50 === 49 ? -1 : Math.floor((e * bins) / (16 * tiles))
    })
    const at = argumentsAt + 4096
    const end = span - 99
    const listed = windowsRandom(open === 'heads' ? 2 * count : count, span, end, next)
    const windows = new Int32Array(memory.buffer, at, listed.length)
    windows.set(listed)
    const isOpen = at + 8192
    new Uint8Array(memory.buffer, isOpen, count).forEach((_, d, all) => {
      all[d] = d % 3 === 2 ? 0 : 1
    })
    if (open === 'heads') clearOpen(new Sums(memory.buffer, place.fixed, each), delays, delays - count)
    const out = stagingAt + 65536
    kernels.openMoments(out, bins * count)
    const where = {
      first: 0,
      tiles,
      from: delays - count,
      count,
      binOf: argumentsAt,
      out,
      largest: store === 'int16' ? 0 : store === 'uint16' ? 65535 : 255,
      isOpen,
      windows: at,
      scratch: scratchAt,
    }
    const held = { values: stagingAt, holes: stagingAt + 8 * elements }
    const credits = open === 'none' ? null : { ring: placeOf(shape, store), end, heads: open === 'heads' }
    if (open === 'none') new Uint8Array(memory.buffer, isOpen, count).fill(0)
    kernels.moments(place, where, credits, held)
    const moments = new Float64Array(memory.buffer, out, bins * count * momentsWidth)
    const records = moments.slice()
    kernels.closeMoments(out, bins * count)
    return [...records, ...moments.subarray(0, bins * count * closedMomentsWidth)]
  }

  /** {position, place}, ever further behind `end`: single ticks at first, then ever longer steps, once around the ring. */
  function windowsRandom(count: number, span: number, end: number, next: () => number): number[] {
    let back = 0
    return Array.from({ length: count }, (_, i) => {
      back = Math.min(back + (i < 40 ? Math.floor(2 * next()) : Math.floor(60 * next() ** 3)), span - 1)
      if (i === count - 1) back = span - 1
      return [(end - back + span) % span, (i * (count % 7 === 0 ? 5 : 7)) % count]
    }).flat()
  }

  /** IF of open delays is 0 while heads are not subtracted. */
  function clearOpen(sums: Float64Array | Int32Array, delays: number, from: number): void {
    sums.forEach((_, i) => {
      const d = (Math.floor(i / 16) % delays) - from
      if (d >= 0 && d % 3 !== 2) sums[i] = 0
    })
  }
})

const conversions: [DType, RowDType, number, number][] = [
  ['uint8', 'uint8', 0, 255],
  ['uint16', 'uint8', 0, 255],
  ['int16', 'uint8', 0, 255],
  ['int8', 'uint8', 0, 127],
  ['float32', 'uint8', 0, 255],
  ['uint8', 'uint16', 0, 255],
  ['uint16', 'uint16', 0, 65535],
  ['int16', 'uint16', 0, 32767],
  ['int8', 'int16', -128, 127],
  ['int16', 'int16', -32768, 32767],
  ['uint16', 'int16', 0, 32767],
  ['uint8', 'float32', 0, 255],
  ['float64', 'float64', -9, 9],
]

describe.each(conversions)('toRing from %s to %s', (source, store, low, high) => {
  it.each([
    ['events in a row', (e: number) => e],
    ['gaps and a wrap', (e: number) => 150 + e + 3 * Math.floor(e / 23)],
  ])('%s', (_, tick) => {
    for (const [elements, events, first] of [
      [1, 1, 0],
      [16, 16, 5],
      [37, 70, 40],
      [133, 64, 0],
      [9, 100, 0],
    ]) {
      const after = ['reference', 'wasm'].map((name) => toRingRandom(name, elements, events, (e) => tick(e) + first))
      expect(after[1]).toEqual(after[0])
    }
  })

  function toRingRandom(name: string, elements: number, events: number, tick: (e: number) => number) {
    const { kernels, memory } = openMemory(name)
    const next = random(elements + events)
    const staged = viewOf(source, memory.buffer, stagingAt, elements * events)
    for (let i = 0; i < staged.length; i++) staged[i] = low + Math.floor((high - low + 1) * next())
    const ring = placeOf({ elements, span: 192, mirror: 48, length: 0, delays: 0, gaps: 0 }, store)
    new Int32Array(memory.buffer, argumentsAt, events).set(Array.from({ length: events }, (_, e) => tick(e) % 192))
    const totals = { values: sumsAt, holes: sumsAt + 8 * elements }
    kernels.toRing(dtypeCode(source), stagingAt, elements, events, argumentsAt, ring, totals)
    const bytes = (elements + 1) * ring.rowLength * bytesOf(store)
    return [
      new Float64Array(memory.buffer, sumsAt, 2 * elements).slice(),
      new Uint8Array(memory.buffer, ringAt, bytes).slice(),
    ]
  }
})

describe('sums of cells', () => {
  it.each(['one cell', 'runs', 'disorder', 'none'] as const)('%s', (kind) => {
    for (const [elements, delays, first] of [
      [16, 1, 0],
      [37, 5, 0],
      [160, 9, 2],
      [1000, 31, 1],
    ]) {
      for (const narrow of [false, true]) {
        const shape = { elements, delays, first, narrow }
        const [wanted, got] = ['reference', 'wasm'].map((name) => cellsRandom(name, kind, shape))
        expect(wanted.some((sum) => sum !== 0)).toBe(kind !== 'none')
        expect(got).toEqual(wanted)
      }
    }
  })

  function cellsRandom(
    name: string,
    kind: string,
    { elements, delays, first, narrow }: { elements: number; delays: number; first: number; narrow: boolean },
  ): Float64Array {
    const { kernels, memory } = openMemory(name)
    const next = random(elements)
    const tiles = Math.ceil(elements / 16)
    const Sums = narrow ? Int32Array : Float64Array
    const all = new Sums(memory.buffer, sumsAt, 16 * (first + tiles) * delays)
    // Delay after delay: the largest whose sum fits int32, one more, small ones below 0 too, and all that int32 holds.
    const limits = narrow
      ? [() => 2 ** 27 - 1, () => 2 ** 27, () => 2 ** 7 * (next() - 0.2), () => 2 ** 31 * next()]
      : [() => 1e12 * next()]
    for (let i = 0; i < all.length; i++) all[i] = Math.floor(limits[(i >> 4) % limits.length]())
    const cells = new Int32Array(memory.buffer, argumentsAt, 16 * tiles).fill(-1)
    for (let e = 0; e < elements; e++) {
      if (kind === 'one cell') cells[e] = 0
      else if (kind === 'runs') cells[e] = e % 90 === 89 ? -1 : Math.floor(e / 21) % 7
      else if (kind === 'disorder') cells[e] = Math.floor(9 * next()) - 1
    }
    const out = new Float64Array(memory.buffer, stagingAt, 9 * delays)
    out.fill(kind === 'none' ? 0 : 3)
    const sums = { delays, narrow, G2: sumsAt, fixed: 0, moving: 0, lost: 0 }
    kernels.addCells(sums, { first, tiles, cellOf: argumentsAt, out: stagingAt })
    return out.slice()
  }
})
