// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** From sums of a block to its part of the two-time map, and on to the lines of constant lag. */
import type { Ages } from './ages.js'
import type { MapBlock } from './maps.js'

/** Set `map` to the part that a block gives; 0 below the diagonal. */
export function normalize(map: Float64Array, block: MapBlock, means: Float64Array, elements: number, ages: Ages): void {
  const { row, rows, column, columns, offset, stride, sums } = block
  const points = { products: new Float64Array(columns), means: new Float64Array(columns) }
  for (let i = 0; i < rows; i++) {
    const t1 = row + i
    const first = Math.max(0, t1 - column)
    map.fill(0, i * columns, i * columns + first)
    if (sums === null) map.fill(Number.NaN, i * columns + first, (i + 1) * columns)
    else {
      normalizeRow(
        map,
        i * columns,
        first,
        columns,
        { ...block, sums },
        offset + i * stride,
        means,
        t1,
        elements,
        points,
      )
      const past = column + first === t1 ? first + 1 : first
      ages.addRow(t1, column + past, columns - past, points.products, points.means, past)
    }
  }
}

/** map[to + j] = C(t1, column + j) for first <= j < columns, and what it is the ratio of; undefined ones 0 in `points`. */
function normalizeRow(
  map: Float64Array,
  to: number,
  first: number,
  columns: number,
  { sums, pairs, column }: MapBlock & { sums: Float64Array },
  at: number,
  means: Float64Array,
  t1: number,
  elements: number,
  points: { products: Float64Array; means: Float64Array },
): void {
  const mean = means[t1] * elements
  for (let j = first; j < columns; j++) {
    const norm = mean * means[column + j]
    const product = pairs === null ? sums[at + j] : (sums[at + j] / pairs[at + j]) * elements
    const value = product / norm
    const defined = !Number.isNaN(value)
    map[to + j] = value
    points.products[j] = defined ? product : 0
    points.means[j] = defined ? norm : 0
  }
}
