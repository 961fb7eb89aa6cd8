// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Row sums by vectors against the plain loop: types x lengths x layouts of columns x extremes. */
import { describe, expect, it } from 'vitest'
import { addRow, RowSums, rowsAtOnce } from '../../src/kernels/rowSums.js'
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
      const kinds = [() => high, () => low, () => Math.floor(low + next() * (high - low + 1))]
      for (const [count, value] of [rowsAtOnce, 1, 3].map((rows, k) => [rows, kinds[k]] as const)) {
        const data = allocate(dtype, 2 + count * elements)
        for (let i = 0; i < data.length; i++) data[i] = value()
        const sums = new Float64Array(count * columns).fill(2)
        const wanted = sums.slice()
        rows.add(data, 2, count, dtype, sums)
        for (let row = 0; row < count; row++) {
          const values = data.subarray(2 + row * elements, 2 + (row + 1) * elements)
          addRow(labels, values, 0, elements, wanted.subarray(row * columns, (row + 1) * columns))
        }
        expect(sums, `${elements} elements x ${count}`).toEqual(wanted)
      }
    }
  })
})

it('values that are not finite add nothing', () => {
  const sums = new Float64Array(1)
  new RowSums(new Int32Array(4), 1).add(
    Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 2),
    0,
    1,
    'float32',
    sums,
  )
  expect([...sums]).toEqual([3])
})
