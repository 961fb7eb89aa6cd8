// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** From numbers to ok, warn, fail; and the numbers themselves, on inputs small enough to know them. */
import { describe, expect, it } from 'vitest'
import { assess, type Evidence } from '../../src/roles/quality/assess.js'
import { coherentContrast, curveFacts } from '../../src/roles/quality/curves.js'
import { Jumps } from '../../src/roles/quality/jumps.js'
import { checkText, judge, statusOfCheck } from '../../src/roles/quality/judge.js'
import { QualityNews, qualityRecord } from '../../src/roles/quality/report.js'
import { ringElements, ringFacts } from '../../src/roles/quality/rings.js'
import { smoothVariance } from '../../src/roles/quality/smooth.js'
import { resolveQuality } from '../../src/config/quality.js'
import { randomNumbers } from './movies.js'

describe('judge', () => {
  const statusOf = (value: number, error = 0): string =>
    judge('hotElements', [0.1, 0.2], { value: [value], error: [error] })?.status[0] as string

  it('counts a limit as passed only beyond four errors', () => {
    expect([0.1, 0.11, 0.2, 0.21, -0.3].map((value) => statusOf(value))).toEqual(['ok', 'warn', 'warn', 'fail', 'fail'])
    expect([statusOf(0.3, 0.024), statusOf(0.3, 0.026), statusOf(0.3, 0.051)]).toEqual(['fail', 'warn', 'ok'])
    expect([statusOf(Number.NaN), statusOf(0.5, Number.NaN)]).toEqual(['unknown', 'unknown'])
  })

  it('least values are wrong below their limits', () => {
    const statuses = judge('longestPairs', [10, 1], { value: [11, 10, 9, 1, 0] })?.status
    expect(statuses).toEqual(['ok', 'ok', 'warn', 'warn', 'fail'])
  })

  it('names the worst ring, its value, limits and the next step', () => {
    const check = judge('hotElements', [0.1, 0.2], { value: [0.15, Number.NaN, 0.18, 0.05] })
    if (check === null) throw new Error('no check')
    expect(check.worst).toBe(2)
    expect(statusOfCheck(check)).toBe('warn')
    expect(checkText(check, [3, 5, 8, 9])).toBe(
      'hotElements of ring 8 is 0.18 of the elements (warning above 0.1, failure above 0.2): mask these elements out',
    )
    expect(judge('hotElements', null, { value: [1] })).toBeNull()
  })
})

describe('jumps', () => {
  const fractionOf = (totals: Iterable<number>): number => {
    const jumps = new Jumps()
    for (const total of totals) jumps.add(total)
    return jumps.fraction()
  }
  const random = randomNumbers(5)
  const noisy = (length: number, spread: number): number[] =>
    Array.from({ length }, () => 1000 * (1 + spread * (random() + random() + random() + random() - 2)))

  it('follows drifts and noise', () => {
    expect(fractionOf(noisy(5000, 0.1))).toBe(0)
    expect(fractionOf(noisy(5000, 0.1).map((total, e) => total * (1 - e / 6000)))).toBe(0)
    expect(fractionOf([])).toBeNaN()
  })

  it('sees a shutter that closes, for an event or many', () => {
    const closed = (first: number, last: number) =>
      noisy(2000, 0.1).map((total, e) => (e >= first && e < last ? 0 : total))
    expect(fractionOf(closed(1000, 1001))).toBe(1 / 2000)
    expect(fractionOf(closed(1000, 1040))).toBe(40 / 2000)
    expect(fractionOf(closed(3, 10))).toBe(7 / 2000)
    expect(fractionOf([1000, 1000, 1000, 0, 1000])).toBe(1 / 5)
  })

  it('a level that stays becomes the new mean', () => {
    expect(fractionOf(noisy(2000, 0.1).map((total, e) => (e < 1000 ? total : 3 * total)))).toBe(64 / 2000)
  })

  it('frames of a few photons are not jumps', () => {
    // Poisson counts of mean 4.
    const counts = Array.from({ length: 5000 }, () => {
      let [count, product] = [-1, 1]
      while (product > Math.exp(-4)) {
        count++
        product *= random()
      }
      return count
    })
    expect(fractionOf(counts)).toBeLessThan(1e-3)
  })
})

