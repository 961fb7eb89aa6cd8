// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What goes into a ring of bits comes out of it: both kernels against a plain array, through writing, forgetting and widening. */
import { describe, expect, it } from 'vitest'
import { BitRing, bitPlaces } from '../../src/kernels/bitRing.js'
import { loadKernels } from '../../src/kernels/load.js'
import { bitCode, dtypeCode, type PairKernels, type RingPlace, scratchEnd } from '../../src/kernels/pairKernels.js'
import { bytesOf, type DType, viewOf } from '../../src/units.js'
import { random } from '../correlators/pairSumsOracle.js'

const positionsAt = scratchEnd
const totalsAt = positionsAt + 65536
const stagingAt = totalsAt + 65536
const ringAt = stagingAt + 524288
const memoryBytes = ringAt + 2 * 1024 * 1024

const span = 416
const mirror = 64
const rowLength = 576

function open(name: string, elements: number) {
  const memory = new WebAssembly.Memory({ initial: memoryBytes / 65536, maximum: 65536 })
  const place: RingPlace = { store: bitCode, at: ringAt, rowLength, elements, span, mirror }
  const bits = new BitRing(memory.buffer, place)
  bits.chunks = Math.floor((memoryBytes - bitPlaces(place).chunks) / 32)
  return { memory, place, bits, kernels: loadKernels(name).open(memory) }
}

type Opened = ReturnType<typeof open>

/** The ring as it should be: one array per element, its mirror behind it. */
class Plain {
  readonly rows: number[][]
  readonly totals: number[]
  readonly elements: number

  constructor(elements: number) {
    this.elements = elements
    this.rows = Array.from({ length: elements }, () => new Array(rowLength).fill(0))
    this.totals = new Array(elements).fill(0)
  }

  put(element: number, position: number, value: number): void {
    this.rows[element][position] = value
    if (position < mirror) this.rows[element][position + span] = value
    this.totals[element] += value
  }

  zero(from: number, to: number): void {
    for (const row of this.rows) row.fill(0, from, to)
  }
}

const counts = {
  'zeros and ones': (next: () => number) => (next() < 0.1 ? 1 : 0),
  'a few above one': (next: () => number) => (next() < 0.1 ? 1 + Math.floor(1.3 * next()) : 0),
  'up to the type': (next: () => number) => Math.floor(127.99 * next()),
}

function write(opened: Opened, plain: Plain, dtype: DType, ticks: number[], value: (next: () => number) => number) {
  const { memory, kernels, place } = opened
  const { elements } = plain
  const next = random(ticks.length + elements)
  const staged = viewOf(dtype, memory.buffer, stagingAt, elements * ticks.length)
  ticks.forEach((tick, event) => {
    for (let element = 0; element < elements; element++) {
      staged[event * elements + element] = value(next)
      plain.put(element, tick % span, staged[event * elements + element])
    }
  })
  new Int32Array(memory.buffer, positionsAt, ticks.length).set(ticks.map((tick) => tick % span))
  const above = Array.from(staged).filter((one) => one > 1).length
  expect(kernels.countAboveOne(dtypeCode(dtype), stagingAt, staged.length)).toBe(above)
  const totals = { values: totalsAt, holes: totalsAt + 8 * elements }
  kernels.toRing(dtypeCode(dtype), stagingAt, elements, ticks.length, positionsAt, place, totals)
}

function expectSame({ memory, bits }: Opened, plain: Plain): void {
  for (let element = 0; element < plain.elements; element++) {
    expect(Array.from(bits.row(element))).toEqual(plain.rows[element])
  }
  expect([...new Float64Array(memory.buffer, totalsAt, plain.elements)]).toEqual(plain.totals)
}

function forget(
  { kernels, place }: { kernels: PairKernels; place: RingPlace },
  plain: Plain,
  from: number,
  to: number,
) {
  kernels.zeroRing(place, from, to - from)
  plain.zero(from, to)
}

