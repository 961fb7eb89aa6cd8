// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What `check` says: pairs against counting by hand, sizes against sums written out here, and each warning. */
import { describe, expect, it } from 'vitest'
import { explain, explanationText } from '../../src/config/explain/explain.js'
import type { ExplainFacts } from '../../src/config/explain/facts.js'
import { deliveredCounters, expectedPairs } from '../../src/config/explain/pairs.js'
import { resolveQuality } from '../../src/config/quality.js'
import { planPairSums } from '../../src/correlators/pairSums/plan.js'
import { partition } from '../../src/masks/partition.js'
import type { RunPlan } from '../../src/roles/plan.js'
import { withSystem } from './support.js'

type Pairing = Parameters<typeof expectedPairs>[1]

/** Pairs by the words of the design: keep the `times` largest counters, drop late and equal ones, look at all stored. */
function pairsByHand(
  delays: readonly number[],
  pairing: Pairing,
  counters: readonly number[],
  times: number,
): number[] {
  const everTogether = new Map(delays.map((delay) => [delay, 0]))
  let stored: number[] = []
  for (const counter of counters) {
    if ((stored.length === times && counter <= Math.min(...stored)) || stored.includes(counter)) continue
    if (stored.length === times) stored = stored.filter((other) => other !== Math.min(...stored))
    for (const other of stored) {
      const delay = Math.abs(counter - other)
      if (everTogether.has(delay)) everTogether.set(delay, (everTogether.get(delay) as number) + 1)
    }
    stored.push(counter)
  }
  if (pairing === 'accumulator') return [...everTogether.values()]
  return delays.map((delay) => stored.filter((counter) => stored.includes(counter + delay)).length)
}

const orders: Record<string, number[]> = {
  'in order': Array.from({ length: 60 }, (_, i) => i),
  gaps: Array.from({ length: 60 }, (_, i) => i + Math.floor(i / 7) * 3),
  'late and repeated': Array.from({ length: 80 }, (_, i) => ((i * 37) % 53) + Math.floor(i / 4) - 20),
}

describe('expectedPairs', () => {
  const delays = [1, 2, 3, 5, 8, 13, 40]
  for (const [name, counters] of Object.entries(orders)) {
    it.each(['accumulator', 'windowed', 'atEnd'] as const)(`${name}, %s`, (pairing) => {
      for (const times of [1, 7, 17, 1000]) {
        const expected = pairsByHand(delays, pairing, counters, times)
        expect(
          [...expectedPairs(Float64Array.from(delays), pairing, Float64Array.from(counters), times)],
          `times ${times}`,
        ).toEqual(expected)
      }
    })
  }
})

interface Change {
  readonly plan?: Partial<RunPlan>
  readonly facts?: Partial<ExplainFacts>
  readonly source?: Partial<ExplainFacts['source']>
  readonly counters?: ArrayLike<number>
  readonly delays?: readonly number[]
  readonly system?: Record<string, unknown>
}

/** 10 x 10 pixels of uint16, 90 masked in, two workers, 200 events. */
async function explained(change: Change = {}) {
  const mask = new Uint8Array(100).fill(1, 10)
  const color = new Int32Array(90).fill(1).fill(2, 50)
  const delays = Float64Array.from(change.delays ?? [1, 2, 50])
  const plan: RunPlan = {
    detectorShape: [10, 10],
    maskNdarrayCoords: mask,
    partition: partition(mask, 2),
    analyses: [
      {
        name: '',
        className: 'G2',
        delays,
        ticksPerEvent: 1,
        normalization: 'finecolor',
        weights: 'bin',
        frameNorm: 'none',
        errors: null,
        covariance: false,
        visibility: null,
        color,
        fine: color,
      },
    ],
    trains: null,
    sentinels: [],
    missingPanel: 'hole',
    servers: 1,
    workers: 2,
    times: 100,
    update: 0,
    numEvents: 200,
    selection: { begin: 0, end: 200, stride: 1, average: 1 },
    order: 'file',
    blockEvents: 64,
    storeDtype: 'auto',
    filters: [],
    badEvents: [],
    monitors: [],
    h5arrays: 'final',
    quality: resolveQuality({}),
    ...change.plan,
  }
  const facts: ExplainFacts = {
    source: {
      shape: plan.detectorShape,
      dtype: 'uint16',
      events: 200,
      streams: null,
      saturation: null,
      metadata: {},
      ...change.source,
    },
    plan,
    counters: Float64Array.from(change.counters ?? Array.from({ length: 200 }, (_, i) => i)),
    analyses: [
      {
        pairing: 'accumulator',
        ownPairs: null,
        sums: (elements) =>
          planPairSums({
            elements,
            delays: delays.length,
            times: plan.times,
            storeDtype: 'auto',
            sourceDtype: 'uint16',
            ticksHint: 200,
          }),
      },
    ],
    cores: 8,
    buffersPerServer: 4,
    ...change.facts,
  }
  const { resolved } = await withSystem(change.system ?? {})
  return explain(resolved, facts)
}

