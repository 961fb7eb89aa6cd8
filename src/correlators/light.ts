// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Per event the sum of the values of every color: beam intensity against time. Integer sums are exact, so one vector per worker
 * is enough; float sums are added along a fixed binary tree over the tiles of masked elements, so that their bits do not depend
 * on the number of workers: a worker sends the largest whole sub-trees of its share, the viewer adds the rest.
 *
 *   level 2              (0,1,2,3)
 *   level 1        (0,1)          (2,3)
 *   level 0 tiles  0    1        2    3      share of tiles 1..3 -> nodes (0: 1), (1: 2,3)
 */
import type { DenseBlock, EventBlock, StoredEvents, ValueBlock } from '../kernels/contract.js'
import { photonRange } from '../kernels/photonRange.js'
import { addRow, rowsAtOnce, type RowSums } from '../kernels/rowSums.js'

/** One node of the tree; `values` [events x colors]. */
export interface TreeNode {
  readonly level: number
  readonly index: number
  readonly values: Float64Array
}

/** Node number of "all tiles of one worker", used for exact integer sums. */
export const exactLevel = -1

/** What `lightNodes` needs of a share: first tile, tiles, and per element the column of its color (-1 = none). */
export interface LightShare {
  readonly firstTile: number
  readonly tiles: number
  readonly totalTiles: number
  readonly tileSize: number
  readonly columnOf: Int32Array
  readonly columns: number
  /** For `columnOf`. */
  readonly rows: RowSums
}

/** The nodes of one share for the stored events of one order list; `holes` [events x columns] counts the elements without value. */
export function lightNodes(
  share: LightShare,
  events: StoredEvents,
  blocks: readonly ValueBlock[],
  holes: Float64Array | null = null,
): TreeNode[] {
  const size = events.count * share.columns
  if (holes !== null) countListed(share, events, blocks, holes)
  if (blocks.every((block) => !block.dtype.startsWith('float'))) {
    const values = new Float64Array(size)
    const addDense: AddRows = (block, position, rows, sums) =>
      share.rows.add(block.data, position * block.elements, rows, block.dtype, sums)
    addElements(share, events, blocks, addDense, [0, share.columnOf.length], values)
    return [{ level: exactLevel, index: share.firstTile, values }]
  }
  const nodes: TreeNode[] = []
  cover(share, treeHeight(share.totalTiles), 0, (level, index) => {
    nodes.push({ level, index, values: subtree({ share, events, blocks, holes }, level, index, size) })
  })
  return nodes
}

/**
 * Sum of all nodes of all workers, `[events x columns]`. Where holes made floats of the integers of some workers, the others send
 * exact sums beside their trees: all are whole numbers then.
 */
export function addNodes(nodes: readonly TreeNode[], totalTiles: number, size: number): Float64Array {
  const exact = nodes.filter((node) => node.level === exactLevel)
  const places = nodes.filter((node) => node.level !== exactLevel)
  const byPlace = new Map(places.map((node) => [`${node.level}/${node.index}`, node.values]))
  const tree = places.length === 0 ? null : treeSum(byPlace, treeHeight(totalTiles), 0)
  const total = tree ?? new Float64Array(size)
  for (const { values } of exact) addInto(total, values)
  return total
}

/** The largest whole sub-trees of a share, in the order of tiles. */
export function coverNodes(
  share: Pick<LightShare, 'firstTile' | 'tiles' | 'totalTiles'>,
): { level: number; index: number }[] {
  const nodes: { level: number; index: number }[] = []
  cover(share, treeHeight(share.totalTiles), 0, (level, index) => nodes.push({ level, index }))
  return nodes
}

function treeHeight(tiles: number): number {
  return Math.ceil(Math.log2(Math.max(1, tiles)))
}

function treeSum(nodes: ReadonlyMap<string, Float64Array>, level: number, index: number): Float64Array | null {
  const known = nodes.get(`${level}/${index}`)
  if (known !== undefined || level === 0) return known ?? null
  const left = treeSum(nodes, level - 1, 2 * index)
  const right = treeSum(nodes, level - 1, 2 * index + 1)
  if (left === null || right === null) return left ?? right
  addInto(left, right)
  return left
}

