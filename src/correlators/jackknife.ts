// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Delete-one jackknife of g2 (B. Efron and C. Stein, Ann. Stat. 9, 586, 1981): with g_b = g2 without block b of B blocks,
 *   cov(g2(d), g2(d')) = (B - 1) / B  sum_b (g_b(d) - <g>) (g_b(d') - <g>).
 * Every g_b is formed from sums over what is left, by the same definition as g2 itself: a ratio of sums, not a mean of ratios.
 */
import type { Weights } from './normalizations.js'
import { labelSumsWidth } from './reductions.js'
import type { NormalizationName } from './resultGroup.js'

/**
 * Sums over *cells*: elements of one color, fine color and block. `values` [cells x delays x labelSumsWidth] = G2, IP, IF, pairs;
 * `color` and `fine` name the row of a color and of a normalisation group per cell.
 */
export interface CellSums {
  readonly delays: number
  readonly color: Int32Array
  readonly fine: Int32Array
  readonly block: Int32Array
  readonly values: Float64Array
}

interface Definition {
  readonly normalization: NormalizationName
  readonly weights: Weights
}

/** Cells of a color, and those of other colors that share a fine color with it: they only normalise. */
export interface ColorCells {
  readonly members: readonly number[]
  readonly others: readonly number[]
}

/** By row of the color. */
export function cellsByColor({ color, fine }: Pick<CellSums, 'color' | 'fine'>): Map<number, ColorCells> {
  const [ofColor, ofFine] = [grouped(color), grouped(fine)]
  return new Map(
    Array.from(ofColor, ([row, members]) => {
      const groups = [...new Set(members.map((cell) => fine[cell]))]
      const others = groups.flatMap((group) => (ofFine.get(group) ?? []).filter((cell) => color[cell] !== row))
      return [row, { members, others: others.sort((a, b) => a - b) }]
    }),
  )
}

/** Cells of every row, ascending. */
function grouped(rows: Int32Array): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  rows.forEach((row, cell) => {
    const group = groups.get(row)
    if (group === undefined) groups.set(row, [cell])
    else group.push(cell)
  })
  return groups
}

/** g2 of a color at delay number `d` without each of `blocks` blocks, the last entry with all: [blocks + 1]. */
export function replicates(
  cells: CellSums,
  ofColor: ColorCells,
  definition: Definition,
  blocks: number,
  d: number,
): Float64Array {
  const groups = groupsOf(cells, ofColor, blocks, d)
  return Float64Array.from({ length: blocks + 1 }, (_, b) => g2Without(groups, definition, b))
}

/** Sums of a normalisation group, labelSumsWidth each: over everything that normalises it, and over the members per block (the last: all). */
interface Group {
  readonly all: Float64Array
  readonly own: Float64Array
}

function groupsOf(cells: CellSums, { members, others }: ColorCells, blocks: number, d: number): readonly Group[] {
  const groups = new Map<number, Group>()
  let [last, group] = [Number.NaN, emptyGroup(0)]
  for (const cell of members) {
    if (cells.fine[cell] !== last) {
      last = cells.fine[cell]
      group = groups.get(last) ?? emptyGroup(blocks)
      groups.set(last, group)
    }
    add(group.own, cells.block[cell], cells, cell, d)
    add(group.own, blocks, cells, cell, d)
    add(group.all, 0, cells, cell, d)
  }
  for (const cell of others) add((groups.get(cells.fine[cell]) as Group).all, 0, cells, cell, d)
  return [...groups.values()]
}

function emptyGroup(blocks: number): Group {
  return { all: new Float64Array(labelSumsWidth), own: new Float64Array((blocks + 1) * labelSumsWidth) }
}

/** Sums number `place` += those of a cell. */
function add(sums: Float64Array, place: number, { values, delays }: CellSums, cell: number, d: number): void {
  const from = (cell * delays + d) * labelSumsWidth
  const to = place * labelSumsWidth
  for (let k = 0; k < labelSumsWidth; k++) sums[to + k] += values[from + k]
}

/** g2 of the groups of a color without block `b`. */
function g2Without(groups: readonly Group[], { normalization, weights }: Definition, b: number): number {
  let [sum, weight] = [0, 0]
  for (const { all, own } of groups) {
    const total = own.length - labelSumsWidth
    const at = b * labelSumsWidth
    const left = (k: number): number => own[total + k] - (at < total ? own[at + k] : 0)
    const norm = (k: number): number => all[k] - (at < total ? own[at + k] : 0)
    const ratio = left(0) / left(3) / ((norm(1) / norm(3)) * (norm(2) / norm(3)))
    if (!Number.isFinite(ratio)) continue
    const w = normalization !== 'static' || weights === 'pixel' ? left(3) : weights === 'bin' ? 1 : left(1)
    sum += w * ratio
    weight += w
  }
  return sum / weight
}

/** Covariance of the replicates of two delays, [blocks] each; those that are undefined do not count. NaN for fewer than two. */
export function jackknifeCovariance(a: Float64Array, b: Float64Array): number {
  let [n, meanA, meanB] = [0, 0, 0]
  for (let k = 0; k < a.length; k++) {
    if (Number.isNaN(a[k] + b[k])) continue
    n++
    meanA += a[k]
    meanB += b[k]
  }
  if (n < 2) return Number.NaN
  meanA /= n
  meanB /= n
  let sum = 0
  for (let k = 0; k < a.length; k++) if (!Number.isNaN(a[k] + b[k])) sum += (a[k] - meanA) * (b[k] - meanB)
  return ((n - 1) / n) * sum
}
