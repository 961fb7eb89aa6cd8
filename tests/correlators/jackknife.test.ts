// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Curves without a block, by the plain definitions over whole arrays with that block taken out. */
import { describe, expect, it } from 'vitest'
import { alternativeSums } from '../../src/correlators/alternative.js'
import { plainCurves } from '../../src/correlators/alternativeCurves.js'
import { type CellSums, cellsByColor, jackknifeCovariance, replicates } from '../../src/correlators/jackknife.js'
import { labelSumsWidth } from '../../src/correlators/reductions.js'
import type { NormalizationName } from '../../src/correlators/resultGroup.js'

const elements = 60
const blocks = 5
const delays = Float64Array.of(1, 3)
const color = Int32Array.from({ length: elements }, (_, i) => 1 + (i % 2))
/** Fine color 1 belongs to both colors. */
const fine = Int32Array.from({ length: elements }, (_, i) => (i % 5 === 0 ? 1 : 2 + color[i]))
const block = Int32Array.from({ length: elements }, (_, i) => Math.floor((i * blocks) / elements))
const rows = Array.from({ length: 20 }, (_, t) =>
  Float64Array.from({ length: elements }, (_, i) => ((t * 31 + i * 17 + i * t * t) % 11) + 0.5),
)
const times = rows.map((_, counter) => ({ sec: 0, nsec: 0, fiducials: 0, counter }))
const sums = alternativeSums(times, rows, delays, 0, new Uint8Array(elements))

/** One cell per element. */
function cells(normalization: NormalizationName): CellSums {
  const values = new Float64Array(elements * delays.length * labelSumsWidth)
  for (let i = 0; i < elements; i++) {
    for (let d = 0; d < delays.length; d++) {
      const of = (name: 'G2' | 'IP' | 'IF'): number => sums.arrays[name][d * elements + i]
      values.set([of('G2'), of('IP'), of('IF'), sums.counts[d]], (i * delays.length + d) * labelSumsWidth)
    }
  }
  const group = (i: number): number =>
    normalization === 'ring' ? color[i] : normalization === 'static' ? 100 * color[i] + fine[i] : fine[i]
  return { delays: delays.length, color, fine: color.map((_, i) => group(i)), block, values }
}

/** Searched for one color. */
function cellsOfColor({ color, fine }: CellSums, row: number) {
  const all = Array.from(color.keys())
  const members = all.filter((cell) => color[cell] === row)
  const groups = new Set(members.map((cell) => fine[cell]))
  return { members, others: all.filter((cell) => color[cell] !== row && groups.has(fine[cell])) }
}

const pairsOf = (data: readonly Float64Array[]) => alternativeSums(times, data, delays, 0, new Uint8Array(1))

/** g2 of color 1 by the definition; the elements of `left` in color 1 are taken as saturated. */
function plain(normalization: NormalizationName, left: number, d: number): number {
  const gone = Uint8Array.from(color, (own, i) => (own === 1 && block[i] === left ? 1 : 0))
  const labels = { delays, normalization, frameNorm: 'none', color, fine }
  return plainCurves(labels, sums, gone, { pairsOf, data: rows, monitor: [] }).g2[d]
}

describe('replicates', () => {
  it.each(['ring', 'static', 'finecolor'] as const)('%s: the definition without each block', (normalization) => {
    const own = cells(normalization)
    for (let d = 0; d < delays.length; d++) {
      const found = replicates(own, cellsOfColor(own, 1), { normalization, weights: 'bin' }, blocks, d)
      for (let b = 0; b <= blocks; b++) expect(found[b]).toBeCloseTo(plain(normalization, b, d), 12)
      expect(new Set(found).size).toBe(blocks + 1)
    }
  })

  it.each(['ring', 'static', 'finecolor'] as const)(
    '%s: cells of all colors at once are those of each',
    (normalization) => {
      const own = cells(normalization)
      const found = cellsByColor(own)
      expect([...found.keys()].sort()).toEqual([1, 2])
      for (const [row, ofColor] of found) expect(ofColor).toEqual(cellsOfColor(own, row))
      expect(found.get(1)?.others.length).toBe(normalization === 'finecolor' ? 6 : 0)
    },
  )

  it('weights of static bins: by elements is what equal bins have, by photons is another mean', () => {
    const own = cells('static')
    const at = (weights: 'bin' | 'pixel' | 'photon'): number =>
      replicates(own, cellsOfColor(own, 1), { normalization: 'static', weights }, blocks, 0)[blocks]
    expect(at('pixel')).not.toBe(at('bin'))
    expect(at('photon')).not.toBe(at('pixel'))
  })
})

describe('covariance', () => {
  it('of means is that of the mean: for a plain mean the jackknife gives the standard error', () => {
    const x = [3, 1, 4, 1, 5, 9, 2, 6]
    const total = x.reduce((a, b) => a + b)
    const mean = total / 8
    const without = Float64Array.from(x, (value) => (total - value) / 7)
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7 / 8
    expect(jackknifeCovariance(without, without)).toBeCloseTo(variance, 12)
    expect(
      jackknifeCovariance(
        without,
        without.map((value) => -2 * value),
      ),
    ).toBeCloseTo(-2 * variance, 12)
  })

  it('leaves out what is undefined; of fewer than two it is NaN', () => {
    expect(jackknifeCovariance(Float64Array.of(1, NaN, 2), Float64Array.of(3, 4, 5))).toBeCloseTo(0.5 * 1, 12)
    expect(jackknifeCovariance(Float64Array.of(1, NaN), Float64Array.of(1, 2))).toBeNaN()
  })
})
