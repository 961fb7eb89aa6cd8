// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from 'vitest'
import { TickRows } from '../../src/correlators/tickRows.js'
import { wordAt } from '../../src/formats/speckle/hash.js'

it.each([
  { name: 'dense ticks', step: 1, first: 0 },
  { name: 'negative and wide', step: 97, first: -20_000 },
  { name: 'beyond a ring, above 2^32', step: 30_011, first: 2 ** 33 },
])('$name: rows as in a map', ({ step, first }) => {
  const rows = new TickRows()
  const expected = new Map<number, number>()
  for (let e = 0; e < 3000; e++) {
    const counter = first + step * (e - ((wordAt(1, e) >>> 8) % 5))
    if (!expected.has(counter)) {
      rows.set(counter, e)
      expected.set(counter, e)
    }
    if (e >= 500) {
      const least = Math.min(...expected.keys())
      rows.delete(least)
      expected.delete(least)
      expect(rows.get(least)).toBe(-1)
    }
    const other = first + step * ((wordAt(2, e) >>> 8) % 3100)
    expect(rows.get(other)).toBe(expected.get(other) ?? -1)
  }
})
