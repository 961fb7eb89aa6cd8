// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { spatialBlocks } from '../../src/correlators/spatialBlocks.js'
import { sizeOf } from '../../src/units.js'

interface Found {
  readonly counts: number[]
  /** Mean edge of the boxes around the blocks, over that of a square of their area. */
  readonly spread: number
}

function blocksOfColor(shape: readonly number[], color: Int32Array, block: Int32Array, label: number): Found {
  const columns = shape[shape.length - 1]
  const boxes = new Map<number, { n: number; rows: Set<number>; columns: Set<number> }>()
  color.forEach((own, i) => {
    if (own !== label) return
    const box = boxes.get(block[i]) ?? { n: 0, rows: new Set(), columns: new Set() }
    boxes.set(block[i], {
      n: box.n + 1,
      rows: box.rows.add(Math.floor(i / columns)),
      columns: box.columns.add(i % columns),
    })
  })
  const all = [...boxes.values()]
  const edges = all.map(({ n, rows, columns: across }) => (rows.size + across.size) / 2 / Math.sqrt(n))
  expect([...boxes.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: boxes.size }, (_, b) => b))
  return { counts: all.map(({ n }) => n), spread: edges.reduce((a, b) => a + b, 0) / edges.length }
}

const everything = (shape: readonly number[]): Uint32Array => Uint32Array.from({ length: sizeOf(shape) }, (_, i) => i)

describe('spatial blocks', () => {
  const shape = [128, 160]
  const radius = (i: number): number => Math.hypot(Math.floor(i / 160) - 64, (i % 160) - 70)
  const rings = Int32Array.from(everything(shape), (i) =>
    radius(i) < 20 ? 1 : radius(i) < 50 ? 2 : radius(i) < 62 ? 7 : 0,
  )

  it.each([1, 2, 7])('color %i: equally many elements each, close together', (label) => {
    const block = spatialBlocks(shape, everything(shape), rings, 32)
    const { counts, spread } = blocksOfColor(shape, rings, block, label)
    expect(counts).toHaveLength(32)
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.3)
    expect(spread).toBeLessThan(2)
  })

  it('what has no color has no block', () => {
    const block = spatialBlocks(shape, everything(shape), rings, 32)
    expect(block.every((own, i) => own >= 0 === rings[i] > 0)).toBe(true)
  })

  it('panels, a line, and a mask with holes', () => {
    for (const other of [[3, 16, 16], [900], [1, 640]]) {
      const elements = everything(other).filter((i) => i % 7 !== 3)
      const block = spatialBlocks(other, elements, new Int32Array(elements.length).fill(4), 8)
      const first = Array.from({ length: 8 }, (_, b) => block.indexOf(b))
      const counts = first.map((_, b) => block.filter((own) => own === b).length)
      expect(Math.min(...first)).toBe(0)
      expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.5)
    }
  })

  it('a color of few elements has a block for each', () => {
    const color = Int32Array.from({ length: 400 }, (_, i) => (i < 5 ? 2 : 1))
    const block = spatialBlocks([20, 20], everything([20, 20]), color, 32)
    expect([...block.subarray(0, 5)].sort()).toEqual([0, 1, 2, 3, 4])
  })
})
