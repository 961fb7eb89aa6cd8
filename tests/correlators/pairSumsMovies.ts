// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Event sequences of all kinds for the tests of the pair sums. */
import type { PairSums } from '../../src/correlators/pairSums.js'
import type { DType } from '../../src/units.js'
import { expectSums, oracle, type RunOptions, random, roundTrip, run, type TestEvent } from './pairSumsOracle.js'

/** What a detector may deliver. */
export const sources: Record<string, { dtype: DType; value: (next: () => number) => number }> = {
  photons: { dtype: 'uint8', value: (next) => (next() < 0.7 ? 0 : Math.floor(4 * next())) },
  'uint8 extremes': { dtype: 'uint8', value: (next) => (next() < 0.1 ? 0 : 255) },
  'uint16 extremes': { dtype: 'uint16', value: (next) => (next() < 0.1 ? Math.floor(65536 * next()) : 65535) },
  'uint16 mean 1000': { dtype: 'uint16', value: (next) => Math.floor(2000 * next()) },
  // Sums leave int32 behind in the middle of a movie.
  'uint16 to 4000': { dtype: 'uint16', value: (next) => (next() < 0.2 ? 0 : Math.floor(4001 * next())) },
  'int16 extremes': { dtype: 'int16', value: (next) => (next() < 0.2 ? 32767 : -32768) },
  int8: { dtype: 'int8', value: (next) => Math.floor(256 * next()) - 128 },
  'int32 small': { dtype: 'int32', value: (next) => Math.floor(1000 * next()) - 500 },
  'uint32 large': { dtype: 'uint32', value: (next) => Math.floor(1e5 * next()) },
  'whole float32': { dtype: 'float32', value: (next) => Math.floor(15 * next()) },
  float32: { dtype: 'float32', value: (next) => 2000 * next() - 90 },
  float64: { dtype: 'float64', value: (next) => 2000 * next() - 90 },
  'float32 with holes': {
    dtype: 'float32',
    value: (next) => (next() < 0.05 ? Number.NaN : next() < 0.02 ? Number.POSITIVE_INFINITY : next()),
  },
}

/** In which order events may come. */
export const orders: Record<string, (n: number, next: () => number) => number[]> = {
  plain: (n) => Array.from({ length: n }, (_, i) => i),
  gaps: (n, next) => {
    let tick = -1000
    return Array.from({ length: n }, () => (tick += next() < 0.1 ? 1 + Math.floor(9 * next()) : 1))
  },
  'a long gap': (n) => Array.from({ length: n }, (_, i) => (i < n / 2 ? i : i + 3000)),
  late: (n, next) =>
    Array.from({ length: n }, (_, i) => i + 90).map((tick) => (next() < 0.05 ? tick - Math.floor(60 * next()) : tick)),
  'nanosecond stamps': (n) => Array.from({ length: n }, (_, i) => 1.6e15 + (i >> 2) * 8_333_333 + (i & 3)),
  bursts: (n) => Array.from({ length: n }, (_, i) => -5000 + 100 * Math.floor(i / 10) + (i % 10)),
}

/** `n` events of `elements` values. */
export function movie(n: number, elements: number, order: string, source: string, seed: number): TestEvent[] {
  const next = random(seed)
  const { dtype, value } = sources[source]
  return orders[order](n, next).map((counter) => ({
    counter,
    values: roundTrip(
      Array.from({ length: elements }, () => value(next)),
      dtype,
    ),
  }))
}

/** PairSums after `events`, compared with the definition. */
export function check(events: TestEvent[], elements: number, options: RunOptions): PairSums {
  const sums = run(events, elements, options)
  expectSums(sums, oracle(events, options.delays, options.times, options.pairing))
  return sums
}
