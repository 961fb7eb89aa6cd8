// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Contrast against exposure from g2: the sum over pairs of ticks, straight lines between delays, nothing beyond them. */
import { describe, expect, it } from 'vitest'
import { contrastFromG2 } from '../../src/correlators/visibility/expected.js'
import { visibilitySpec } from '../../src/roles/visibility/spec.js'
import { exposureTicks } from '../../src/roles/visibility/ticks.js'
import type { RunPlan } from '../../src/roles/plan.js'

const falling = (rate: number) => (delay: number) => 1 + 0.3 * Math.exp(-rate * delay)
const curve = (delays: readonly number[], g2: (delay: number) => number) => ({ delays, g2: delays.map(g2) })

describe('from g2', () => {
  it.each([1, 2, 3, 8, 64])('%i ticks: the mean over all pairs of ticks', (ticks) => {
    const g2 = falling(0.1)
    const all = Array.from({ length: 64 }, (_, d) => d + 1)
    let sum = 0
    for (let i = 0; i < ticks; i++) for (let j = 0; j < ticks; j++) sum += i === j ? 0.25 : g2(Math.abs(i - j)) - 1
    expect(contrastFromG2(0.25, curve(all, g2), ticks)).toBeCloseTo(sum / ticks ** 2, 12)
    expect(contrastFromG2(0.25, curve(all.reverse(), g2), ticks)).toBeCloseTo(sum / ticks ** 2, 12)
  })

  it('for many ticks: the integral of a falling exponential', () => {
    const [rate, ticks] = [0.001, 4096]
    const x = rate * ticks
    const integral = (0.3 * 2 * (Math.exp(-x) - 1 + x)) / x ** 2
    const delays = Array.from({ length: 200 }, (_, i) => Math.round(1.05 ** i))
    expect(contrastFromG2(0.3, curve(delays, falling(rate)), ticks) / integral).toBeCloseTo(1, 3)
  })

  it('over delays that are missing in between: straight over the logarithm', () => {
    const g2 = (delay: number): number => 1 + 0.1 * (3 - Math.log2(delay))
    const known = contrastFromG2(0.3, curve([1, 2, 3, 4, 5, 6, 7, 8], g2), 8)
    expect(contrastFromG2(0.3, curve([1, 8], g2), 8)).toBeCloseTo(known, 12)
    const broken = curve([1, 2, 3, 8], (delay) => (delay === 3 ? Number.NaN : g2(delay)))
    expect(contrastFromG2(0.3, broken, 8)).toBeCloseTo(known, 12)
  })

  it('is undefined where delays are beyond the curve', () => {
    expect(contrastFromG2(0.3, curve([1, 2, 4], falling(1)), 5)).not.toBeNaN()
    expect(contrastFromG2(0.3, curve([1, 2, 4], falling(1)), 8)).toBeNaN()
    expect(contrastFromG2(0.3, curve([2, 4, 8], falling(1)), 4)).toBeNaN()
    expect(contrastFromG2(0.3, curve([], falling(1)), 1)).toBe(0.3)
  })
})

describe('how much of a run is looked at', () => {
  const plan = (events: number, elements: number, trains: RunPlan['trains'] = null) =>
    ({
      partition: { elements: { length: elements } },
      selection: { begin: 0, end: events, stride: 1, average: 1 },
      trains,
    }) as never
  const every = (...run: Parameters<typeof plan>): number =>
    exposureTicks(plan(...run), { exposures: 7, every: null, kMax: 15 }).every

  it.each([
    [2000, 4096, 1],
    [10_000, 2 ** 18, 64],
    [1e6, 2 ** 20, 64],
    [1e6, 64, 1],
    [100, 2 ** 22, 1],
    [0, 2 ** 22, 1],
  ])('%i events of %i elements: one stretch of %i', (events, elements, expected) => {
    expect(every(events, elements)).toBe(expected)
  })

  it('trains are looked at or left out as a whole', () =>
    expect(every(352 * 100, 2 ** 20, { period: 450_000, pulses: 352 })).toBe(32))

  it('long exposures have stretches of their own, and what is given counts', () =>
    expect(exposureTicks(plan(1e6, 2 ** 20), { exposures: 9, every: 3, kMax: 1 })).toEqual({
      levels: 9,
      stretch: 256,
      every: 3,
      trains: null,
    }))

  it('defaults', () => {
    expect(visibilitySpec(null)).toBeNull()
    expect(visibilitySpec(undefined)).toBeNull()
    expect(visibilitySpec({ kMax: 3 })).toEqual({ exposures: 7, every: null, kMax: 3 })
  })
})
