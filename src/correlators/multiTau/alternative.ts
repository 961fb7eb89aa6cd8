// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Multi-tau by its definition over whole arrays, for `--test-alt`: every level is built in full, every lag summed in a double loop. */
import type { AlternativeSums, EventTime } from '../alternative.js'
import { levelLagOf, type MultiTauScheme } from './delays.js'

/** Sum and number of events of one sample, per element. */
interface Sample {
  readonly sum: Float64Array
  readonly n: Float64Array
}

/** Sums per delay; `counts` = sum n_i n_j of an element without holes. */
export function alternativeMultiTau(
  scheme: MultiTauScheme,
  events: readonly EventTime[],
  data: readonly Float64Array[],
  delays: Float64Array,
  saturated: Uint8Array,
): AlternativeSums {
  const elements = data[0]?.length ?? 0
  const zeros = (): Float64Array => new Float64Array(delays.length * elements)
  const arrays = { G2: zeros(), IP: zeros(), IF: zeros() }
  const lost = zeros()
  const counts = new Float64Array(delays.length)
  delays.forEach((delay, d) => {
    const { level, lag } = levelLagOf(scheme, delay)
    const samples = samplesOf(events, data, elements, 2 ** level)
    for (let j = lag; j < samples.length; j++) {
      counts[d] += presence(samples[j - lag]) * presence(samples[j])
      addPair(arrays, lost, d * elements, samples[j - lag], samples[j])
    }
  })
  return { counts, saturated, arrays, lost }
}

/** The whole samples of `ticks` ticks from the first event on. */
function samplesOf(
  events: readonly EventTime[],
  data: readonly Float64Array[],
  elements: number,
  ticks: number,
): Sample[] {
  const first = events[0]?.counter ?? 0
  const span = (events.at(-1)?.counter ?? first - 1) - first + 1
  const samples = Array.from({ length: Math.floor(span / ticks) }, (): Sample => {
    return { sum: new Float64Array(elements), n: new Float64Array(elements + 1) }
  })
  events.forEach(({ counter }, e) => {
    const sample = samples[Math.floor((counter - first) / ticks)]
    if (sample === undefined) return
    sample.n[elements]++
    data[e].forEach((value, i) => {
      if (!Number.isFinite(value)) return
      sample.sum[i] += value
      sample.n[i]++
    })
  })
  return samples
}

/** Events in a sample, holes of elements aside. */
function presence({ n }: Sample): number {
  return n[n.length - 1]
}

function addPair(sums: AlternativeSums['arrays'], lost: Float64Array, at: number, past: Sample, future: Sample): void {
  for (let i = 0; i < past.sum.length; i++) {
    sums.G2[at + i] += past.sum[i] * future.sum[i]
    sums.IP[at + i] += past.sum[i] * future.n[i]
    sums.IF[at + i] += future.sum[i] * past.n[i]
    lost[at + i] += presence(past) * presence(future) - past.n[i] * future.n[i]
  }
}
