// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Delete-one jackknife of g2 (B. Efron and C. Stein, Ann. Stat. 9, 586, 1981): with g_b = g2 without block b of B blocks,
 *   cov(g2(d), g2(d')) = (B - 1) / B  sum_b (g_b(d) - <g>) (g_b(d') - <g>).
 * Every g_b is formed from sums over what is left, by the same definition as g2 itself: a ratio of sums, not a mean of ratios.
 */
import type { Weights } from './normalizations.js'
import { labelSumsWidth } from './reductions.js'
import { remembering } from './remembering.js'
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
  return replicator(cells, ofColor, definition, blocks)(d)
}

/** The same for one delay after the other; what it gives is overwritten by the next. */
export function replicator(
  cells: CellSums,
  ofColor: ColorCells,
  definition: Definition,
  blocks: number,
): (d: number) => Float64Array {
  const groups = emptyGroups(groupsOf(ofColor, cells.fine).count, blocks)
  const out = new Float64Array(blocks + 1)
  return (d) => {
    addGroups(groups, cells, ofColor, d)
    for (let b = 0; b <= blocks; b++) out[b] = g2Without(groups, definition, b)
    return out
  }
}

/** Normalisation groups of a color: the group of every member and of every other cell. */
interface Groups {
  readonly count: number
  readonly ofMember: Int32Array
  readonly ofOther: Int32Array
}

/** The same for all delays. */
const groupsOf = remembering(({ members, others }: ColorCells, fine: Int32Array): Groups => {
  const numbers = new Map<number, number>()
  for (const cell of members) if (!numbers.has(fine[cell])) numbers.set(fine[cell], numbers.size)
  const numberOf = (cell: number): number => numbers.get(fine[cell]) as number
  return {
    count: numbers.size,
    ofMember: Int32Array.from(members, numberOf),
    ofOther: Int32Array.from(others, numberOf),
  }
})

/** Sums per group, labelSumsWidth each: over everything that normalises it, and over the members per block (the last: all). */
interface GroupSums {
  readonly count: number
  readonly blocks: number
  /** [groups] */
  readonly all: Float64Array
  /** [groups x (blocks + 1)] */
  readonly own: Float64Array
}

function emptyGroups(count: number, blocks: number): GroupSums {
  const all = new Float64Array(count * labelSumsWidth)
  const own = new Float64Array(count * (blocks + 1) * labelSumsWidth)
  return { count, blocks, all, own }
}

/** Those of delay number `d` into `groups`. */
function addGroups({ blocks, all, own }: GroupSums, cells: CellSums, ofColor: ColorCells, d: number): void {
  const { ofMember, ofOther } = groupsOf(ofColor, cells.fine)
  all.fill(0)
  own.fill(0)
  ofColor.members.forEach((cell, i) => {
    const first = ofMember[i] * (blocks + 1)
    add(own, first + cells.block[cell], cells, cell, d)
    add(own, first + blocks, cells, cell, d)
    add(all, ofMember[i], cells, cell, d)
  })
  ofColor.others.forEach((cell, i) => {
    add(all, ofOther[i], cells, cell, d)
  })
}

/** Sums number `place` += those of a cell. */
function add(sums: Float64Array, place: number, { values, delays }: CellSums, cell: number, d: number): void {
  const from = (cell * delays + d) * labelSumsWidth
  const to = place * labelSumsWidth
  for (let k = 0; k < labelSumsWidth; k++) sums[to + k] += values[from + k]
}

/** g2 of the groups of a color without block `b`; `b` = blocks: with all. */
function g2Without({ count, blocks, all, own }: GroupSums, { normalization, weights }: Definition, b: number): number {
  let [sum, weight] = [0, 0]
  for (let group = 0; group < count; group++) {
    const norm = group * labelSumsWidth
    const total = (group * (blocks + 1) + blocks) * labelSumsWidth
    const at = (group * (blocks + 1) + b) * labelSumsWidth
    const without = b < blocks ? 1 : 0
    const pairs = own[total + 3] - without * own[at + 3]
    const normPairs = all[norm + 3] - without * own[at + 3]
    const past = (all[norm + 1] - without * own[at + 1]) / normPairs
    const future = (all[norm + 2] - without * own[at + 2]) / normPairs
    const ratio = (own[total] - without * own[at]) / pairs / (past * future)
    if (!Number.isFinite(ratio)) continue
    const byPixel = normalization !== 'static' || weights === 'pixel'
    const w = byPixel ? pairs : weights === 'bin' ? 1 : own[total + 1] - without * own[at + 1]
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
