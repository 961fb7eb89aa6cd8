// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The WebAssembly calibration equals the plain steps bit for bit, and both an independent float64 calculation. */
import { describe, expect, it } from 'vitest'
import { CalibrationKernel, type CalibrationOptions, type ResultType } from '../../src/kernels/calibration.js'
import {
  commonModes,
  cutLow,
  multiply,
  photonize,
  scale,
  subtract,
  subtractModes,
  type Lines,
  type Photonize,
} from '../../src/kernels/calibrationReference.js'
import { allocate, type DType } from '../../src/units.js'

/** Deterministic numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

const adus = 100
const kinds = ['none', 'row', 'column', 'panel', 'asic'] as const

type Kind = (typeof kinds)[number]

/** Chips are halves of a panel's rows and columns, where these are even. */
function linesOf(kind: Kind, panels: number, rows: number, columns: number): Lines | null {
  if (kind === 'none') return null
  if (kind === 'column') return { kind: 'columns', length: columns, rows, count: panels * columns, joined: 1 }
  const half = (extent: number): number => (extent % 2 === 0 ? extent / 2 : extent)
  const count = (panels * columns * rows) / half(rows)
  if (kind === 'asic') return { kind: 'columns', length: columns, rows: half(rows), count, joined: half(columns) }
  const length = kind === 'row' ? columns : rows * columns
  return { kind: 'lines', length, rows: 1, count: (panels * rows * columns) / length, joined: 1 }
}

/** Photons of 100 units on a pedestal, with noise, a shift per frame, bad pixels; holes where the type has NaN. */
function movie(dtype: DType, frameSize: number, events: number, withHoles: boolean) {
  const next = random(frameSize + events)
  const base = dtype === 'uint8' ? 20 : 900
  const unit = dtype === 'uint8' ? 60 : adus
  const pedestal = Float32Array.from({ length: frameSize }, () => base + 10 * next())
  const gain = Float32Array.from({ length: frameSize }, () => 0.9 + 0.2 * next())
  const background = Float32Array.from({ length: frameSize }, () => 5 * next())
  const data = allocate(dtype, events * frameSize)
  for (let e = 0; e < events; e++) {
    const shift = 20 * (next() - 0.5)
    for (let p = 0; p < frameSize; p++) {
      const photons = Math.floor(-Math.log(1 - next() * 0.99))
      const noise = 12 * (next() + next() + next() - 1.5)
      data[e * frameSize + p] = pedestal[p] + shift + noise + photons * unit
    }
  }
  for (let p = 3; p < frameSize; p += 37) pedestal[p] = Number.NaN
  if (withHoles) data.fill(Number.NaN, 7, 9)
  return { data, pedestal, gain, background }
}

/** All frames by the plain steps. */
function bySteps(options: CalibrationOptions, data: ArrayLike<number>, events: number) {
  const { frameSize, pedestal, background, gain, commonMode, lld } = options
  const frames: Float32Array[] = []
  const found = { changed: 0, leftAlone: 0 }
  for (let e = 0; e < events; e++) {
    const frame = Float32Array.from({ length: frameSize }, (_, p) => data[e * frameSize + p])
    subtract(frame, pedestal)
    if (commonMode !== null) {
      const modes = new Float32Array(commonMode.lines.count)
      found.leftAlone += commonModes(frame, commonMode, modes)
      subtractModes(frame, commonMode.lines, modes)
    }
    if (background !== null) subtract(frame, background)
    multiply(frame, gain)
    scale(frame, options.scale)
    found.changed += cutLow(frame, lld, options.photonize)
    if (options.photonize !== 'none') found.changed += photonize(frame, options.photonize, lld)
    frames.push(frame)
  }
  return { frames, ...found }
}

const shapes = [
  [1, 1, 5],
  [1, 3, 7],
  [2, 9, 13],
  [3, 16, 32],
  [1, 40, 333],
  [2, 90, 100],
  [1, 3, 9001],
] as const
const results: [Photonize, ResultType, number][] = [
  ['none', 'float32', Number.NEGATIVE_INFINITY],
  ['none', 'float32', 0.3],
  ['round', 'uint8', Number.NEGATIVE_INFINITY],
  ['round', 'uint16', 0.7],
  ['round', 'float32', 0.6],
  ['threshold', 'uint8', 0.5],
  ['threshold', 'uint16', 0.7],
  ['threshold', 'float32', 0.4],
]

