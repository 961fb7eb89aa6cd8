// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Sums run by run have the bits of sums element by element. */
import { expect, it } from 'vitest'
import { labelRuns, sumsOfRuns } from '../../src/correlators/labelRuns.js'

const random = (seed: number) => () => {
  seed = (seed * 1103515245 + 12345) % 2 ** 31
  return seed / 2 ** 31
}

it.each([0, 1, 2, 7, 1000])('%i elements', (elements) => {
  const next = random(elements + 1)
  const rows = 5
  let row = -1
  const rowOf = Int32Array.from({ length: elements }, () => {
    if (next() < 0.3) row = Math.floor(next() * (rows + 1)) - 1
    return row
  })
  const values = Float64Array.from({ length: elements }, () => (next() < 0.1 ? Number.NaN : next()))
  const [sums, counts] = [new Float64Array(rows), new Float64Array(rows)]
  for (let i = 0; i < elements; i++) {
    if (rowOf[i] < 0 || Number.isNaN(values[i])) continue
    sums[rowOf[i]] += values[i]
    counts[rowOf[i]]++
  }
  expect(sumsOfRuns(labelRuns(rowOf), values, rows)).toEqual({ sums, elements: counts })
})
