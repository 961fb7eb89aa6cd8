// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A run without an engine: drives a Publisher with small invented numbers, the way the viewer role does. */
import type { Curves, ResultGroup } from '../../src/correlators/resultGroup.js'
import type {
  AnalysisFacts,
  Publisher,
  PublishedAnalysis,
  PublishedUpdate,
  RunFacts,
  RunSummary,
  UpdateFacts,
} from '../../src/roles/publisher.js'
import { sizeOf } from '../../src/units.js'

export interface FakeOptions {
  shape?: readonly number[]
  delays?: readonly number[]
  colors?: readonly number[]
  names?: readonly string[]
  experiment?: RunFacts['experiment']['values']
  run?: RunFacts['run']
}

/** Element i of the masked elements is every detector element but the first two. */
export function fakeFacts(options: FakeOptions = {}): RunFacts {
  const shape = options.shape ?? [6, 8]
  const elements = Uint32Array.from({ length: sizeOf(shape) - 2 }, (_, i) => i + 2)
  const colors = options.colors ?? [2, 5, 7]
  const values = options.experiment ?? {}
  const color = Int32Array.from(elements, (pixel) => [0, ...colors][pixel % (colors.length + 1)]!)
  const fine = Int32Array.from(color, (value, i) => (value === 0 ? 0 : value * 10 + (i % 2)))
  const delays = Float64Array.from(options.delays ?? [1, 2, 4, 8])
  return {
    detectorShape: shape,
    elements,
    analyses: (options.names ?? ['']).map((name) => fakeAnalysis(name, delays, color, fine)),
    systemParams: { times: 100, update: 16, numWorkers: 3, delays: [...delays], filters: [], serverHosts: null },
    userParams: { notzero: null, saturatedValue: 32768, threshold: 0.05, name: 'text', fast: true },
    experiment: { values, sources: Object.fromEntries(Object.keys(values).map((key) => [key, 'config' as const])) },
    frames: { stride: 1, average: 1 },
    eventsPlanned: 50,
    run: options.run ?? { host: 'here', ranks: 6, hosts: ['a', 'b'] },
  }
}

function fakeAnalysis(name: string, delays: Float64Array, color: Int32Array, fine: Int32Array): AnalysisFacts {
  return { name, className: 'G2AtEnd', delays, color, fine, normalization: 'finecolor' }
}

export function fakeUpdateFacts(number: number, counter: number | null, final = false): UpdateFacts {
  const lastEvent = counter === null ? null : { sec: 1, nsec: 2, fiducials: 3, counter }
  const accounting = { read: 60, correlated: 50, late: 3, duplicate: 2, filtered: { ipm: 4, 'a/b': 1 }, lost: 7 }
  return { number, final, complete: true, lastEvent, accounting }
}

/** g2 of color index c at delay index d is `number + c + d / 10`; the last delay is NaN. */
export function fakePublished(facts: RunFacts, number: number, alive?: readonly number[]): PublishedAnalysis {
  const { color, delays } = facts.analyses[0]!
  const all = [...new Set(color)].filter((value) => value > 0).sort((a, b) => a - b)
  const colors = Int32Array.from(alive ?? all)
  const cells = [...colors].flatMap((_, c) => [...delays].map((_delay, d) => number + c + d / 10))
  const g2 = Float64Array.from(cells, (value, i) => (i % delays.length === delays.length - 1 ? Number.NaN : value))
  const curves: Curves = {
    normalization: 'finecolor',
    errorMethod: 'standard error over elements',
    colors,
    elements: colors.map((c) => color.filter((value) => value === c).length),
    delays,
    g2,
    error: g2.map((value) => value / 100),
  }
  const saturated = Uint8Array.from(color, (value, i) => (i === 1 || (value > 0 && !colors.includes(value)) ? 1 : 0))
  const counter = Float64Array.from({ length: 10 * (number + 1) }, (_, i) => i)
  return {
    counts: Float64Array.from(delays, (delay) => 50 - delay),
    curves,
    saturated,
    mean: Float64Array.from(color, (_, i) => i / 4),
    light: { counter, mean: counter.map((value) => 2 + value / 8) },
  }
}

/** What `viewerPublish` writes; arrays hold `1000 * name + delay + pixel / 1024`. */
export function writeFakeGroup(
  group: ResultGroup,
  facts: RunFacts,
  published: PublishedAnalysis,
  arrays: boolean,
): void {
  const { curves, counts, saturated } = published
  const delays = curves.delays
  group.dataset(
    'delays',
    BigInt64Array.from(delays, (delay) => BigInt(delay)),
    { attributes: { units: 'ticks' } },
  )
  group.dataset(
    'delay_counts',
    BigInt64Array.from(counts, (count) => BigInt(count)),
  )
  curves.colors.forEach((color, c) => {
    const row = curves.g2.subarray(c * delays.length, (c + 1) * delays.length)
    group.dataset(`delay_curve_color_${color}`, Float64Array.from(row))
    group.dataset(
      `delay_curve_error_color_${color}`,
      row.map((value) => value / 100),
    )
  })
  group.dataset('saturated', saturated)
  if (!arrays) return
  ;['G2', 'IP', 'IF'].forEach((name, i) => {
    for (const delay of delays) {
      group.dataset(`${name}/delay_${String(delay).padStart(6, '0')}`, fakeArray(facts, i, delay), {
        shape: facts.detectorShape,
      })
    }
  })
}

export function fakeArray(facts: RunFacts, name: number, delay: number): Float64Array {
  return Float64Array.from({ length: sizeOf(facts.detectorShape) }, (_, i) => 1000 * name + delay + i / 1024)
}

export async function publishFake(
  publisher: Publisher,
  facts: RunFacts,
  update: UpdateFacts,
  { alive, arrays = false }: { alive?: readonly number[]; arrays?: boolean } = {},
): Promise<PublishedUpdate> {
  const published = fakePublished(facts, update.number, alive)
  const groups = await publisher.openUpdate(update)
  for (const group of groups) writeFakeGroup(group, facts, published, arrays)
  const complete = { ...update, analyses: facts.analyses.map(() => published) }
  await publisher.commit(complete)
  return complete
}

export const fakeSummary: RunSummary = {
  accounting: fakeUpdateFacts(0, 0).accounting,
  complete: true,
  seconds: 12.5,
  elementEventsPerSecond: 1e9,
  changes: [{ name: 'notzero', changed: 3, of: 12 }],
  timings: { worker: [{ name: 'store', milliseconds: 3, calls: 2 }] },
}
