// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Neighbouring elements mostly have the same label: sums over elements go run by run, in element order. */

/** Run k is the elements from `ends[k - 1]` (0 for the first) to `ends[k]`, all of row `rows[k]`; -1 = none. */
export interface LabelRuns {
  readonly ends: Int32Array
  readonly rows: Int32Array
}

/** `rowOf` [elements], -1 = none. */
export function labelRuns(rowOf: Int32Array): LabelRuns {
  const [ends, rows]: [number[], number[]] = [[], []]
  for (let i = 1; i <= rowOf.length; i++) {
    if (i < rowOf.length && rowOf[i] === rowOf[i - 1]) continue
    ends.push(i)
    rows.push(rowOf[i - 1])
  }
  return { ends: Int32Array.from(ends), rows: Int32Array.from(rows) }
}

/** Sums of `values` [elements] and how many were added, per row; NaN is left out. */
export function sumsOfRuns(
  { ends, rows }: LabelRuns,
  values: Float64Array,
  count: number,
): { sums: Float64Array; elements: Float64Array } {
  const [sums, elements] = [new Float64Array(count), new Float64Array(count)]
  let from = 0
  for (let k = 0; k < ends.length; k++) {
    const [row, to] = [rows[k], ends[k]]
    if (row >= 0) {
      let [sum, n] = [sums[row], elements[row]]
      for (let i = from; i < to; i++) {
        const value = values[i]
        if (Number.isNaN(value)) continue
        sum += value
        n++
      }
      sums[row] = sum
      elements[row] = n
    }
    from = to
  }
  return { sums, elements }
}
