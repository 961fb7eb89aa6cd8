// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Row sums by vectors against the plain loop: types x lengths x layouts of columns x extremes. */
import { describe, expect, it } from 'vitest'
import { addRow, RowSums } from '../../src/kernels/rowSums.js'
import { allocate, type DType } from '../../src/units.js'
import { random } from '../correlators/pairSumsOracle.js'

const columns = 5
const layouts: Record<string, (i: number, next: () => number) => number> = {
  'one column': () => 3,
  'no column': () => -1,
  'runs of seven': (i) => (Math.floor(i / 7) % (columns + 1)) - 1,
  'a column per element': (i) => i % columns,
  'at random': (_, next) => Math.floor(next() * (columns + 1)) - 1,
}
const extremes: [DType, number, number][] = [
  ['uint8', 0, 255],
  ['int8', -128, 127],
  ['uint16', 0, 65535],
  ['int16', -32768, 32767],
  ['uint32', 0, 2 ** 32 - 1],
  ['float64', -1, 1],
]

describe.each(Object.entries(layouts))('%s', (_, columnOf) => {
  it.each(extremes)('%s: sums are those of the plain loop', (dtype, low, high) => {
    for (const elements of [0, 1, 7, 8, 61, 4099, 65536, 131077]) {
      const next = random(elements + high)
      const labels = Int32Array.from({ length: elements }, (_, i) => columnOf(i, next))
      const rows = new RowSums(labels, columns)
      const [sums, wanted] = [new Float64Array(columns).fill(2), new Float64Array(columns).fill(2)]
      for (const value of [() => high, () => low, () => Math.floor(low + next() * (high - low + 1))]) {
        const row = allocate(dtype, elements)
        for (let i = 0; i < elements; i++) row[i] = value()
        rows.add(row, dtype, sums)
        addRow(labels, row, 0, elements, wanted)
      }
      expect(sums, `${elements} elements`).toEqual(wanted)
    }
  })
})

it('values that are not finite add nothing', () => {
  const sums = new Float64Array(1)
  new RowSums(new Int32Array(4), 1).add(Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 2), 'float32', sums)
  expect([...sums]).toEqual([3])
})