describe('explain', () => {
  it('has nothing to warn of in a plain run', async () => {
    const { warnings, errors, pairs, source } = await explained()
    expect([warnings, errors]).toEqual([[], []])
    expect(pairs).toEqual([{ analysis: '', delays: [1, 2, 50], pairs: [199, 198, 150] }])
    expect(source).toMatchObject({ elements: 90, delivered: 200 })
  })

  it('adds up memory', async () => {
    const { ranks, bytesInFlight, totalBytes } = await explained()
    expect(ranks.map(({ role, ranks: [first, last], elements }) => [role, first, last, elements])).toEqual([
      ['viewer', 0, 0, 0],
      ['server', 1, 1, 0],
      ['master', 2, 2, 0],
      ['worker', 3, 3, 48],
      ['worker', 4, 4, 42],
    ])
    expect(bytesInFlight).toBe(4 * 64 * 90 * 2)
    expect(totalBytes).toBe(bytesInFlight + ranks.reduce((sum, rank) => sum + rank.bytes, 0))
    const [worker] = ranks.filter(({ role }) => role === 'worker')
    const sums = 3 * 3 * 48 * 8
    expect(worker?.shards.map(({ elements }) => elements)).toEqual([48])
    expect(worker?.shards[0]?.bytes).toBeGreaterThan(sums + 100 * 48 * 2)
    expect(worker?.bytes).toBeGreaterThan(worker?.shards[0]?.bytes ?? Infinity)
  })

  it('counts what quality and speckle size keep of the run', async () => {
    const workerBytes = async (change: Change): Promise<number> => {
      const { ranks } = await explained(change)
      return ranks.find(({ role }) => role === 'worker')?.bytes ?? 0
    }
    const off = { profileDrift: null, intensityDrift: null, centreDrift: null }
    const quality = resolveQuality(off)
    const without = await workerBytes({ plan: { quality } })
    // Six sums of its 48 elements.
    expect((await workerBytes({})) - without).toBe(48 * 48)
    const [plain] = (await explained()).ranks
    const [viewer] = (await explained({ plan: { quality } })).ranks
    expect((plain?.bytes ?? 0) - (viewer?.bytes ?? 0)).toBe(2 * 8 * 90)
    // All 200 events fit: 4 bytes each. Half as many events, half of it.
    const half = { quality, selection: { begin: 0, end: 100, stride: 1, average: 1 } }
    expect(without - (await workerBytes({ plan: half }))).toBe(100 * 48 * 4)
  })

  it('joins equal workers and counts each of them', async () => {
    const mask = new Uint8Array(96).fill(1)
    const change = { plan: { detectorShape: [96], maskNdarrayCoords: mask, partition: partition(mask, 3), workers: 3 } }
    const { ranks, totalBytes, bytesInFlight } = await explained(change)
    const [viewer, server, master, worker, ...more] = ranks.map(({ bytes }) => bytes) as [
      number,
      number,
      number,
      number,
    ]
    expect(more).toEqual([])
    expect(ranks.at(-1)?.ranks).toEqual([3, 5])
    expect(totalBytes).toBe(bytesInFlight + viewer + server + master + 3 * worker)
  })

  it('knows the size of the result', async () => {
    const arrays = async (plan: Partial<RunPlan>, system = {}) => (await explained({ plan, system })).result
    const once = 3 * 3 * 100 * 8
    expect(await arrays({})).toMatchObject({ updates: 1, arrayBytes: once })
    expect(await arrays({ update: 60 })).toMatchObject({ updates: 4, arrayBytes: once })
    expect(await arrays({ update: 50 })).toMatchObject({ updates: 4 })
    expect(await arrays({ update: 60, h5arrays: 'every' })).toMatchObject({ updates: 4, arrayBytes: 4 * once })
    expect(await arrays({ h5arrays: 'none' })).toMatchObject({ arrayBytes: 0 })
    expect(await arrays({}, { h5output: null })).toMatchObject({ arrayBytes: 0, bytes: 0 })
  })

  it('refuses per-pixel output above 1 GB unless the configuration asks for it', async () => {
    const shape = [4000, 4000]
    const big = { plan: { detectorShape: shape } }
    const words =
      /^G2, IP and IF of every pixel would take 1\.1 GiB in the result; set systemParams\.h5arrays to 'final'/
    expect((await explained(big)).errors).toEqual([expect.stringMatching(words)])
    expect((await explained({ ...big, system: { h5arrays: 'final' } })).errors).toEqual([])
  })
})

