// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Every color cut into compact parts of equally many elements, for a jackknife: neighbours belong together, because a speckle covers them.
 * The detector is divided into square cells, the cells are put in the order of a Hilbert curve (D. Hilbert, Math. Ann. 38, 459, 1891), which
 * leaves no part of the plane before it has seen all of it, and the elements of a color in that order are cut into `blocks` runs.
 */
import { sizeOf } from '../units.js'

/** Cells of the detector, at most. */
const cellsMost = 2 ** 18
/** Cells that a block of the smallest color should have. */
const cellsPerBlock = 16

/** Last two axes of the detector; further axes are panels. A detector of one axis is one row. */
interface Geometry {
  readonly panels: number
  readonly rows: number
  readonly columns: number
}

/**
 * The block (0..blocks-1) of every element with a color > 0, else -1. `elements`: detector indices, ascending; `color` per element.
 * A color of fewer elements than `blocks` gets one block per element.
 */
export function spatialBlocks(
  shape: readonly number[],
  elements: Uint32Array,
  color: Int32Array,
  blocks: number,
): Int32Array {
  const counts = countsOf(color)
  const geometry = geometryOf(shape)
  const edge = cellEdge(geometry, smallest(counts), blocks)
  const runs = runsOf(elements, color, geometry, edge)
  const seen = new Int32Array(counts.length)
  const atCell = new Int32Array(counts.length)
  const cellBefore = new Int32Array(counts.length).fill(-1)
  const out = new Int32Array(elements.length).fill(-1)
  const order = sortedBy(ranks(geometry, edge), runs.cell)
  for (let k = 0; k < order.length; k++) {
    const run = order[k]
    const [from, to] = [runs.start[run], runs.start[run + 1]]
    const label = color[from]
    if (label <= 0) continue
    if (runs.cell[run] !== cellBefore[label]) {
      cellBefore[label] = runs.cell[run]
      atCell[label] = seen[label]
    }
    out.fill(Math.floor((atCell[label] * Math.min(blocks, counts[label])) / counts[label]), from, to)
    seen[label] += to - from
  }
  return out
}

/** Elements of every color. */
function countsOf(color: Int32Array): Int32Array {
  let most = 0
  for (let i = 0; i < color.length; i++) if (color[i] > most) most = color[i]
  const counts = new Int32Array(most + 1)
  for (let i = 0; i < color.length; i++) counts[Math.max(0, color[i])]++
  return counts
}

/** Neighbours of one cell and one color: run k has the elements [start[k], start[k + 1]). */
interface CellRuns {
  readonly start: Int32Array
  readonly cell: Uint32Array
}

function runsOf(elements: Uint32Array, color: Int32Array, geometry: Geometry, edge: number): CellRuns {
  const start: number[] = []
  const cell: number[] = []
  for (let i = 0; i < elements.length; ) {
    const end = elements[i] + edge - ((elements[i] % geometry.columns) % edge)
    const rowEnd = Math.min(end, elements[i] - (elements[i] % geometry.columns) + geometry.columns)
    start.push(i)
    cell.push(cellOf(elements[i], geometry, edge))
    const label = color[i++]
    while (i < elements.length && elements[i] < rowEnd && color[i] === label) i++
  }
  start.push(elements.length)
  return { start: Int32Array.from(start), cell: Uint32Array.from(cell) }
}

function geometryOf(shape: readonly number[]): Geometry {
  const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape.slice(-2)
  return { panels: sizeOf(shape) / (rows * columns), rows, columns }
}

function smallest(counts: Int32Array): number {
  return counts.reduce((least, count, label) => (label > 0 && count > 0 ? Math.min(least, count) : least), 2 ** 31)
}

/** A power of two. */
function cellEdge({ panels, rows, columns }: Geometry, elements: number, blocks: number): number {
  const cells = (edge: number): number => panels * Math.ceil(rows / edge) * Math.ceil(columns / edge)
  let edge = 1
  while (cells(edge) > cellsMost || elements / (4 * edge * edge) >= cellsPerBlock * blocks) edge *= 2
  return edge
}

function cellOf(pixel: number, { rows, columns }: Geometry, edge: number): number {
  const line = Math.floor(pixel / columns)
  const panel = Math.floor(line / rows)
  const [down, across] = [Math.ceil(rows / edge), Math.ceil(columns / edge)]
  return (panel * down + Math.floor((line % rows) / edge)) * across + Math.floor((pixel % columns) / edge)
}

/** Place of every cell along the curve, panel by panel. */
function ranks({ panels, rows, columns }: Geometry, edge: number): Uint32Array {
  const [down, across] = [Math.ceil(rows / edge), Math.ceil(columns / edge)]
  const size = 2 ** Math.ceil(Math.log2(Math.max(down, across)))
  const along = Float64Array.from({ length: down * across }, (_, cell) => {
    return hilbert(size, cell % across, Math.floor(cell / across)) * down * across + cell
  }).sort()
  const rank = new Uint32Array(panels * along.length)
  along.forEach((key, place) => {
    const cell = key % along.length
    for (let panel = 0; panel < panels; panel++) rank[panel * along.length + cell] = panel * along.length + place
  })
  return rank
}

/** Distance along the Hilbert curve of a square of `size` (a power of two) to (x, y). */
function hilbert(size: number, x: number, y: number): number {
  let distance = 0
  for (let half = size / 2; half >= 1; half /= 2) {
    const right = x >= half ? 1 : 0
    const up = y >= half ? 1 : 0
    distance += half * half * ((3 * right) ^ up)
    if (right === 1) x -= half
    if (up === 1) y -= half
    if (up === 1) continue
    if (right === 1) [x, y] = [half - 1 - x, half - 1 - y]
    ;[x, y] = [y, x]
  }
  return distance
}

/** Numbers of runs by the rank of their cell, those of one cell in their own order. */
function sortedBy(rank: Uint32Array, cell: Uint32Array): Uint32Array {
  const start = new Uint32Array(rank.length + 1)
  for (let i = 0; i < cell.length; i++) start[rank[cell[i]] + 1]++
  for (let i = 0; i < rank.length; i++) start[i + 1] += start[i]
  const order = new Uint32Array(cell.length)
  for (let i = 0; i < cell.length; i++) order[start[rank[cell[i]]]++] = i
  return order
}