describe('elements of a ring', () => {
  const own = Int32Array.from({ length: 1000 }, (_, i) => i)
  const random = randomNumbers(8)
  const noisy = Float64Array.from(own, () => 2 + 0.2 * (random() - 0.5))

  it('dead and hot ones', () => {
    const mean = noisy.slice().fill(0, 10, 30).fill(9, 500, 507)
    expect(ringFacts(mean, own, 1e6)).toMatchObject({ hot: 0.007 })
    expect(ringFacts(mean, own, 1e6).dead).toBeCloseTo(0.02, 5)
    expect(ringFacts(noisy, own, 1e6)).toMatchObject({ hot: 0, dead: 0 })
  })

  it('without enough counts nothing is dead', () => {
    const rare = noisy.map((_, i) => (i % 3 === 0 ? 0 : 0.01))
    expect(ringFacts(rare, own, 500).dead).toBe(0)
  })

  it('slopes, hot and dead elements lift g2 by their variance, noise does not', () => {
    expect(smoothVariance(noisy, own, 9)).toBeLessThan(1e-4)
    const slope = noisy.map((value, i) => value * (0.5 + i / 1000))
    expect(smoothVariance(slope, own, 9)).toBeCloseTo(1 / 12, 2)
    const panel = noisy.slice().fill(20, 100, 120)
    // 2 % of the elements are ten times as bright: <x^2> / <x>^2 - 1.
    expect(smoothVariance(panel, own, 9)).toBeCloseTo((0.98 + 0.02 * 100) / (0.98 + 0.2) ** 2 - 1, 2)
    const dead = noisy.slice().fill(0, 100, 200)
    expect(smoothVariance(dead, own, 9)).toBeCloseTo(1 / 0.9 - 1, 2)
  })

  it('leaves out what saturated', () => {
    const rings = ringElements(Int32Array.of(4, 2, 4, 0, 2), Uint8Array.of(0, 1, 0, 0, 0))
    expect([...rings.colors]).toEqual([2, 4])
    expect([...rings.sizes]).toEqual([2, 2])
    expect(rings.alive.map((own) => [...own])).toEqual([[4], [0, 2]])
  })
})

describe('a curve', () => {
  const delays = Float64Array.of(1, 2, 3, 4, 5, 8, 16, 32, 64, 128, 200)
  const parts = delays.map((delay) => 1 - delay / 250)
  const error = new Float64Array(delays.length).fill(1e-4)
  const relaxing = delays.map((delay) => 1.01 + 0.2 * Math.exp(-delay / 10))

  it('baseline, contrast and first delay of one relaxation', () => {
    const facts = curveFacts(delays, relaxing, error, parts)
    expect(facts.baseline).toBeCloseTo(1.01, 2)
    expect(facts.contrast).toBeCloseTo(0.2 * Math.exp(-0.3), 2)
    expect(Math.abs(facts.first)).toBeLessThan(4 * facts.firstError)
  })

  it('a first delay that stands out', () => {
    const facts = curveFacts(
      delays,
      relaxing.map((g2, d) => (d === 0 ? g2 + 0.05 : g2)),
      error,
      parts,
    )
    expect(facts.first).toBeCloseTo(0.05, 2)
    expect(facts.first).toBeGreaterThan(4 * facts.firstError)
  })

  it('without points nothing is known', () => {
    const facts = curveFacts(
      delays,
      delays.map(() => Number.NaN),
      error,
      parts,
    )
    expect(Object.values(facts).every(Number.isNaN)).toBe(true)
  })
})

describe('contrast of a coherent beam', () => {
  it('is 1 for speckles much larger than a pixel and their number for much smaller ones', () => {
    expect(coherentContrast(100)).toBeCloseTo(1, 3)
    expect(coherentContrast(0.01) / 0.01 ** 2).toBeCloseTo(1, 1)
    // Goodman: M = 2.14 where the correlation area is that of the pixel.
    expect(1 / coherentContrast(1)).toBeCloseTo(2.14, 2)
  })
})

