// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a user should know before the run, each in one sentence with its numbers. */
import type { DType } from '../../units.js'
import { bytesText } from '../../units.js'
import type { ResolvedConfig } from '../resolved.js'
import type { ExpectedPairs, ExplainFacts, Explanation } from './facts.js'

/** Largest per-pixel output that is written without being asked for, in bytes. */
export const largestUnasked = 1e9

const largestValues: Partial<Record<DType, number>> = {
  uint8: 2 ** 8 - 1,
  int8: 2 ** 7,
  uint16: 2 ** 16 - 1,
  int16: 2 ** 15,
  uint32: 2 ** 32 - 1,
  int32: 2 ** 31,
}

/** One sentence when arrays or maps pass 1 GB and the configuration does not say `h5arrays`; null otherwise. */
export function refusalOfOutput(
  config: ResolvedConfig,
  { arrayBytes, mapBytes, maps }: Explanation['result'],
): string | null {
  if (config.systemParams.h5arraysExplicit) return null
  if (mapBytes > largestUnasked) {
    const { frames } = maps.reduce((a, b) => (b.frames > a.frames ? b : a))
    return `two-time maps of ${frames} x ${frames} frames would take ${bytesText(mapBytes)} in the result; set systemParams.h5arrays to 'final', 'every' or 'none' to write them all the same, or add up frames (userParams.average)`
  }
  if (arrayBytes <= largestUnasked) return null
  return `G2, IP and IF of every pixel would take ${bytesText(arrayBytes)} in the result; set systemParams.h5arrays to 'final' or 'every' to write them all the same, or to 'none'`
}

export function warningsOf(facts: ExplainFacts, pairs: readonly ExpectedPairs[]): string[] {
  return [
    ...(facts.warnings ?? []),
    ...rankWarnings(facts),
    ...facts.plan.analyses.flatMap((_, i) => analysisWarnings(facts, i, pairs)),
  ]
}

function rankWarnings({ plan, source, cores, counters }: ExplainFacts): string[] {
  const warnings: string[] = []
  if (source.streams !== null && plan.servers > source.streams) {
    warnings.push(
      `systemParams.numServers is ${plan.servers}, but the data has ${source.streams} streams, so ${plan.servers - source.streams} servers have nothing to read`,
    )
  }
  if (cores !== null && plan.workers > cores) {
    warnings.push(
      `${plan.workers} workers share ${cores} core${cores === 1 ? '' : 's'}; fewer workers (systemParams.numWorkers) may be as fast`,
    )
  }
  const empty = plan.partition.shares.filter((share) => share.count === 0).length
  if (empty > 0)
    warnings.push(
      `${empty} of ${plan.workers} workers get no elements, because the mask lets only ${plan.partition.elements.length} through`,
    )
  if (counters.length === 0) {
    const { average, stride } = plan.selection
    const sums = average * stride === 1 ? '' : ` with every one of its ${average} frames, ${stride} ticks apart`
    warnings.push(`no event passes badEvents and filters${sums}, so the result will be empty`)
  }
  return warnings
}

function analysisWarnings(facts: ExplainFacts, i: number, expected: readonly ExpectedPairs[]): string[] {
  const { plan } = facts
  const { name, color } = plan.analyses[i] as (typeof plan.analyses)[number]
  const where = name === '' ? '' : `analysis ${name}: `
  const pairs = expected[i] as ExpectedPairs
  const found = [uncolored(color), unreachable(facts, pairs), inexact(facts, pairs)]
  return found.filter((text) => text !== null).map((text) => where + text)
}

function uncolored(color: Int32Array): string | null {
  let count = 0
  for (const label of color) if (label === 0) count++
  if (count === 0) return null
  const percent = ((100 * count) / color.length).toFixed(1)
  return `${count} elements (${percent} %) are masked in but colored 0: they are correlated and then used in no curve; mask them out`
}

function unreachable({ plan, counters }: ExplainFacts, { delays, pairs }: ExpectedPairs): string | null {
  const none = delays.filter((_, d) => pairs[d] === 0)
  const first = none[0]
  if (first === undefined || counters.length === 0) return null
  const span = counters.reduce((a, b) => Math.max(a, b)) - counters.reduce((a, b) => Math.min(a, b))
  const last = none.at(-1)
  const which = none.length === 1 ? `delay ${first} will` : `${none.length} delays (${first} .. ${last}) will`
  const reason =
    first > span
      ? `the counters span ${span} ticks`
      : first >= plan.times
        ? `the buffer holds ${plan.times} events (systemParams.times), so delays from ${plan.times} on are out of reach`
        : `no two events are that far apart while both are in the buffer of ${plan.times} events`
  return `${which} have no pairs: ${reason}`
}

/** Integer sums are exact up to 2^53. */
function inexact({ source, plan }: ExplainFacts, { pairs }: ExpectedPairs): string | null {
  const ofType = largestValues[source.dtype]
  if (ofType === undefined || pairs.length === 0) return null
  const { average } = plan.selection
  const largest = Math.min(ofType, source.saturation ?? ofType) * average
  const most = pairs.reduce((a, b) => Math.max(a, b))
  if (largest * largest * most < 2 ** 53) return null
  const safe = Math.floor(Math.sqrt(2 ** 53 / most))
  return `sums of ${most} pairs stay exact (below 2^53) for values up to ${safe}, but ${average > 1 ? `sums of ${average} frames of ` : ''}${source.dtype} data may hold up to ${largest}`
}
