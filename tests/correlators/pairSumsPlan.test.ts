// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Memory of the rings against the buffer that they serve. */
import { describe, expect, it } from 'vitest'
import { planPairSums, rowLengthOf } from '../../src/correlators/pairSums/plan.js'

const plan = (elements: number, delays: number, times: number) =>
  planPairSums({ elements, delays, times, storeDtype: 'auto', sourceDtype: 'uint8' })

describe('the ring of an element', () => {
  it('is little longer than the buffer where there is no time for long blocks', () => {
    const { ofValues, blockTicks } = plan(1_148_480, 100, 2000)
    expect(ofValues.blockTicks).toBe(256)
    const excess = (ring: typeof ofValues): number => rowLengthOf(ring.ringTicks, ring.blockTicks) / 2000 - 1
    const half = plan(2_296_960, 100, 2000).ofValues
    expect(half.blockTicks).toBe(128)
    expect(excess(half)).toBeLessThan(0.25)
    // Twice the block, twice what it takes beside the buffer.
    expect(excess(ofValues)).toBeLessThan(2 * 0.25)
    // Bits take an eighth.
    expect(blockTicks).toBe(512)
  })

  it('takes long blocks where they cost little', () => {
    expect(plan(20_000, 100, 4000).blockTicks).toBe(1024)
    expect(plan(20_000, 100, 2000).blockTicks).toBe(512)
  })

  it.each([1, 5, 47, 48, 100])('serves a buffer of %i events', (times) => {
    const { ringTicks, blockTicks } = plan(5_000_000, 1000, times)
    expect(blockTicks).toBeGreaterThanOrEqual(16)
    expect(ringTicks).toBeGreaterThanOrEqual(times + 2 * blockTicks)
  })
})
