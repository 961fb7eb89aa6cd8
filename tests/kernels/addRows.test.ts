// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { addRow, RowAdder } from '../../src/kernels/addRows.js'
import { allocate, type DType } from '../../src/units.js'

const extremes: Partial<Record<DType, readonly number[]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
}

const types: [DType, DType][] = [
  ['uint8', 'uint16'],
  ['int8', 'int16'],
  ['uint16', 'uint32'],
  ['int16', 'int32'],
  ['uint8', 'uint32'],
  ['int8', 'int32'],
  ['uint32', 'float64'],
  ['float32', 'float64'],
]

describe.each(types)('rows of %s into %s', (from, to) => {
  const adder = new RowAdder()
  const [low, high] = extremes[from] ?? [0, 1e6]

  it.each([1, 15, 16, 17, 16383, 16384, 16385, 40001])('%i values equal the plain loop', (size) => {
    const data = allocate(from, 4 * size + 3).map((_, i) => [low, high, i % 100, 1][(i + (i >> 5)) % 4])
    const rows = [2 * size + 3, 1, 2 * size + 3]
    const [got, own] = [allocate(to, size + 9).fill(3), allocate(to, size + 9).fill(3)]
    adder.add(data, rows, size, got, 5)
    for (const row of rows) addRow(data, row, size, own, 5)
    expect(got).toEqual(own)
  })

  it.each([1, 17, 16384, 20000])('%i values reach what the largest of them is, and no more', (size) => {
    const data = allocate(from, size + 40).fill(high)
    data.fill(7, 20, 20 + size)
    expect(adder.reaches(data, 20, size, 7)).toBe(true)
    expect(adder.reaches(data, 20, size, 6.5)).toBe(true)
    expect(adder.reaches(data, 20, size, 8)).toBe(false)
    data[20 + size - 1] = high
    expect(adder.reaches(data, 20, size, high)).toBe(true)
    expect(adder.reaches(data, 20, size, high + 1)).toBe(false)
    expect(adder.reaches(data, 20, size, Number.POSITIVE_INFINITY)).toBe(false)
    expect(adder.reaches(data, 20, size, -1e9)).toBe(true)
  })
})
