// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Small functions over lists that ParCorAna offers to users. */

export interface Stats {
  /** Number of values. */
  readonly T: number
  readonly min: number
  readonly max: number
  /** The value at position floor(T / 2) in ascending order. */
  readonly med: number
  /** Percentile p = the value at position floor(p / 100 * T) in ascending order. */
  readonly percentiles: Readonly<Record<5 | 10 | 25 | 75 | 90 | 95, number>>
}

/** Order statistics of `values`; throws RangeError when there are none. */
export function getStats(values: ArrayLike<number>): Stats {
  const sorted = Float64Array.from(values).sort()
  const T = sorted.length
  if (T === 0) throw new RangeError('getStats() needs at least one value')
  const at = (position: number): number => sorted[Math.min(Math.max(position, 0), T - 1)] as number
  const percentile = (p: number): number => at(Math.floor((p * T) / 100))
  const [p5, p10, p25, p75, p90, p95] = [5, 10, 25, 75, 90, 95].map(percentile) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return {
    T,
    min: at(0),
    max: at(T - 1),
    med: at(Math.floor(T / 2)),
    percentiles: { 5: p5, 10: p10, 25: p25, 75: p75, 90: p90, 95: p95 },
  }
}

/** `n` items, one of each list in turn, lists in the order of their sorted keys; throws RangeError when there are fewer than n. */
export function roundRobin<T>(n: number, lists: Readonly<Record<string, readonly T[]>>): T[] {
  const queues = Object.keys(lists)
    .sort()
    .map((key) => [...(lists[key] as readonly T[])])
  const total = queues.reduce((sum, queue) => sum + queue.length, 0)
  if (total < n) throw new RangeError(`roundRobin() was asked for ${n} items, but there are ${total}`)
  const dealt: T[] = []
  for (let i = 0; dealt.length < n; i = (i + 1) % queues.length) {
    const queue = queues[i]
    if (queue !== undefined && queue.length > 0) dealt.push(queue.shift() as T)
  }
  return dealt
}
