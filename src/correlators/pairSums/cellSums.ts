// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** G2 of whole numbers per cell of elements, from the shards' kernels: some elements at a time, so that their cells fit the staging area. */
import { tileElements } from '../../kernels/pairKernels.js'
import { momentsBytes } from './plan.js'
import type { Shard } from './shard.js'

const elementsAtOnce = 1024
/** Delays that fit for the elements of one tile, each in a cell of its own. */
export const cellDelaysMost = Math.floor((momentsBytes - 4 * elementsAtOnce) / (8 * tileElements))

/** Float64 [columns x delays]; `columnOf` every element, -1 = none. */
export function cellProducts(shards: readonly Shard[], columnOf: Int32Array, columns: number): Float64Array {
  const delays = shards[0]?.delays ?? 0
  const values = new Float64Array(columns * delays)
  const fit = Math.floor(cellDelaysMost / Math.max(1, delays)) * tileElements
  const step = Math.min(elementsAtOnce, Math.max(tileElements, fit))
  for (const shard of shards) {
    for (let element = 0; element < shard.elements; element += step) {
      const own = columnOf.subarray(shard.first + element, shard.first + Math.min(element + step, shard.elements))
      addElements(shard, element, own, values)
    }
  }
  return values
}

/** The elements of a shard from `element` on, whose columns are `columnOf`. */
function addElements(shard: Shard, element: number, columnOf: Int32Array, values: Float64Array): void {
  const { delays, layout } = shard
  const tiles = Math.ceil(columnOf.length / tileElements)
  const columns = number(columnOf, shard.i32(layout.staging, tiles * tileElements))
  const at = layout.staging + 4 * elementsAtOnce
  const sums = shard.f64(at, columns.length * delays).fill(0)
  shard.kernels.addCells(shard.sums(), { first: element / tileElements, tiles, cellOf: layout.staging, out: at })
  columns.forEach((column, k) => {
    for (let d = 0; d < delays; d++) values[column * delays + d] += sums[k * delays + d]
  })
}

/** Number the columns in use from 0 on, to `out`, -1 = none; returns the column of every number. */
function number(columnOf: Int32Array, out: Int32Array): number[] {
  const numbers = new Map<number, number>()
  let [last, own] = [-1, -1]
  out.fill(-1)
  for (let i = 0; i < columnOf.length; i++) {
    if (columnOf[i] !== last) {
      last = columnOf[i]
      own = last < 0 ? -1 : (numbers.get(last) ?? numbers.size)
      if (last >= 0) numbers.set(last, own)
    }
    out[i] = own
  }
  return [...numbers.keys()]
}
