// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every way of the two-time kernels against the reference, bit for bit, over shapes and values that kernels get wrong. */
import { describe, expect, it } from 'vitest'
import { Ages } from '../../src/correlators/twoTime/ages.js'
import { loadMaps, loadTwoTime } from '../../src/kernels/loadTwoTime.js'
import { type MapKernels, referenceMaps } from '../../src/kernels/mapKernels.js'
import {
  blockSize,
  type PhotonStretch,
  type RowDType,
  type RowStretch,
  type Stretch,
  stretchFrames,
  type SumTree,
  type TwoTimeKernels,
} from '../../src/kernels/twoTimeKernels.js'
import { referenceTwoTime } from '../../src/kernels/twoTimeReference.js'
import { allocate, type DType } from '../../src/units.js'

const ways = new Map(['wasm', 'dense', 'relaxed', 'lookup', 'bits'].map((way) => [way, loadTwoTime(way)]))

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

type Value = (next: () => number) => number

/** Name -> type of rows and values; those below are integers of 0 to 65535, so that photons can hold them. */
const rowValues: Record<string, readonly [RowDType, Value]> = {
  nothing: ['uint8', () => 0],
  'a few ones': ['uint8', (next) => (next() < 0.02 ? 1 : 0)],
  'many ones': ['uint8', (next) => (next() < 0.6 ? 1 : 0)],
  'ones and some more': ['uint8', (next) => (next() < 0.2 ? Math.ceil(1.2 * next()) + (next() < 0.1 ? 2 : 0) : 0)],
  'up to 10': ['uint8', (next) => Math.floor(11 * next())],
  'all 11': ['uint8', () => 11],
  'all 127': ['uint8', () => 127],
  'up to 128': ['uint8', (next) => Math.floor(129 * next())],
  'all 255': ['uint8', () => 255],
  'up to 2000': ['int16', (next) => Math.floor(2000 * next())],
  'all 32767': ['int16', () => 32767],
  'up to 65535': ['float32', (next) => Math.floor(65536 * next())],
}
const otherValues: Record<string, readonly [RowDType, Value]> = {
  'int16 with a sign': ['int16', (next) => Math.floor(300 * next()) - 150],
  'int16 extremes': ['int16', (next) => (next() < 0.5 ? -32768 : 32767)],
  'float32 fractions': ['float32', (next) => Math.fround(10 * next() - 2)],
  'float64 fractions': ['float64', (next) => 10 * next() - 2],
  'whole and large': ['float64', (next) => Math.floor(4e6 * next())],
}

/** Frames of past and future, elements, and the range of them. */
const shapes: readonly (readonly [past: number, future: number, elements: number, first: number, end: number])[] = [
  [1, 1, 1, 0, 1],
  [7, 3, 5, 0, 5],
  [6, 9, 70, 3, 68],
  [13, 10, 600, 1, 599],
  [6, 5, 1100, 0, 1100],
  [5, 4, 9, 4, 4],
  [stretchFrames, 5, 17, 0, 17],
]

function rowsOf(
  [dtype, value]: readonly [RowDType, Value],
  frames: number,
  elements: number,
  seed: number,
): RowStretch {
  const next = random(seed)
  const values = allocate(dtype, frames * elements).map(() => value(next))
  const largest = Float64Array.from(values).reduce((most, one) => Math.max(most, Math.abs(one)), 0)
  return { kind: 'rows', frames, elements, dtype, values, largest, whole: values.every(Number.isInteger) }
}

function photonsOf({ frames, elements, values, largest }: RowStretch): PhotonStretch {
  const [start, frame, value] = [[0], [] as number[], [] as number[]]
  for (let e = 0; e < elements; e++) {
    for (let t = 0; t < frames; t++) {
      if (values[t * elements + e] === 0) continue
      frame.push(t)
      value.push(values[t * elements + e])
    }
    start.push(frame.length)
  }
  return {
    kind: 'photons',
    frames,
    elements,
    start: Uint32Array.from(start),
    frame: Uint16Array.from(frame),
    value: Uint16Array.from(value),
    largest,
    exceptions: value.filter((photons) => photons > 1).length,
  }
}

/** The sums that have a meaning. */
function sumsOf(
  kernels: TwoTimeKernels,
  past: Stretch,
  future: Stretch,
  first: number,
  end: number,
  tree?: SumTree,
): Float64Array {
  const sums = new Float64Array(blockSize).fill(Number.NaN)
  kernels.product(sums, past, future, first, end, tree)
  const found: number[] = []
  for (let t1 = 0; t1 < past.frames; t1++) {
    for (let t2 = past === future ? t1 : 0; t2 < future.frames; t2++) found.push(sums[t1 * stretchFrames + t2])
  }
  return Float64Array.from(found)
}

