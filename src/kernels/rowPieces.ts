// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Cuts rows of labelled elements into pieces of vectors with one column each, as `assembly/rowSums.ts` reads them. */

const lanes = 8
/** Kind of a piece of whole vectors: this plus their number. */
const wholeVectors = 81

export interface ChunkPlan {
  readonly elements: number
  /** Two words per piece: first vector | kind << 16, column. */
  readonly pieces: Uint32Array
  /** Columns that occur. */
  readonly columns: Uint32Array
}

/** Plans of the chunks of a row. */
export function planRow(columnOf: Int32Array, chunkElements: number): ChunkPlan[] {
  const plans: ChunkPlan[] = []
  for (let from = 0; from < columnOf.length; from += chunkElements) {
    plans.push(planChunk(columnOf.subarray(from, from + chunkElements)))
  }
  return plans
}

function planChunk(columnOf: Int32Array): ChunkPlan {
  const pieces: number[] = []
  const columns = new Set<number>()
  for (let from = 0, to = 0; from < columnOf.length; from = to) {
    const column = columnOf[from]
    for (to = from + 1; to < columnOf.length && columnOf[to] === column; ) to++
    if (column < 0) continue
    columns.add(column)
    cutRun(from, to, column, pieces)
  }
  return { elements: columnOf.length, pieces: Uint32Array.from(pieces), columns: Uint32Array.from(columns) }
}

/** The run [from, to): part of a vector, whole vectors, part of a vector. */
function cutRun(from: number, to: number, column: number, pieces: number[]): void {
  while (from < to) {
    const vector = Math.floor(from / lanes)
    const begin = from % lanes
    const whole = begin === 0 ? Math.floor((to - from) / lanes) : 0
    const end = Math.min(lanes, begin + to - from)
    pieces.push(vector | ((whole > 0 ? wholeVectors + whole : begin * 9 + end) << 16), column)
    from += whole > 0 ? whole * lanes : end - begin
  }
}
