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

/** G2, IP, IF and pairs. */
type Sums = Float64Array

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

/** Sums of a normalisation group: over everything that normalises it, and over the members, per block (the last: all). */
interface Group {
  readonly all: Sums
  readonly own: readonly Sums[]
}

function groupsOf(cells: CellSums, { members, others }: ColorCells, blocks: number, d: number): readonly Group[] {
  const groups = new Map<number, Group>()
  for (const cell of members) {
    const group = groups.get(cells.fine[cell]) ?? emptyGroup(blocks)
    groups.set(cells.fine[cell], group)
    const values = sumsOf(cells, cell, d)
    for (const sums of [group.own[cells.block[cell]], group.own[blocks], group.all]) add(sums, values)
  }
  for (const cell of others) add((groups.get(cells.fine[cell]) as Group).all, sumsOf(cells, cell, d))
  return [...groups.values()]
}

function emptyGroup(blocks: number): Group {
  const zeros = (): Sums => new Float64Array(labelSumsWidth)
  return { all: zeros(), own: Array.from({ length: blocks + 1 }, zeros) }
}

function sumsOf({ values, delays }: CellSums, cell: number, d: number): Sums {
  const at = (cell * delays + d) * labelSumsWidth
  return values.subarray(at, at + labelSumsWidth)
}

function add(sums: Sums, values: Sums): void {
  for (let k = 0; k < labelSumsWidth; k++) sums[k] += values[k]
}

/** g2 of the groups of a color without block `b`. */
function g2Without(groups: readonly Group[], { normalization, weights }: Definition, b: number): number {
  let [sum, weight] = [0, 0]
  for (const { all, own } of groups) {
    const blocks = own.length - 1
    const left = (k: number): number => own[blocks][k] - (b < blocks ? own[b][k] : 0)
    const norm = (k: number): number => all[k] - (b < blocks ? own[b][k] : 0)
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
