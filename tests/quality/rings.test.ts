// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What updates on the way look at of large rings. */
import { expect, it } from 'vitest'
import { ringElements, ringFacts, thinnedRings } from '../../src/roles/quality/rings.js'

const size = 300_000
/** Ring 1 is large, ring 2 small; a hundredth of ring 1 is dark, in no order. */
const color = Int32Array.from({ length: size }, (_, i) => (i < 1000 ? 2 : 1))
const mean = Float64Array.from({ length: size }, (_, i) =>
  Math.imul(i, 0x9e3779b1) >>> 0 < 2 ** 32 / 100 && i >= 1000 ? 0 : 2 + (i % 7) / 10,
)
const rings = ringElements(color, new Uint8Array(size))

it('takes an even part of a large ring, neighbours together, and all of a small one', () => {
  const [large, small] = thinnedRings(rings).alive
  expect(small).toEqual(rings.alive[1])
  expect(large.length).toBeGreaterThan(4096)
  expect(large.length).toBeLessThanOrEqual(8192)
  expect(large[63]).toBe(large[0] + 63)
  expect(large[0]).toBeLessThan(1000 + 64)
  expect(large.at(-1)).toBeGreaterThan(size - 1000)
})

it('sees there what it sees in all elements', () => {
  const [all, part] = [rings, thinnedRings(rings)].map(({ alive }) => ringFacts(mean, alive[0], 1000))
  expect(Math.abs(part.mean / all.mean - 1)).toBeLessThan(0.002)
  expect(Math.abs(part.dead / all.dead - 1)).toBeLessThan(0.2)
  expect(all.dead).toBeGreaterThan(0.005)
  expect(part.hot).toBe(0)
})