describe.each(['reference', 'wasm'])('%s kernel', (name) => {
  describe.each(Object.keys(counts) as (keyof typeof counts)[])('%s', (kind) => {
    const value = counts[kind]

    it.each(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] satisfies DType[])(
      'from %s',
      (dtype) => {
        for (const [elements, first] of [
          [1, 0],
          [16, 8],
          [33, 5],
          [48, 0],
        ]) {
          const opened = open(name, elements)
          const plain = new Plain(elements)
          const events = Math.min(200, Math.floor(524288 / bytesOf(dtype) / elements))
          write(
            opened,
            plain,
            dtype,
            Array.from({ length: events }, (_, e) => first + e),
            value,
          )
          const gaps = Array.from({ length: 40 }, (_, e) => first + events + e + 3 * Math.floor(e / 7))
          write(opened, plain, dtype, gaps, value)
          expectSame(opened, plain)
        }
      },
    )

    it('takes pieces of whole bytes in any order', () => {
      const opened = open(name, 32)
      const plain = new Plain(32)
      for (const [from, to] of [
        [24, 48],
        [0, 24],
        [mirror + 8, mirror + 64],
        [48, mirror + 8],
        [span - 40, span],
      ]) {
        const ticks = Array.from({ length: to - from }, (_, e) => from + e)
        write(opened, plain, 'uint8', ticks, value)
        expectSame(opened, plain)
      }
    })

    it('forgets, and writes again where it forgot', () => {
      const opened = open(name, 19)
      const plain = new Plain(19)
      for (let round = 0; round < 9; round++) {
        const first = 130 * round
        const ticks = Array.from({ length: 130 }, (_, e) => first + e)
        write(opened, plain, 'uint8', ticks, value)
        expectSame(opened, plain)
        const { room } = opened.bits
        for (const from of [first - 130, first - 260].filter((tick) => tick >= 0)) {
          const start = from % span
          const straight = Math.min(130, span - start)
          for (const [at, length] of [
            [start, straight],
            [0, 130 - straight],
          ]) {
            if (length === 0) continue
            forget(opened, plain, at, at + length)
            const mirrored = Math.min(at + length, mirror) - at
            if (mirrored > 0) forget(opened, plain, span + at, span + at + mirrored)
          }
        }
        expect(opened.bits.room).toBeGreaterThanOrEqual(room)
        expectSame(opened, plain)
      }
    })

    it('takes photon events', () => {
      const opened = open(name, 21)
      const { memory, kernels, place } = opened
      const plain = new Plain(21)
      const next = random(5)
      const [event, element, photons]: number[][] = [[], [], []]
      for (let e = 0; e < 21; e++) {
        for (let tick = 0; tick < 90; tick++) {
          const count = value(next)
          if (count === 0) continue
          event.push(tick)
          element.push(100 + e)
          photons.push(count)
          if (tick % 5 !== 0) plain.put(e, (390 + tick) % span, count)
        }
      }
      const ticks = Int32Array.from({ length: 90 }, (_, tick) => (tick % 5 === 0 ? -1 : (390 + tick) % span))
      new Int32Array(memory.buffer, positionsAt, 90).set(ticks)
      const [elementAt, eventAt, valueAt] = [stagingAt, stagingAt + 65536, stagingAt + 131072]
      new Uint32Array(memory.buffer, elementAt, element.length).set(element)
      new Uint16Array(memory.buffer, eventAt, event.length).set(event)
      new Uint16Array(memory.buffer, valueAt, photons.length).set(photons)
      const totals = { values: totalsAt, holes: totalsAt + 8 * 21 }
      kernels.eventsToRing(eventAt, elementAt, valueAt, event.length, 100, positionsAt, place, totals)
      expectSame(opened, plain)
    })

    it('becomes uint8', () => {
      const opened = open(name, 5)
      const plain = new Plain(5)
      write(
        opened,
        plain,
        'uint8',
        Array.from({ length: 300 }, (_, e) => 200 + e),
        value,
      )
      opened.kernels.widen(bitCode, dtypeCode('uint8'), ringAt, 5 * rowLength)
      const ones = plain.rows.flat().map((one) => Math.min(one, 1))
      expect([...new Uint8Array(opened.memory.buffer, ringAt, 5 * rowLength)]).toEqual(ones)
    })
  })

  it('gives every chunk back when all is forgotten', () => {
    const opened = open(name, 3)
    const { room } = opened.bits
    for (let round = 0; round < 3; round++) {
      write(
        opened,
        new Plain(3),
        'uint8',
        Array.from({ length: 400 }, (_, e) => e),
        () => 255,
      )
      expect(opened.bits.room).toBeLessThan(room)
      opened.kernels.zeroRing(opened.place, 0, span)
      expect(opened.bits.room).toBe(room)
      expect([...opened.bits.exceptionsOf(2)]).toEqual([])
    }
  })
})