/** Visit the largest sub-trees that lie inside the share (tiles beyond the last count as inside). */
function cover(
  share: Pick<LightShare, 'firstTile' | 'tiles' | 'totalTiles'>,
  level: number,
  index: number,
  visit: (level: number, index: number) => void,
): void {
  const first = index << level
  const last = Math.min((index + 1) << level, share.totalTiles)
  const end = share.firstTile + share.tiles
  if (first >= last || last <= share.firstTile || first >= end) return
  if (first >= share.firstTile && last <= end) {
    visit(level, index)
    return
  }
  cover(share, level - 1, 2 * index, visit)
  cover(share, level - 1, 2 * index + 1, visit)
}

/** Holes among integers are listed beside the block. */
function countListed(
  { columnOf, columns }: LightShare,
  { count, block, position }: StoredEvents,
  blocks: readonly ValueBlock[],
  counts: Float64Array,
): void {
  for (let e = 0; e < count; e++) {
    const { holes } = blocks[block[e]]
    if (holes === undefined) continue
    for (let k = holes.start[position[e]]; k < holes.start[position[e] + 1]; k++) {
      const column = columnOf[holes.element[k]]
      if (column >= 0) counts[e * columns + column]++
    }
  }
}

interface Floats {
  readonly share: LightShare
  readonly events: StoredEvents
  readonly blocks: readonly ValueBlock[]
  readonly holes: Float64Array | null
}

function subtree(given: Floats, level: number, index: number, size: number): Float64Array {
  const { share, events, blocks, holes } = given
  if (level > 0) {
    const left = subtree(given, level - 1, 2 * index, size)
    if ((2 * index + 1) << (level - 1) >= share.totalTiles) return left
    addInto(left, subtree(given, level - 1, 2 * index + 1, size))
    return left
  }
  const values = new Float64Array(size)
  const from = (index - share.firstTile) * share.tileSize
  const to = Math.min(from + share.tileSize, share.columnOf.length)
  const { columns } = share
  const addDense: AddRows = ({ data, elements }, position, rows, sums, first) => {
    for (let row = 0; row < rows; row++) {
      const values = data.subarray((position + row) * elements, (position + row + 1) * elements)
      const own = holes?.subarray((first + row) * columns, (first + row + 1) * columns)
      addRow(share.columnOf, values, from, to, sums.subarray(row * columns, (row + 1) * columns), own)
    }
  }
  addElements(share, events, blocks, addDense, [from, to], values)
  return values
}

/** Add dense rows' parts to the sums [rows][columns] of their events, from event `first` of the list on: at most `rowsAtOnce` rows of a block from `position` on. */
type AddRows = (block: DenseBlock, position: number, rows: number, sums: Float64Array, first: number) => void

/** values[event][column] += the elements `from..to` of each stored event. */
function addElements(
  { columnOf, columns }: LightShare,
  events: StoredEvents,
  blocks: readonly ValueBlock[],
  addDense: AddRows,
  [from, to]: readonly [number, number],
  values: Float64Array,
): void {
  const rowsOf = blocks.map((block) => (block.kind === 'events' ? new Int32Array(block.events).fill(-1) : null))
  for (let e = 0, count = 0; e < events.count; e += count) {
    const [b, position] = [events.block[e], events.position[e]]
    const block = blocks[b]
    count = block.kind === 'dense' ? neighbours(events, e, rowsAtOnce) : 1
    if (block.kind === 'dense') addDense(block, position, count, values.subarray(e * columns, (e + count) * columns), e)
    else (rowsOf[b] as Int32Array)[position] = e
  }
  blocks.forEach((block, b) => {
    const rowOf = rowsOf[b]
    if (block.kind !== 'events' || rowOf === null) return
    addPhotons(block, photonRange(block, from, to), rowOf, columnOf, columns, values)
  })
}

/** How many events from `first` on, at most `most`, lie one after the other in a block. */
function neighbours({ count, block, position }: StoredEvents, first: number, most: number): number {
  let e = first + 1
  const end = Math.min(count, first + most)
  while (e < end && block[e] === block[first] && position[e] === position[first] + e - first) e++
  return e - first
}

/** `rowOf`[position in the block] = row of `values`, or -1. */
function addPhotons(
  { element, event, value }: EventBlock,
  [first, end]: readonly [number, number],
  rowOf: Int32Array,
  columnOf: Int32Array,
  columns: number,
  values: Float64Array,
): void {
  for (let k = first; k < end; k++) {
    const row = rowOf[event[k]]
    const column = columnOf[element[k]]
    if (row >= 0 && column >= 0) values[row * columns + column] += value[k]
  }
}

function addInto(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i]
}
