// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The multi-tau kernels against their reference, value by value: schemes x elements x types x cuts x gaps, photons, holes, extremes. */
import { describe, expect, it } from 'vitest'
import type { MultiTauScheme } from '../../src/correlators/multiTau/delays.js'
import { loadMultiTau } from '../../src/kernels/loadMultiTau.js'
import { stretchTicks } from '../../src/kernels/multiTauKernels.js'
import { allocate, type DType } from '../../src/units.js'
import { random } from '../correlators/pairSumsOracle.js'
import { Bed, type Ticks } from './multiTauBed.js'

type Next = () => number
type Value = (next: Next) => number

const full = stretchTicks
/** Ticks of stretches, one after the other: full ones, which may be compact where no sample waits, and others. */
const cuts = {
  'full stretches': [full, full, full],
  'odd cuts': [1, 2, 3, 37, 511, 7],
  'cuts at even ticks': [full, 488, 24, 4, 508, 8, 6, 2, 496],
  'full and odd in turn': [full, 13, full - 13, full, 1, full - 1, full],
}
const values: Record<string, [DType, Value]> = {
  'no counts': ['uint8', () => 0],
  'rare photons': ['uint8', (next) => (next() < 0.02 ? 1 + Math.floor(2 * next()) : 0)],
  'mean 2': ['uint8', (next) => Math.floor(5 * next())],
  'rare large counts': ['uint8', (next) => (next() < 0.02 ? 1 + Math.floor(255 * next()) : 0)],
  'all 5, the most as bytes at two levels without relaxed SIMD': ['uint8', () => 5],
  'all 11, the most as bytes at one': ['uint8', () => 11],
  'all 12': ['uint8', () => 12],
  'all 31, the most as bytes at two levels with relaxed SIMD': ['uint8', () => 31],
  'all 63, the most as bytes at one': ['uint8', () => 63],
  'all 255': ['uint8', () => 255],
  'int8 extremes': ['int8', (next) => (next() < 0.5 ? -128 : 127)],
  'uint16 small': ['uint16', (next) => Math.floor(300 * next())],
  'uint16 extremes': ['uint16', (next) => (next() < 0.5 ? 65535 : 0)],
  'int16 extremes': ['int16', (next) => (next() < 0.5 ? -32768 : 32767)],
  uint32: ['uint32', (next) => Math.floor(2 ** 20 * next())],
  int32: ['int32', (next) => Math.floor(2 ** 20 * (next() - 0.5))],
  float32: ['float32', (next) => Math.fround(next())],
  float64: ['float64', (next) => next() - 0.5],
}
const schemes: MultiTauScheme[] = [{ delaysPerLevel: 1 }, { delaysPerLevel: 4 }, { numBufs: 8 }, { delaysPerLevel: 13 }]

function ticksOf(count: number, elements: number, gaps: number, value: Value, next: Next): Ticks {
  const presence = Float64Array.from({ length: count }, () => (next() < gaps ? 0 : 1))
  const row = (there: number) => Array.from({ length: elements }, () => (there > 0 ? value(next) : 0))
  return { presence, values: Array.from(presence, row) }
}

/** The same stretches by all: with relaxed SIMD where there is any, without, and the reference. What they keep must agree. */
function compare(
  scheme: MultiTauScheme,
  elements: number,
  stretches: readonly Ticks[],
  fold: (bed: Bed, ticks: Ticks) => void,
  ...kind: [integers?: boolean, stateBytes?: number]
): Bed {
  const total = stretches.reduce((sum, ticks) => sum + ticks.presence.length, 0)
  const [slow, fast, plain] = ['reference', 'wasm', 'dense'].map((name) => {
    const bed = new Bed(loadMultiTau(name), scheme, elements, total, ...kind)
    for (const ticks of stretches) fold(bed, ticks)
    return bed
  })
  expect(fast.kept()).toEqual(slow.kept())
  expect(plain.kept()).toEqual(slow.kept())
  return fast
}

/** Shards of integers, with both forms of their state. */
function kindOf(dtype: DType, elements: number): [integers: boolean, stateBytes: number] {
  if (dtype.startsWith('float')) return [false, 8]
  return [true, dtype.endsWith('32') || elements === 16 ? 8 : 4]
}

