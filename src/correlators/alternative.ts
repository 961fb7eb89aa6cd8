// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The slow, obvious calculation behind `--test-alt`: a double loop over all pairs of events. Shares no kernel with the engine. */

/** Identity and time of one event. */
export interface EventTime {
  readonly sec: number
  readonly nsec: number
  readonly fiducials: number
  readonly counter: number
}

export interface AlternativeSums {
  readonly counts: Float64Array
  readonly saturated: Uint8Array
  readonly arrays: Readonly<Record<'G2' | 'IP' | 'IF', Float64Array>>
  /** Pairs that each element lost to holes. */
  readonly lost: Float64Array
}

/** Sums over all pairs of events `from..`, per delay and element: arrays are D x n, row-major. Non-finite values are holes. */
export function alternativeSums(
  events: readonly EventTime[],
  data: readonly Float64Array[],
  delays: Float64Array,
  from: number,
  saturated: Uint8Array,
): AlternativeSums {
  const elements = data[0]?.length ?? 0
  const zeros = (): Float64Array => new Float64Array(delays.length * elements)
  const arrays = { G2: zeros(), IP: zeros(), IF: zeros() }
  const lost = zeros()
  const counts = new Float64Array(delays.length)
  const numberOf = new Map(Array.from(delays, (delay, index) => [delay, index]))
  for (let later = from; later < events.length; later++) {
    for (let earlier = from; earlier < later; earlier++) {
      const delay = numberOf.get((events[later]?.counter ?? 0) - (events[earlier]?.counter ?? 0))
      if (delay === undefined) continue
      counts[delay]++
      addPair(arrays, lost, delay * elements, data[earlier] ?? zeros(), data[later] ?? zeros())
    }
  }
  return { counts, saturated, arrays, lost }
}

function addPair(
  sums: AlternativeSums['arrays'],
  lost: Float64Array,
  at: number,
  past: Float64Array,
  future: Float64Array,
): void {
  for (let i = 0; i < past.length; i++) {
    const a = past[i]
    const b = future[i]
    if (!Number.isFinite(a) || !Number.isFinite(b)) {
      lost[at + i]++
      continue
    }
    sums.G2[at + i] += a * b
    sums.IP[at + i] += a
    sums.IF[at + i] += b
  }
}