describe('warnings', () => {
  const color = new Int32Array(90).fill(1, 9)
  const colored = {
    analyses: [
      {
        name: '',
        className: 'G2',
        delays: Float64Array.of(1),
        normalization: 'ring',
        weights: 'bin',
        frameNorm: 'none',
        errors: null,
        covariance: false,
        visibility: null,
        color,
        fine: color,
      },
    ],
  } as const
  it.each([
    [{ plan: colored }, '9 elements (10.0 %) are masked in but colored 0'],
    [
      { delays: [1, 99, 100, 150] },
      '2 delays (100 .. 150) will have no pairs: the buffer holds 100 events (systemParams.times), so delays from 100 on',
    ],
    [{ delays: [1, 99, 300] }, 'delay 300 will have no pairs: the counters span 199 ticks'],
    [{ delays: [3], counters: [0, 2, 4, 6] }, 'delay 3 will have no pairs: no two events are that far apart'],
    [
      { plan: { servers: 5 }, source: { streams: 3 } },
      'systemParams.numServers is 5, but the data has 3 streams, so 2 servers have nothing',
    ],
    [{ facts: { cores: 1 } }, '2 workers share 1 core;'],
    [{ counters: [] }, 'no event passes badEvents and filters, so the result'],
    [
      { counters: [], plan: { selection: { begin: 0, end: 200, stride: 3, average: 2 } } },
      'no event passes badEvents and filters with every one of its 2 frames, 3 ticks apart, so',
    ],
    [
      { source: { saturation: 4_000_000 }, plan: { selection: { begin: 0, end: 200, stride: 1, average: 2000 } } },
      'but sums of 2000 frames of uint16 data may hold up to 131070000',
    ],
    [
      { source: { dtype: 'uint32' } },
      'sums of 199 pairs stay exact (below 2^53) for values up to 6727726, but uint32 data may hold up to 4294967295',
    ],
    [{ facts: { warnings: ['from elsewhere'] } }, 'from elsewhere'],
  ] as [Change, string][])('%j', async (change, words) => {
    const { warnings } = await explained(change)
    expect(warnings.filter((warning) => warning.includes(words))).toHaveLength(1)
  })

  it('nothing about exactness when the detector saturates early', async () => {
    expect((await explained({ source: { dtype: 'uint32', saturation: 60_000 } })).warnings).toEqual([])
    expect((await explained({ source: { dtype: 'float32' } })).warnings).toEqual([])
  })
})

it('deliveredCounters leaves out bad events and what filters refuse', () => {
  const plan = {
    numEvents: 6,
    selection: { begin: 0, end: 6, stride: 1, average: 1 },
    badEvents: [[1, 2]],
    monitors: [],
    filters: [{ var: 'ipm', min: 0.5, max: Infinity }],
  } as unknown as RunPlan
  const source = {
    counters: Float64Array.of(10, 11, 12, 14, 13, 20, 30),
    vars: { ipm: Float64Array.of(1, 1, 1, 0, 1, NaN, 1) },
  }
  expect([...deliveredCounters(plan, source)]).toEqual([10, 13])
  expect([...deliveredCounters({ ...plan, filters: [] }, { counters: null, vars: {} })]).toEqual([0, 3, 4, 5])
  const monitored = { ...plan, badEvents: [], filters: [], monitors: ['ipm'] }
  expect([...deliveredCounters(monitored, source)]).toEqual([10, 11, 12, 14, 13])
})

it('says what a selection makes of the frames', async () => {
  const selection = { begin: 10, end: 150, stride: 3, average: 4 }
  const tick = { experiment: { tickSeconds: 0.001 }, stride: 3, average: 4 }
  const explanation = await explained({ plan: { selection }, system: tick })
  expect(explanation.selection).toEqual({ ...selection, events: 11, ticksPerEvent: 12, tickSeconds: 0.012 })
  const text = explanationText(explanation)
  expect(text).toContain('frames 10 to 149, every 3rd, 4 summed into one event: 11 events when no frame is missing')
  expect(text).toContain('a tick of the delays is 12 frames = 0.012 s')
  expect(text).toContain('delay:pairs, delays in units of 12 frames')
  const whole = await explained()
  expect(whole.selection).toBeNull()
  expect(explanationText(whole)).not.toContain('frames 0')
})

it('explanationText names everything', async () => {
  const explanation = await explained({ delays: [1, 300], system: { times: 100, experiment: { energyKev: 8 } } })
  const text = explanationText(explanation)
  for (const words of [
    'npy:/base/in.npy',
    '200 events of 10 x 10 uint16; 200 will be delivered',
    '90 elements pass the mask',
    'times = 100   (config)',
    'energyKev = 8   (config)',
    'blockSize = "auto"\n',
    'viewer (rank 0): 48 MiB',
    'worker (rank 3): 48 elements, ',
    'in flight between servers and workers',
    '/base/g2_%C.h5',
    '1:199  300:0',
    'warning: delay 300 will have no pairs',
  ]) {
    expect(text).toContain(words)
  }
  expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation)
})