describe('assess', () => {
  const color = Int32Array.from({ length: 200 }, (_, i) => 1 + (i % 2))
  const delays = Float64Array.of(1, 2, 3, 4, 5, 8, 12, 16, 24, 32)
  const one = delays.map((delay) => 1 + 0.25 * Math.exp(-delay / 3))
  const curves = {
    normalization: 'ring',
    errorMethod: '',
    colors: Int32Array.of(1, 2),
    elements: Int32Array.of(100, 100),
    delays,
    g2: Float64Array.of(...one, ...one),
    error: new Float64Array(20).fill(1e-3),
  } as const
  const plan = { normalization: 'ring', color, fine: color } as const
  const good: Evidence = {
    spec: resolveQuality({ contrastExpected: 0.25 }),
    plan,
    elements: Uint32Array.from({ length: 200 }, (_, i) => i),
    columns: 20,
    center: null,
    counts: delays.map((delay) => 100 - delay),
    curves,
    saturated: new Uint8Array(200),
    mean: new Float64Array(200).fill(1),
    tenths: null,
    jumps: 0,
    span: 100,
    accounting: { read: 100, correlated: 100, late: 0, duplicate: 0, filtered: {}, lost: 0 },
    final: true,
    events: 100,
  }
  const wrong = async (change: Partial<Evidence>): Promise<string[]> => {
    return (await assess({ ...good, ...change })).sentences.map(({ status, check }) => `${status} ${check}`)
  }

  it('has nothing to say about a good result', async () => {
    expect(await wrong({})).toEqual([])
    expect((await assess(good)).status).toBe('ok')
  })

  it.each<[string[], Partial<Evidence>]>([
    [['warn lostFrames'], { accounting: { ...good.accounting, lost: 1, read: 999 } }],
    [['fail lostFrames'], { accounting: { ...good.accounting, lost: 10, read: 90 } }],
    [['warn longestPairs'], { counts: delays.map((delay) => 35 - delay) }],
    [['fail longestPairs'], { counts: delays.map((delay) => Math.max(0, 30 - delay)) }],
    [['warn contrast'], { spec: resolveQuality({ contrastExpected: 3 }) }],
    [['warn photonsPerSpeckle'], { mean: new Float64Array(200).fill(1e-5) }],
    [['warn jumps'], { jumps: 0.01 }],
  ])('%s', async (expected, change) => expect(await wrong(change)).toEqual(expected))

  it('without a contrast that can be seen, baseline and first delay are in units of the expected one', async () => {
    const random = randomNumbers(31)
    const flat = (level: number, first = 0): Partial<Evidence> => {
      const g2 = curves.g2.map((_, i) => level + (i % delays.length === 0 ? first : 0) + 2e-3 * (random() - 0.5))
      return { curves: { ...curves, g2 } }
    }
    const statuses = async (change: Partial<Evidence>): Promise<(string | undefined)[]> => {
      const { checks } = await assess({ ...good, ...change })
      return ['baseline', 'firstDelays'].map((name) => checks.find((check) => check.name === name)?.status[0])
    }
    // Photons without speckle, 20 errors above 1.
    const nothing = { spec: resolveQuality({}) }
    expect(await statuses({ ...flat(1.02), ...nothing })).toEqual(['unknown', 'unknown'])
    expect((await assess({ ...good, ...flat(1.02), ...nothing })).sentences).toEqual([])
    expect(await statuses(flat(1.02))).toEqual(['ok', 'ok'])
    // Speckles that stand still, and counts that are seen twice.
    expect(await statuses(flat(1.25))).toEqual(['fail', 'ok'])
    expect(await statuses({ ...flat(1.25), ...nothing, speckleSize: [1, 1] })).toEqual(['fail', 'ok'])
    expect(await statuses(flat(1, 0.2))).toEqual(['ok', 'fail'])
  })

  it('before the end, pairs are those of the longest delay within a quarter of the time', async () => {
    const early = { counts: delays.map((delay) => Math.max(0, 20 - delay)), span: 20 }
    expect(await wrong({ ...early, final: true })).toEqual(['fail longestPairs'])
    expect(await wrong({ ...early, final: false })).toEqual([])
    expect(await wrong({ ...early, counts: delays.map(() => 15), final: false })).toEqual([])
    const sparse = delays.map((delay) => (delay <= 5 ? 4 : 0))
    expect(await wrong({ ...early, counts: sparse, final: false })).toEqual(['warn longestPairs'])
  })

  it('takes a measured size of speckles before that of the config', async () => {
    const spec = resolveQuality({ speckleSize: 1, contrast: [1.5, 50] })
    const sizes = { spec, speckleSize: [0.7, Number.NaN] }
    const { checks } = await assess({ ...good, ...sizes })
    const contrast = checks.find(({ name }) => name === 'contrast')
    const measured = (0.25 * (Math.exp(-1) + Math.exp(-2 / 3) + Math.exp(-4 / 3))) / 3
    expect((contrast?.value[0] ?? 0) * measured).toBeCloseTo(coherentContrast(0.7), 2)
    expect((contrast?.value[1] ?? 0) * measured).toBeCloseTo(coherentContrast(1), 2)
    const photons = checks.find(({ name }) => name === 'photonsPerSpeckle')
    expect([...(photons?.value ?? [])]).toEqual([1, 1])
  })

  it('says news once, all at the end, and what is well again', async () => {
    const news = new QualityNews()
    const bad = await assess({ ...good, jumps: 0.01 })
    expect(news.of(bad, false)).toEqual([
      expect.stringMatching(/^quality warn: jumps is 0.01 of the events \(warning above 0.001/),
    ])
    expect(news.of(bad, false)).toEqual([])
    expect(news.of(bad, true)).toHaveLength(1)
    expect(news.of(await assess(good), false)).toEqual(['quality ok: jumps is within its limits again'])
  })

  it('gives plain records', async () => {
    const { status, checks } = qualityRecord(await assess({ ...good, jumps: 0.01 }))
    expect(status).toBe('warn')
    expect(checks.jumps).toEqual({ status: 'warn', value: 0.01, ring: null })
    expect(checks.centreDrift).toEqual({ status: 'unknown', value: null, ring: null })
    expect(checks.hotElements).toEqual({ status: 'ok', value: 0, ring: 1 })
  })

  it('looks at nothing that is switched off', async () => {
    const spec = resolveQuality({ jumps: null, contrastExpected: 0.25 })
    expect((await assess({ ...good, spec, jumps: 1 })).sentences).toEqual([])
  })
})
