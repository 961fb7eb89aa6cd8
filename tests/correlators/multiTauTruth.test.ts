// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Multi-tau of a process whose g2 is known, with holes of every kind: no delay of any level may leave the truth. */
import { describe, expect, it } from 'vitest'
import { multiTauDelays } from '../../src/correlators/multiTau/delays.js'
import type { DenseFrames } from '../../src/formats/format.js'
import { openSource } from '../../src/formats/index.js'
import { countTable, widthBits } from '../../src/formats/speckle/intensity.js'
import type { MultiTauSums } from '../../src/correlators/multiTauSums.js'
import { runMultiTau } from './multiTauOracle.js'
import { random, type TestEvent } from './pairSumsOracle.js'

const frames = 4096
const elements = 900
const [mean, contrast, decay] = [2, 0.7, 0.02]
const scheme = { delaysPerLevel: 4 }
const delays = multiTauDelays(scheme, 1024)

async function movie(): Promise<TestEvent[]> {
  const process = { kind: 'speckle', shape: [30, 30], events: frames, seed: 5, mean, contrast, decay }
  const source = await openSource({ format: 'synthetic', path: '', ...process })
  const { data } = (await source.read(Int32Array.from({ length: frames }, (_, i) => i))) as DenseFrames
  await source.close()
  return Array.from({ length: frames }, (_, counter) => ({
    counter,
    values: [...data.subarray(counter * elements, (counter + 1) * elements)],
  }))
}

/** g2 at a delay: the pairs of ticks in two samples of `width` ticks have all delays around it. */
function truth(delay: number, width: number): number {
  const { beta } = countTable(mean, contrast, widthBits(mean))
  let sum = 0
  for (let apart = 1 - width; apart < width; apart++) {
    sum += (width - Math.abs(apart)) * Math.exp(-decay * (delay + apart))
  }
  return 1 + (beta * sum) / width ** 2
}

/** Deviation from the truth in standard errors over the elements, for every delay. */
function scores(sums: MultiTauSums): number[] {
  return Array.from(delays, (delay, d) => {
    const [G2, IP, IF, lost] = (['G2', 'IP', 'IF', 'lost'] as const).map((name) => {
      const out = new Float64Array(elements)
      sums.fill(name, d, out)
      return out
    })
    const per = (sum: Float64Array) => sum.map((value, e) => value / (sums.counts[d] - lost[e]))
    const [g, p, f] = [per(G2), per(IP), per(IF)]
    const average = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / elements
    const [P, F] = [average(p), average(f)]
    const g2 = average(g) / (P * F)
    const spread = g.map((value, e) => value / (P * F) - g2 * (p[e] / P + f[e] / F - 1))
    const error = Math.sqrt(spread.reduce((sum, value) => sum + value ** 2, 0)) / elements
    const width = delay <= 8 ? 1 : 2 ** Math.ceil(Math.log2(delay / 8))
    return (g2 - truth(delay, width)) / error
  })
}

const missing: [string, (next: () => number, frame: number) => boolean][] = [
  ['nothing', () => false],
  ['1 % at random', (next) => next() < 0.01],
  ['5 % at random', (next) => next() < 0.05],
  ['30 % at random', (next) => next() < 0.3],
  ['one long gap', (_, frame) => frame >= 1000 && frame < 2300],
]

describe.each(missing)('missing: %s', (_, isMissing) => {
  it('frames: every delay within 3 errors of the truth', async () => {
    const next = random(11)
    const events = (await movie()).filter(({ counter }) => !isMissing(next, counter))
    const found = scores(runMultiTau(events, { scheme, dtype: 'uint16', blockEvents: 64, delays }))
    expect(Math.max(...found.map(Math.abs)), found.join(' ')).toBeLessThan(3)
  })

  it('values of single elements: the same', async () => {
    const next = random(12)
    const events = (await movie()).map(({ counter, values }) => ({
      counter,
      values: values.map((value) => (isMissing(next, counter) ? Number.NaN : value)),
    }))
    const found = scores(runMultiTau(events, { scheme, dtype: 'float32', blockEvents: 64, delays }))
    expect(Math.max(...found.map(Math.abs)), found.join(' ')).toBeLessThan(3)
  })
})

it('a shift of one tick would be seen', async () => {
  const events = (await movie()).filter(({ counter }) => counter % 3 !== 0)
  const shifted = events.map(({ values }, counter) => ({ counter, values }))
  const found = scores(runMultiTau(shifted, { scheme, dtype: 'uint16', blockEvents: 64, delays }))
  expect(Math.max(...found.map(Math.abs))).toBeGreaterThan(5)
})