describe.each(['uint8', 'uint16', 'int16', 'float32', 'int32', 'float64'] as const)('frames of %s', (dtype) => {
  it.each(shapes)('of %i panels of %i x %i equal the plain steps', (panels, rows, columns) => {
    const frameSize = panels * rows * columns
    const events = frameSize > 5000 ? 2 : 5
    const { data, pedestal, gain, background } = movie(dtype, frameSize, events, dtype.startsWith('float'))
    for (const kind of kinds) {
      for (const [mode, type, lld] of results) {
        const lines = linesOf(kind, panels, rows, columns)
        const options: CalibrationOptions = {
          frameSize,
          pedestal,
          gain,
          background: kind === 'row' ? background : null,
          commonMode: lines === null ? null : { lines, limit: 50 },
          scale: 1 / adus,
          photonize: mode,
          lld,
        }
        const kernel = new CalibrationKernel(options)
        kernel.run(data, dtype, 1, type)
        const got = kernel.run(data, dtype, events, type)
        const own = bySteps(options, data, events)
        const expected = allocate(type, events * frameSize)
        own.frames.forEach((frame, e) => {
          expected.set(frame, e * frameSize)
        })
        const what = `${kind} ${mode} ${type}`
        expect(
          got.data.findIndex((value, i) => !Object.is(value, expected[i])),
          what,
        ).toBe(-1)
        expect([got.changed, got.leftAlone], what).toEqual([own.changed, own.leftAlone])
        const all = own.frames.flatMap((frame) => Array.from(frame))
        expect(got.holes, what).toBe(all.filter(Number.isNaN).length)
        expect(got.largest, what).toBe(all.reduce((most, value) => (value > most ? value : most), 0))
      }
    }
  })
})

describe('against float64 arithmetic', () => {
  const [rows, columns, events] = [24, 50, 6]
  const frameSize = rows * columns
  const { data, pedestal, gain, background } = movie('uint16', frameSize, events, false)

  const chipOf = (p: number): number =>
    2 * Math.floor(p / columns / (rows / 2)) + Math.floor((p % columns) / (columns / 2))

  /** The same without the kernel's steps: plain numbers, one expression. */
  function independent(mode: Kind): Float64Array {
    return Float64Array.from({ length: frameSize * events }, (_, k) => {
      const [e, p] = [Math.floor(k / frameSize), k % frameSize]
      const same = (q: number): boolean =>
        mode === 'panel' ||
        (mode === 'row' && Math.floor(q / columns) === Math.floor(p / columns)) ||
        (mode === 'column' && q % columns === p % columns) ||
        (mode === 'asic' && chipOf(q) === chipOf(p))
      const net = Array.from({ length: frameSize }, (_, q) => q)
        .filter(same)
        .map((q) => data[e * frameSize + q] - pedestal[q])
      let common = 0
      for (let round = 0; round < 2; round++) {
        const near = net.filter((value) => Math.abs(value - common) < 50)
        common = near.length < 10 ? 0 : near.reduce((sum, value) => sum + value, 0) / near.length
      }
      return ((data[k] - pedestal[p] - common - background[p]) * gain[p]) / adus
    })
  }

  /** Values below 2^12 have float32 steps of 2^-12 and five roundings: at most 5 * 2^-13 raw units, 1.1 / 100 photons each. */
  const tolerance = (5 * 2 ** -13 * 1.1) / adus

  it.each(kinds)('common mode %s', (mode) => {
    const lines = linesOf(mode, 1, rows, columns)
    const commonMode = lines === null ? null : { lines, limit: 50 }
    const base = { frameSize, pedestal, gain, background, commonMode, scale: 1 / adus, lld: Number.NEGATIVE_INFINITY }
    const floats = new CalibrationKernel({ ...base, photonize: 'none' }).run(data, 'uint16', events, 'float32')
    const counts = new CalibrationKernel({ ...base, photonize: 'round' }).run(data, 'uint16', events, 'uint8')
    const truth = independent(mode)
    let compared = 0
    for (let k = 0; k < truth.length; k++) {
      if (Number.isNaN(truth[k])) continue
      expect(Math.abs(floats.data[k] - truth[k])).toBeLessThan(tolerance)
      const halfway = Math.abs(truth[k] - Math.floor(truth[k]) - 0.5)
      if (halfway < tolerance) continue
      expect(counts.data[k]).toBe(Math.max(0, Math.round(truth[k])))
      compared++
    }
    expect(compared).toBeGreaterThan(0.95 * truth.length)
    expect(counts.largest).toBeGreaterThan(2)
  })
})