/** Number of the first sum that differs by a bit; -1 = none. */
function firstDifference(found: Float64Array, wanted: Float64Array): number {
  if (found.length !== wanted.length) return found.length
  return found.findIndex((sum, i) => !Object.is(sum, wanted[i]))
}

describe('two-time products', () => {
  for (const [name, kind] of Object.entries({ ...rowValues, ...otherValues })) {
    it(name, () => {
      for (const [s, [past, future, elements, first, end]] of shapes.entries()) {
        const a = rowsOf(kind, past, elements, 2 * s + 1)
        const b = rowsOf(kind, future, elements, 2 * s + 2)
        const forms: [Stretch, Stretch][] = [[a, b]]
        if (name in rowValues) forms.push([photonsOf(a), photonsOf(b)], [a, photonsOf(b)], [photonsOf(a), b])
        const wanted = sumsOf(referenceTwoTime, a, b, first, end)
        const own = sumsOf(referenceTwoTime, a, a, first, end)
        for (const [way, kernels] of ways) {
          for (const [x, y] of forms) {
            const place = `${way} ${x.kind} ${y.kind} ${[past, future, elements, first, end]}`
            expect(firstDifference(sumsOf(kernels, x, y, first, end), wanted), place).toBe(-1)
            expect(firstDifference(sumsOf(kernels, x, x, first, end), own), `${place}, itself`).toBe(-1)
          }
        }
      }
    })
  }

  it('stretches of different types and extremes', () => {
    const kinds = Object.values({ ...rowValues, ...otherValues })
    for (const [i, first] of kinds.entries()) {
      const second = kinds[(i * 7 + 3) % kinds.length]
      const [a, b] = [rowsOf(first, 9, 33, i), rowsOf(second, 6, 33, i + 50)]
      const wanted = sumsOf(referenceTwoTime, a, b, 1, 31)
      for (const [way, kernels] of ways)
        expect(firstDifference(sumsOf(kernels, a, b, 1, 31), wanted), `${way} ${i}`).toBe(-1)
    }
  })

  it('values with fractions are added in the order of the tree', () => {
    const trees: SumTree[] = [
      { elements: [40], merges: [0] },
      { elements: [10, 30], merges: [0, 1] },
      { elements: [1, 2, 3, 4, 30], merges: [0, 1, 0, 1, 2] },
      { elements: [16, 8, 8, 8], merges: [0, 0, 0, 3] },
    ]
    const orders = new Set<string>()
    for (const [i, tree] of trees.entries()) {
      const [a, b] = [30, 21].map((frames, k) => rowsOf(otherValues['float64 fractions'], frames, 45, k))
      const wanted = sumsOf(referenceTwoTime, a, b, 3, 43, tree)
      orders.add(wanted.join())
      for (const [way, kernels] of ways) {
        expect(firstDifference(sumsOf(kernels, a, b, 3, 43, tree), wanted), `${way} ${i}`).toBe(-1)
        const own = sumsOf(referenceTwoTime, a, a, 3, 43, tree)
        expect(firstDifference(sumsOf(kernels, a, a, 3, 43, tree), own), `${way} ${i}, itself`).toBe(-1)
      }
    }
    expect(orders.size, 'the order matters').toBe(trees.length)
  })

  it('sums of many elements stay exact where 32 bits do not hold them', () => {
    const a = rowsOf(rowValues['all 255'], 4, 40_000, 1)
    const b = rowsOf(rowValues['all 32767'], 4, 40_000, 1)
    for (const kernels of ways.values()) {
      expect(new Set(sumsOf(kernels, a, a, 0, 40_000))).toEqual(new Set([40_000 * 255 * 255]))
      expect(new Set(sumsOf(kernels, b, b, 0, 40_000))).toEqual(new Set([40_000 * 32767 * 32767]))
      expect(new Set(sumsOf(kernels, a, b, 0, 40_000))).toEqual(new Set([40_000 * 255 * 32767]))
    }
  })
})

const sources: Record<DType, Value> = {
  uint8: (next) => Math.floor(4 * next() ** 4),
  int8: (next) => Math.floor(200 * next()) - 100,
  uint16: (next) => Math.floor(65536 * next()),
  int16: (next) => Math.floor(65536 * next()) - 32768,
  uint32: (next) => Math.floor(2 ** 32 * next()),
  int32: (next) => Math.floor(2 ** 32 * next()) - 2 ** 31,
  float32: (next) => (next() < 0.1 ? Number.NaN : Math.fround(next() * 9)),
  float64: (next) => (next() < 0.1 ? Number.POSITIVE_INFINITY : next() < 0.2 ? 0 : next()),
}