describe.each(schemes)('%j', (scheme) => {
  describe.each(Object.entries(values))('%s', (_, [dtype, value]) => {
    it.each(Object.entries(cuts))('%s: sums and state are those of the reference', (_, lengths) => {
      for (const [elements, gaps] of [
        [1, 0],
        [16, 0.1],
        [19, 0],
      ]) {
        const next = random(elements + lengths.length)
        const stretches = lengths.map((count) => ticksOf(count, elements, gaps, value, next))
        const fold = (bed: Bed, ticks: Ticks) => bed.foldDense(ticks, dtype)
        compare(scheme, elements, stretches, fold, ...kindOf(dtype, elements))
      }
    })
  })

  it('takes photons in blocks of any length, none at all, and very many', () => {
    for (const [probability, largest] of [
      [0, 0],
      [0.003, 1],
      [0.05, 3],
      [0.9, 4095],
    ]) {
      for (const blockEvents of [512, 100, 1]) {
        const next = random(blockEvents)
        const value: Value = () => (next() < probability ? 1 + Math.floor(largest * next()) : 0)
        const stretches = [full, full, 31, full - 31, 40, 472, full].map((count) =>
          ticksOf(count, 17, blockEvents === 100 ? 0.05 : 0, value, next),
        )
        compare(scheme, 17, stretches, (bed, ticks) => bed.foldPhotons(ticks, blockEvents), true, 4)
      }
    }
  })

  it('keeps n of every element once there are holes', () => {
    for (const holes of [0.01, 0.5, 1]) {
      const next = random(3)
      const value: Value = () => (next() < holes ? Number.NaN : Math.floor(9 * next()))
      const before = ticksOf(41, 18, 0.1, () => Math.floor(9 * next()), next)
      const stretches = [before, ...[full, 3, 100].map((count) => ticksOf(count, 18, 0.1, value, next))]
      const bed = compare(scheme, 18, stretches, (own, ticks) => own.foldDense(ticks, 'float32'))
      expect(bed.kept().lost.some((lost) => lost > 0)).toBe(true)
    }
  })
})

it.each([false, true])(
  'changes between dense values, photons and types without a trace, integers alone: %s',
  (integers) => {
    const next = random(8)
    const stretches = Array.from({ length: 12 }, () => ticksOf(full, 33, 0, () => Math.floor(3 * next()), next))
    const kinds = ['uint8', 'photons', 'int32', 'uint8', integers ? 'int8' : 'float32', 'photons', 'uint16'] as const
    compare(
      { delaysPerLevel: 4 },
      33,
      stretches,
      (bed, ticks) => {
        const kind = kinds[stretches.indexOf(ticks) % kinds.length]
        if (kind === 'photons') bed.foldPhotons(ticks, 128)
        else bed.foldDense(ticks, kind)
      },
      integers,
    )
  },
)

const types: [DType, number, number][] = [
  ['uint8', 0, 255],
  ['int8', -128, 127],
  ['uint16', 0, 65535],
  ['int16', -32768, 32767],
  ['uint32', 0, 2 ** 32 - 1],
  ['int32', -(2 ** 31), 2 ** 31 - 1],
]

it.each(types)('%s: the largest value is found wherever it lies', (dtype, low, high) => {
  const [fast, slow] = ['wasm', 'reference'].map((name) => new Bed(loadMultiTau(name), { delaysPerLevel: 4 }, 16, 20))
  for (const length of [0, 1, 7, 8, 9, 33, 100]) {
    for (let at = 0; at < length; at++) {
      for (const extreme of [low, high]) {
        const array = allocate(dtype, length).fill(1)
        array[at] = extreme
        expect(fast.largest(array, dtype)).toBe(slow.largest(array, dtype))
      }
    }
  }
})

it('staging says the largest value, also where uint16 does not fit uint8, and whether a float is not finite', () => {
  const next = random(5)
  const cases: [DType, DType, Value][] = [
    ['uint16', 'uint8', () => Math.floor(256 * next())],
    ['uint16', 'uint8', () => Math.floor(300 * next())],
    ['float32', 'float32', () => (next() < 0.001 ? Number.NaN : 1)],
    ['float64', 'float64', () => (next() < 0.001 ? Number.POSITIVE_INFINITY : 1)],
  ]
  for (const [from, to, value] of cases) {
    const [fast, slow] = ['wasm', 'reference'].map((name) => new Bed(loadMultiTau(name), { numBufs: 8 }, 35, 64))
    for (const count of [1, 8, 61]) {
      const ticks = ticksOf(count, 35, 0, value, next)
      expect(fast.stage(ticks, from, to)).toBe(slow.stage(ticks, from, to))
    }
  }
})
