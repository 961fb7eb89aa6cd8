// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from 'vitest'
import { bytesAt, copyValues } from '../../src/kernels/copyBytes.js'

const kinds = { 'plain memory': ArrayBuffer, 'shared memory': SharedArrayBuffer }

it.each(Object.entries(kinds))('copies a stretch out of and into %s and touches nothing else', (_, Kind) => {
  for (const count of [0, 1, 7, 255, 256, 257, 4099]) {
    const source = new Uint16Array(new Kind(2 * (count + 9)), 6, count + 3).map((_, i) => 7 * i + 1)
    const shared = new Uint16Array(new Kind(source.byteLength), 0, source.length)
    shared.set(source)
    for (const target of [new ArrayBuffer(2 * count + 40), new Kind(2 * count + 40)]) {
      copyValues(bytesAt(target, 8, 2 * count + 24), 4, shared, 2, count)
      const got = new Uint16Array(target)
      expect([...got.subarray(6, 6 + count)]).toEqual([...source.subarray(2, 2 + count)])
      expect(got.subarray(0, 6).every((value) => value === 0)).toBe(true)
      expect(got.subarray(6 + count).every((value) => value === 0)).toBe(true)
    }
  }
})
