// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Exposures in WebAssembly against the plain ones: types x sizes x holes x forms x cuts of the run. */
import { describe, expect, it } from 'vitest'
import { ExposureClock } from '../../src/correlators/visibility/exposureClock.js'
import type { ValueBlock } from '../../src/kernels/contract.js'
import {
  ExposureKernel,
  type ExposureOptions,
  type ExposureSums,
  type ExposureTick,
} from '../../src/kernels/exposures.js'
import { ReferenceExposures } from '../../src/kernels/exposuresReference.js'
import { allocate, type DType } from '../../src/units.js'
import { random } from '../correlators/pairSumsOracle.js'

interface Movie {
  readonly elements: number
  readonly events: number
  readonly dtype: DType
  readonly largest: number
  /** Part of the values that are none. */
  readonly holes?: number
}

const movieOf = ({ elements, events, dtype, largest, holes = 0 }: Movie, seed: number): ValueBlock => {
  const next = random(seed)
  const data = allocate(dtype, events * elements)
  const start = new Uint32Array(events + 1)
  const none: number[] = []
  for (let e = 0; e < events; e++) {
    for (let i = 0; i < elements; i++) {
      const isHole = next() < holes
      const counts = next() < 0.3 ? 0 : Math.floor(next() ** 3 * (largest + 1))
      if (isHole && !dtype.startsWith('float')) none.push(i)
      data[e * elements + i] = isHole ? (dtype.startsWith('float') ? Number.NaN : 0) : counts
    }
    start[e + 1] = none.length
  }
  const dense = { kind: 'dense', events, elements, dtype, data } as const
  return none.length === 0 ? dense : { ...dense, holes: { start, element: Uint32Array.from(none) } }
}

/** The same as photon events. */
function asEvents(block: ValueBlock): ValueBlock {
  if (block.kind === 'events') return block
  const found: [number, number, number][] = []
  for (let i = 0; i < block.elements; i++)
    for (let e = 0; e < block.events; e++) {
      const value = block.data[e * block.elements + i]
      if (value > 0) found.push([e, i, value])
    }
  const { events, elements, dtype, holes } = block
  const event = Uint16Array.from(found, ([e]) => e)
  const element = Uint32Array.from(found, ([, i]) => i)
  const value = Uint16Array.from(found, ([, , v]) => v)
  return { kind: 'events', events, elements, dtype, event, element, value, ...(holes === undefined ? {} : { holes }) }
}

const optionsOf = (elements: number, more: Partial<ExposureOptions> = {}): ExposureOptions => ({
  elements,
  levels: 4,
  stretch: 16,
  kMax: 5,
  limit: Number.POSITIVE_INFINITY,
  color: Int32Array.from({ length: elements }, (_, i) => (i % 70 < 7 ? -1 : i % 3)),
  colors: 3,
  cell: Int32Array.from({ length: elements }, (_, i) => (i % 70 < 7 ? -1 : Math.floor(i / 40) % 5)),
  cells: 5,
  ...more,
})

/** Ticks without the `missing` ones, `piece` at a time. */
function follow(
  sums: ExposureSums,
  block: ValueBlock,
  options: ExposureOptions,
  missing: ReadonlySet<number>,
  piece: number,
): boolean {
  const { levels, stretch } = options
  const clock = new ExposureClock({ levels, stretch, every: 1, trains: null })
  let good = true
  let [ticks, number]: [ExposureTick[], number] = [[], 0]
  const close = (): void => {
    if (ticks.length > 0) good = sums.add(ticks) && good
    ticks = []
  }
  for (let position = 0; position < block.events; position++) {
    if (missing.has(position)) continue
    const taken = clock.take(position)
    if (taken === null) continue
    if (taken.stretch !== number || ticks.length === piece) close()
    number = taken.stretch
    ticks.push({ block, position, complete: taken.complete })
  }
  close()
  return good
}

const all = (sums: ExposureSums, { levels }: ExposureOptions) =>
  Array.from({ length: levels }, (_, level) => {
    const totals = sums.totals(level)
    const cells = Array.from({ length: totals.length / 4 }, (_, c) => totals.subarray(4 * c, 4 * c + 4))
    return [cells.map(([n, k, high, low]) => [n, k, high * 2 ** 26 + low]), [...sums.histogram(level)]]
  })

const types: readonly [DType, number][] = [
  ['uint8', 255],
  ['int8', 127],
  ['uint16', 65535],
  ['int16', 32767],
  ['uint32', 70_000],
  ['int32', 70_000],
  ['float32', 300],
  ['float64', 9],
]

