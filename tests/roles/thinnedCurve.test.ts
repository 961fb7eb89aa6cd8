// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { ThinnedCurve } from '../../src/roles/thinnedCurve.js'

describe('thinned curve', () => {
  it('keeps every point while there is room', () => {
    const curve = new ThinnedCurve(8)
    for (let i = 0; i < 8; i++) curve.add(i, i * i)
    expect([...curve.points().mean]).toEqual([0, 1, 4, 9, 16, 25, 36, 49])
  })

  it('stays within its capacity and keeps mean and order however long the run', () => {
    const curve = new ThinnedCurve(16)
    const n = 4096
    for (let i = 0; i < n; i++) curve.add(i, i % 2)
    const { counter, mean } = curve.points()
    expect(counter.length).toBeLessThanOrEqual(16)
    expect(counter.length).toBeGreaterThanOrEqual(8)
    expect(mean.every((value) => value === 0.5)).toBe(true)
    expect(counter.every((value, i) => i === 0 || value > counter[i - 1])).toBe(true)
    expect(counter.reduce((sum, value) => sum + value, 0) / counter.length).toBeCloseTo((n - 1) / 2, 9)
  })

  it('shows the unfinished point too', () => {
    const curve = new ThinnedCurve(2)
    for (let i = 0; i < 5; i++) curve.add(i, 1)
    const { counter } = curve.points()
    expect(counter[counter.length - 1]).toBe(4)
  })
})
