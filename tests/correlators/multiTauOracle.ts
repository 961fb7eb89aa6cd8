// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The definition of multi-tau, as naive as possible, and the means to compare MultiTauSums with it. */
import { expect } from 'vitest'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import { multiTauDelays, type MultiTauScheme } from '../../src/correlators/multiTau/delays.js'
import { MultiTauSums } from '../../src/correlators/multiTauSums.js'
import type { SumName } from '../../src/kernels/contract.js'
import { loadMultiTau } from '../../src/kernels/loadMultiTau.js'
import type { DType } from '../../src/units.js'
import { blocksOf, decide, type Sums, type TestEvent } from './pairSumsOracle.js'

/** Samples of all elements at one level: S and n [sample][element], N [sample]. */
interface Samples {
  S: number[][]
  n: number[][]
  N: number[]
}

/** Every level from the whole series at once. */
export function multiTauOracle(events: readonly TestEvent[], scheme: MultiTauScheme, delays: Float64Array): Sums {
  const elements = events[0].values.length
  const zeros = () => Array.from(delays, () => new Float64Array(elements))
  const sums: Sums = { counts: Array.from(delays, () => 0), G2: zeros(), IP: zeros(), IF: zeros(), lost: zeros() }
  const first = 'numBufs' in scheme ? scheme.numBufs : 2 * scheme.delaysPerLevel + 1
  const later = 'numBufs' in scheme ? scheme.numBufs : 2 * scheme.delaysPerLevel + 1
  let samples = ticksOf(events)
  for (let level = 0; samples.N.length > 0; level++) {
    delays.forEach((delay, d) => {
      const lag = delay / 2 ** level
      const least = level === 0 ? 0 : 'numBufs' in scheme ? scheme.numBufs / 2 : scheme.delaysPerLevel + 1
      const inLevel = Number.isInteger(lag) && lag >= least && lag < (level === 0 ? first : later)
      if (inLevel) correlate(sums, d, lag, samples)
    })
    samples = halve(samples)
  }
  return sums
}

/** Ticks from the first event on; an event that is not the newest is ignored. */
function ticksOf(events: readonly TestEvent[]): Samples {
  const elements = events[0].values.length
  const samples: Samples = { S: [], n: [], N: [] }
  for (const { counter, values } of events) {
    const tick = counter - events[0].counter
    if (tick < samples.N.length) continue
    while (samples.N.length < tick) {
      samples.S.push(new Array(elements).fill(0))
      samples.n.push(new Array(elements).fill(0))
      samples.N.push(0)
    }
    samples.S.push(values.map((value) => (Number.isFinite(value) ? value : 0)))
    samples.n.push(values.map((value) => (Number.isFinite(value) ? 1 : 0)))
    samples.N.push(1)
  }
  return samples
}

function correlate(sums: Sums, d: number, lag: number, { S, n, N }: Samples): void {
  for (let j = lag; j < N.length; j++) {
    const i = j - lag
    sums.counts[d] += N[i] * N[j]
    for (let e = 0; e < S[j].length; e++) {
      sums.G2[d][e] += S[i][e] * S[j][e]
      sums.IP[d][e] += S[i][e] * n[j][e]
      sums.IF[d][e] += S[j][e] * n[i][e]
      sums.lost[d][e] += N[i] * N[j] - n[i][e] * n[j][e]
    }
  }
}

function halve({ S, n, N }: Samples): Samples {
  const pairs = Array.from({ length: Math.floor(N.length / 2) }, (_, k) => k)
  const add = (rows: number[][]) => pairs.map((k) => rows[2 * k].map((value, e) => value + rows[2 * k + 1][e]))
  return { S: add(S), n: add(n), N: pairs.map((k) => N[2 * k] + N[2 * k + 1]) }
}

export interface MultiTauRun {
  readonly scheme: MultiTauScheme
  readonly dtype: DType
  readonly blockEvents: number
  readonly sparse?: boolean
  /** Every third block as uint8, uint16 and photons. */
  readonly mixed?: boolean
  /** Call calc() after every so many blocks. */
  readonly calcEvery?: number
  readonly kernel?: string
  readonly delays?: Float64Array
}

/** MultiTauSums after `events`. */
export function runMultiTau(events: readonly TestEvent[], options: MultiTauRun): MultiTauSums {
  const { blockEvents, scheme, dtype } = options
  const sums = new MultiTauSums({
    elements: events[0].values.length,
    delays: options.delays ?? multiTauDelays(scheme, spanOf(events)),
    times: events.length,
    storeDtype: 'auto',
    sourceDtype: dtype,
    blockEvents,
    ticksHint: events.length,
    scheme,
    kernels: loadMultiTau(options.kernel),
  })
  const index = new TimeIndex(events.length)
  blocksOf(events, dtype, blockEvents, options.sparse).forEach((whole, k) => {
    const from = k * blockEvents
    const part = events.slice(from, from + blockEvents)
    const block = options.mixed ? blocksOf(part, k % 3 === 0 ? 'uint8' : 'uint16', blockEvents, k % 3 === 2)[0] : whole
    sums.insert(decide(index, events, from, Math.min(events.length, from + blockEvents), blockEvents, k), [block])
    if (options.calcEvery !== undefined && (k + 1) % options.calcEvery === 0) sums.calc()
  })
  sums.calc()
  return sums
}

export function spanOf(events: readonly TestEvent[]): number {
  return events.reduce((last, { counter }) => Math.max(last, counter), 0) - events[0].counter + 1
}

/** Every sum of every delay bit for bit. */
export function expectMultiTau(sums: MultiTauSums, wanted: Sums, name: string): void {
  expect([...sums.counts], name).toEqual(wanted.counts)
  const out = new Float64Array(sums.elements)
  for (const sum of ['G2', 'IP', 'IF', 'lost'] satisfies SumName[]) {
    wanted[sum].forEach((expected, d) => {
      sums.fill(sum, d, out)
      const wrong = out.findIndex((value, e) => value !== expected[e])
      if (wrong >= 0)
        throw new Error(`${name}: ${sum}, delay ${d}, element ${wrong}: ${out[wrong]} instead of ${expected[wrong]}`)
    })
  }
}
