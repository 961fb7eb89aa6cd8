// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { integralWidth, SpatialCorrelation } from '../../src/correlators/spatialCorrelation.js'
import { openSource } from '../../src/formats/index.js'
import { random } from './pairSumsOracle.js'

const edge = 60
const image = { rows: edge, columns: edge, panels: 1, color: new Int32Array(edge * edge), colors: 1 }

async function frames(speckle: number, mean: number, events = 120): Promise<Float64Array[]> {
  const movie = { shape: [edge, edge], events, mean, contrast: 0.5, decay: 0.05, speckle, seed: 4 }
  const source = await openSource({ format: 'synthetic', path: '', ...movie })
  const block = await source.read(Int32Array.from({ length: events }, (_, i) => i))
  if (block.kind !== 'dense') throw new Error('dense frames expected')
  const size = edge * edge
  return Array.from({ length: events }, (_, e) => Float64Array.from(block.data.subarray(e * size, (e + 1) * size)))
}

function sizeOfMovie(movie: Float64Array[], of = image) {
  const spatial = new SpatialCorrelation(of)
  for (let e = 0; e + 1 < movie.length; e += 2) spatial.add(movie[e], movie[e + 1])
  return spatial
}

describe('speckle size', () => {
  it.each([1, 2, 3, 5])('squares of %i pixels', async (speckle) => {
    const { rows, columns } = sizeOfMovie(await frames(speckle, 2)).size(null)
    expect(Math.abs(rows / speckle - 1)).toBeLessThan(0.12)
    expect(Math.abs(columns / speckle - 1)).toBeLessThan(0.12)
  })

  it('has no shot noise, not even without a shift, and no slope of the intensity', async () => {
    const movie = await frames(2, 0.5)
    const tilted = movie.map((frame) => frame.map((value, i) => value * (1 + (i % edge) / edge)))
    const plain = sizeOfMovie(movie).correlation(1, null)
    expect(Math.abs(plain[0] / 0.2375 - 1)).toBeLessThan(0.2)
    expect(Math.abs(plain[1] / plain[0] - 0.5)).toBeLessThan(0.1)
    expect(Math.abs(sizeOfMovie(tilted).size(null).columns - 2)).toBeLessThan(0.3)
  })

  it('is NaN where speckles are not seen, for one color and for all', async () => {
    const halves = Int32Array.from({ length: edge * edge }, (_, i) => (i < (edge * edge) / 2 ? 0 : 1))
    const movie = (await frames(3, 2)).map((frame, e) =>
      frame.map((value, i) => (halves[i] === 0 ? value : (e * 7 + i * 13) % 5)),
    )
    const spatial = sizeOfMovie(movie, { ...image, color: halves, colors: 2 })
    expect(Math.abs(spatial.size(0).rows - 3)).toBeLessThan(0.5)
    const none = sizeOfMovie(await frames(3, 0.002, 20))
    expect(none.size(null).rows).toBeNaN()
  })

  it('takes all pairs of pixels of one color, and no others', () => {
    const [rows, columns] = [7, 40]
    const next = random(3)
    const color = Int32Array.from({ length: 2 * rows * columns }, () => Math.floor(3 * next()) - 1)
    const [a, b] = [0, 1].map(() => Float64Array.from(color, () => Math.floor(9 * next())))
    const spatial = new SpatialCorrelation({ rows, columns, panels: 2, color, colors: 2 })
    spatial.add(a, b)
    for (const [axis, step] of [columns, 1].entries()) {
      for (const own of [0, 1]) {
        const wanted = Array.from({ length: 5 }, (_, shift) => {
          const pairs = [...color.keys()].filter((p) => {
            const left = axis === 0 ? rows - (Math.floor(p / columns) % rows) : columns - (p % columns)
            return left > shift && color[p] === own && color[p + shift * step] === own
          })
          const sum = (of: (p: number) => number): number => pairs.reduce((total, p) => total + of(p), 0)
          const later = (p: number): number => b[p + shift * step]
          return (pairs.length * sum((p) => a[p] * later(p))) / (sum((p) => a[p]) * sum(later)) - 1
        })
        const got = spatial.correlation(axis as 0 | 1, own)
        for (const [shift, value] of wanted.entries()) expect(got[shift]).toBeCloseTo(value, 12)
      }
    }
  })

  it('counts a hole as no pixel', async () => {
    const movie = await frames(2, 2)
    for (const frame of movie) frame.fill(Number.NaN, 0, 3 * edge)
    expect(Math.abs(sizeOfMovie(movie).size(null).rows - 2)).toBeLessThan(0.3)
  })
})

it('width: 1 for a peak of one pixel, 3 for a triangle over three, 1 for a single line of pixels', () => {
  const flat = Float64Array.from({ length: 17 }, (_, s) => 1e-4 * (s % 3))
  expect(integralWidth(flat.map((v, s) => (s === 0 ? 0.3 : v)))).toBe(1)
  expect(integralWidth(flat.map((v, s) => v + 0.3 * Math.max(0, 1 - s / 3)))).toBeCloseTo(3, 2)
  expect(integralWidth(flat.map((_, s) => (s === 0 ? 0.3 : Number.NaN)))).toBe(1)
  expect(integralWidth(flat)).toBeNaN()
})