describe.each(types)('%s up to %i', (dtype, largest) => {
  it.each([
    [1, 0],
    [7, 0.1],
    [1024, 0],
    [2051, 0.01],
  ])('%i elements, %f holes: as the plain sums, however the run is cut', (elements, holes) => {
    const block = movieOf({ elements, events: 70, dtype, largest, holes }, elements)
    const options = optionsOf(elements, { limit: dtype === 'uint8' ? 250 : 1e9 })
    const missing = new Set([5, 40, 41, 63])
    const plain = new ReferenceExposures(options)
    expect(follow(plain, block, options, missing, 16)).toBe(true)
    const expected = all(plain, options)
    const forms = dtype.startsWith('float') || largest > 65535 ? [block] : [block, asEvents(block)]
    for (const form of forms)
      for (const piece of [1, 3, 16]) {
        const fast = new ExposureKernel(options)
        expect(follow(fast, form, options, missing, piece)).toBe(true)
        expect(all(fast, options)).toEqual(expected)
      }
  })
})

it('counts by hand: two elements, one exposure of each kind more than the other', () => {
  // Element 0: 1 0 2 1 | 3, element 1: 0 0 0 9 | 0; tick 2 is the first half of nothing, for tick 3 is a hole of element 1.
  const data = Uint8Array.of(1, 0, 0, 0, 2, 0, 1, 0, 3, 0)
  const holes = { start: Uint32Array.of(0, 0, 0, 0, 1, 1), element: Uint32Array.of(1) }
  const block = { kind: 'dense', events: 5, elements: 2, dtype: 'uint8', data, holes } as const
  const options = optionsOf(2, {
    levels: 3,
    stretch: 4,
    kMax: 2,
    color: Int32Array.of(0, 1),
    colors: 2,
    cell: Int32Array.of(0, 1),
    cells: 2,
  })
  for (const sums of [new ReferenceExposures(options), new ExposureKernel(options)]) {
    expect(follow(sums, block, options, new Set(), 4)).toBe(true)
    expect(all(sums, options)).toEqual([
      [
        [
          [5, 7, 8],
          [4, 0, 0],
        ],
        [0, 2, 1, 1, 0, 0, 0, 0],
      ],
      [
        [
          [2, 4, 6],
          [1, 0, 0],
        ],
        [0, 1, 0, 1, 0, 0, 0, 0],
      ],
      [
        [
          [1, 4, 12],
          [0, 0, 0],
        ],
        [0, 0, 0, 1, 0, 0, 0, 0],
      ],
    ])
  }
})

it('elements that left take part no longer', () => {
  const block = movieOf({ elements: 9, events: 32, dtype: 'uint8', largest: 5 }, 3)
  const options = optionsOf(9)
  const [plain, fast] = [new ReferenceExposures(options), new ExposureKernel(options)]
  for (const sums of [plain, fast]) {
    follow(sums, block, options, new Set(), 16)
    sums.remove(Uint8Array.of(0, 1, 0, 0, 1, 0, 0, 0, 0))
    follow(sums, block, options, new Set(), 16)
  }
  expect(all(fast, options)).toEqual(all(plain, options))
})

it.each([
  ['int16', -1],
  ['int8', -128],
  ['int32', -1],
  ['uint32', 2 ** 20],
  ['float32', 0.5],
  ['float64', -3],
  ['float64', -1e30],
] as const)('%s: %f is no photon count', (dtype, value) => {
  const block = movieOf({ elements: 9, events: 3, dtype, largest: 2 }, 1)
  if (block.kind === 'dense') block.data[12] = value
  for (const sums of [new ReferenceExposures(optionsOf(9)), new ExposureKernel(optionsOf(9))])
    expect(follow(sums, block, optionsOf(9), new Set(), 16)).toBe(false)
})

describe('the clock', () => {
  const taken = (counters: readonly number[], more = {}) => {
    const clock = new ExposureClock({ levels: 3, stretch: 4, every: 2, trains: null, ...more })
    return [
      counters.map((counter) => clock.take(counter)).map((tick) => tick && [tick.stretch, tick.complete]),
      [...clock.counts],
    ]
  }
  it('begins with the first event and takes every other stretch', () =>
    expect(taken([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])).toEqual([
      [[0, 0], [0, 1], [0, 0], [0, 2], null, null, null, null, [2, 0], [2, 1]],
      [6, 3, 1],
    ]))
  it('a missing tick costs the exposures it is in, a late one is not looked at', () =>
    expect(taken([0, 2, 3, 3, 1, 8, 9, 10, 11])).toEqual([
      [[0, 0], [0, 0], [0, 1], null, null, [2, 0], [2, 1], [2, 0], [2, 2]],
      [7, 3, 1],
    ]))
  it('every other train, from its first pulse on', () =>
    expect(
      taken([1000, 1001, 1004, 1005, 2000, 2001, 3000, 3001, 3002, 3003], { trains: { period: 1000, pulses: 6 } }),
    ).toEqual([
      [[0, 0], [0, 1], [1, 0], [1, 1], null, null, [4, 0], [4, 1], [4, 0], [4, 2]],
      [8, 4, 1],
    ]))
})
