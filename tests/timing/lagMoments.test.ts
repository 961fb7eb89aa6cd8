// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from 'vitest'
import { LagMoments } from '../../src/correlators/multiTau/lagMoments.js'
import { levelLagOf, type MultiTauScheme, multiTauDelays } from '../../src/correlators/multiTau/delays.js'
import { random } from '../correlators/pairSumsOracle.js'

const schemes: MultiTauScheme[] = [{ delaysPerLevel: 4 }, { delaysPerLevel: 1 }, { numBufs: 8 }]

function moments(scheme: MultiTauScheme, counters: readonly number[]) {
  const delays = multiTauDelays(scheme, (counters.at(-1) ?? 0) - counters[0] + 1)
  const lags = new LagMoments(scheme, delays)
  for (const counter of counters) lags.add(counter)
  return { delays, ...lags.lags() }
}

it.each(schemes)('%j without holes: the delay, and the spread of two samples', (scheme) => {
  const { delays, mean, deviation } = moments(
    scheme,
    Array.from({ length: 1000 }, (_, i) => i - 3),
  )
  expect([...mean]).toEqual([...delays])
  delays.forEach((delay, d) => {
    expect(deviation[d]).toBeCloseTo(Math.sqrt((4 ** levelLagOf(scheme, delay).level - 1) / 6), 10)
  })
})

it.each(schemes)('%j with holes: mean and deviation over all pairs of events', (scheme) => {
  const next = random(3)
  const counters = Array.from({ length: 600 }, (_, i) => i + 40).filter((c) => next() < (c % 64 < 20 ? 0.2 : 0.9))
  counters.splice(50, 0, counters[10])
  const { delays, mean, deviation } = moments(scheme, counters)
  const kept = counters.filter((_, i) => i !== 50)
  const end = (kept.at(-1) ?? 0) - kept[0] + 1
  delays.forEach((delay, d) => {
    const { level, lag } = levelLagOf(scheme, delay)
    const sampleOf = (counter: number): number => Math.floor((counter - kept[0]) / 2 ** level)
    const used = kept.filter((counter) => (sampleOf(counter) + 1) * 2 ** level <= end)
    const lags = used.flatMap((t1) => used.filter((t2) => sampleOf(t2) - sampleOf(t1) === lag).map((t2) => t2 - t1))
    const average = lags.reduce((a, b) => a + b, 0) / lags.length
    const spread = Math.sqrt(lags.reduce((sum, t) => sum + (t - average) ** 2, 0) / lags.length)
    if (lags.length === 0) expect(mean[d]).toBeNaN()
    else {
      expect(mean[d]).toBeCloseTo(average, 9)
      expect(deviation[d]).toBeCloseTo(spread, 6)
    }
  })
})