describe('rows of frames', () => {
  for (const [dtype, value] of Object.entries(sources)) {
    it(`${dtype}: gathered, looked at and given away`, () => {
      for (const [elements, count] of [
        [1, 1],
        [5, 3],
        [100, 64],
        [97, 97],
        [40, 0],
      ]) {
        const next = random(elements + count)
        const data = allocate(dtype as DType, 3 * elements).map(() => value(next))
        const order = Uint32Array.from({ length: count }, (_, k) => (k * 7) % elements)
        const outcome = (kernels: TwoTimeKernels): unknown[] => {
          const row = kernels.row(order, elements)
          row.clear()
          row.add(data, elements)
          const facts = [row.facts()]
          row.add(data, 2 * elements)
          facts.push(row.facts())
          const valid = new Uint8Array(count).fill(1)
          row.takeHoles(valid)
          const values = new Float64Array(count)
          row.give(values)
          row.addRow(values)
          facts.push(row.facts())
          const doubled = new Float64Array(count)
          row.give(doubled)
          return [facts, [...valid], [...values], [...doubled]]
        }
        expect(outcome(loadTwoTime('wasm'))).toEqual(outcome(referenceTwoTime))
      }
    })
  }

  it('gives every type of rows, and what is filled', () => {
    const data = Uint16Array.from({ length: 203 }, (_, i) => (i % 5 === 0 ? (i * 3) % 256 : 0))
    const order = Uint32Array.from({ length: 203 }, (_, k) => 202 - k)
    for (const kernels of [loadTwoTime('wasm'), referenceTwoTime]) {
      const row = kernels.row(order, 203)
      row.clear()
      row.add(data, 0)
      for (const dtype of ['uint8', 'int16', 'float32', 'float64'] as const) {
        const out = allocate(dtype, 203)
        row.give(out)
        expect([...out], dtype).toEqual([...data].reverse())
        row.clear()
        row.addRow(out)
      }
      const [position, value] = [new Uint32Array(203), new Uint16Array(203)]
      const filled = row.giveFilled(position, value)
      const wanted = [...data].reverse().flatMap((one, k) => (one === 0 ? [] : [[k, one]]))
      expect(Array.from({ length: filled }, (_, i) => [position[i], value[i]])).toEqual(wanted)
      expect(row.facts().filled).toBe(filled)
    }
  })
})

describe('blocks of maps', () => {
  /** Frames, windows, then blocks [row, rows, column, columns, offset, stride]. */
  const maps: readonly (readonly [frames: number, windows: number, blocks: readonly (readonly number[])[]])[] = [
    [1, 1, [[0, 1, 0, 1, 0, 1]]],
    [7, 3, [[0, 7, 0, 7, 5, 9]]],
    [
      40,
      3,
      [
        [0, 16, 0, 16, 0, 16],
        [0, 16, 16, 24, 3, 40],
        [16, 24, 16, 24, 7, 31],
      ],
    ],
    [33, 50, [[0, 33, 0, 33, 0, 33]]],
    [
      90,
      2,
      [
        [0, 50, 0, 50, 0, 64],
        [0, 50, 50, 40, 0, 64],
        [50, 40, 50, 40, 2, 64],
      ],
    ],
  ]

  it('are divided and added up as by the reference', () => {
    for (const [frames, windows, blocks] of maps) {
      const outcome = (kernels: MapKernels): number[] => {
        const next = random(frames)
        const value = (): number => (next() < 0.1 ? Number.NaN : next() < 0.2 ? 0 : 9 * next() - 1)
        const means = kernels.array(frames)
        means.set(Float64Array.from({ length: frames }, value))
        const ages = new Ages(frames, windows, kernels)
        const found = blocks.flatMap(([row, rows, column, columns, offset, stride]) => {
          const sums = kernels.array(offset + rows * stride + columns)
          sums.set(sums.map(value))
          const map = kernels.array(rows * columns).fill(5)
          kernels.block({ map, sums, means }, { row, rows, column, columns, offset, stride }, 11, ages.sums)
          return [...map]
        })
        const { products, norms, ownProducts, ownNorms } = ages.sums
        return [found, products, norms, ownProducts, ownNorms].flatMap((array) => [...array])
      }
      const wanted = outcome(referenceMaps)
      const found = outcome(loadMaps(40_000, 'wasm'))
      expect(
        found.findIndex((one, i) => !Object.is(one, wanted[i])),
        `${frames} frames`,
      ).toBe(-1)
      expect(found.length).toBe(wanted.length)
      if (frames > 30) expect(wanted.some(Number.isNaN) && wanted.some((one) => one > 1)).toBe(true)
    }
  })
})
