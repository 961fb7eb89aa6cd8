// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Rows of a file in runs, so that scattered events need few reads. */
import { allocate, type DType, type TypedArray } from '../../units.js'

/** Rows `from..to-1` to read; the wanted ones are `indices[first..end-1]`. */
export interface RowRun {
  readonly from: number
  readonly to: number
  readonly first: number
  readonly end: number
}

/**
 * Cut ascending `indices` into runs of consecutive rows. Rows that the file stores together (`rowsPerChunk` > 1, decoded
 * together anyway) are read together even when some between are not wanted.
 */
export function rowRuns(indices: Int32Array, rowsPerChunk = 1): RowRun[] {
  const runs: RowRun[] = []
  let first = 0
  for (let i = 1; i <= indices.length; i++) {
    const last = indices[i - 1] as number
    const next = indices[i]
    const together =
      next !== undefined && (next === last + 1 || Math.floor(next / rowsPerChunk) === Math.floor(last / rowsPerChunk))
    if (together) continue
    runs.push({ from: indices[first] as number, to: last + 1, first, end: i })
    first = i
  }
  return runs
}

/** True when every row of the run is wanted, so that it can be read in place. */
export function isWhole(run: RowRun): boolean {
  return run.to - run.from === run.end - run.first
}

/** Copy the wanted rows of `rows` (the run, read) to their places in `out`. */
export function pickRows(run: RowRun, indices: Int32Array, rows: TypedArray, rowSize: number, out: TypedArray): void {
  for (let i = run.first; i < run.end; i++) {
    const at = ((indices[i] as number) - run.from) * rowSize
    out.set(rows.subarray(at, at + rowSize), i * rowSize)
  }
}

/** An array that is used again while it is large enough. */
export function reusable(dtype: DType): (length: number) => TypedArray {
  let kept = allocate(dtype, 0)
  return (length) => {
    if (kept.length < length) kept = allocate(dtype, length)
    return kept.subarray(0, length)
  }
}
