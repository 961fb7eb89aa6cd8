// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The rules of order, buffer, pairs and curves, stated once more in the plainest way and without a line of the engine:
 * all frames in memory, every pair by itself, in float64.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readNpy } from '../../src/io/npy.js'
import type { ReferenceCase } from './cases.js'

export interface OracleInput {
  /** [events][frame], file order. */
  readonly frames: readonly Float64Array[]
  readonly counters: readonly number[]
  readonly mask: ArrayLike<number>
  readonly color: ArrayLike<number>
  readonly fine: ArrayLike<number>
  readonly delays: readonly number[]
  readonly times: number
  /** Events between updates, 0 = only at the end. */
  readonly update: number
  readonly pairs: 'buffer' | 'ever'
  readonly saturatedValue: number
  readonly notzero: number
}

export interface OracleUpdate {
  readonly largest: number
  readonly counts: number[]
  readonly sums: Record<'G2' | 'IP' | 'IF', Float64Array>
  readonly saturated: Uint8Array
  readonly colors: number[]
  /** [color][delay], NaN without pairs. */
  readonly curves: number[][]
  readonly errors: number[][]
}

export interface OracleResult {
  readonly updates: OracleUpdate[]
  readonly accepted: number[]
  readonly late: number
  readonly duplicate: number
}

/** What `order` (positions in the file, in order of delivery) must lead to. */
export function oracle(input: OracleInput, order: readonly number[]): OracleResult {
  const { delays, times, update, mask } = input
  const buffer = new Map<number, Float64Array>()
  const ever = new Map<string, [Float64Array, Float64Array, number]>()
  const saturated = new Uint8Array(mask.length)
  const result: OracleResult & { late: number; duplicate: number } = {
    updates: [],
    accepted: [],
    late: 0,
    duplicate: 0,
  }
  const publish = (): void => {
    const pairs = input.pairs === 'buffer' ? pairsInside(buffer, delays) : [...ever.values()]
    const next = summed(input, pairs, Uint8Array.from(saturated), Math.max(...result.accepted))
    const same = result.updates.findIndex((earlier) => earlier.largest === next.largest)
    if (same >= 0) result.updates.splice(same, 1)
    result.updates.push(next)
  }
  order.forEach((at, delivered) => {
    const t = input.counters[at] as number
    const smallest = Math.min(...buffer.keys())
    if (buffer.size === times && t <= smallest) result.late++
    else if (buffer.has(t)) result.duplicate++
    else {
      if (buffer.size === times) buffer.delete(smallest)
      const frame = input.frames[at] as Float64Array
      frame.forEach((value, i) => {
        if (mask[i] && value >= input.saturatedValue) saturated[i] = 1
      })
      const values = frame.map((value) => Math.max(value, input.notzero))
      buffer.set(t, values)
      result.accepted.push(t)
      delays.forEach((d, k) => {
        const [before, after] = [buffer.get(t - d), buffer.get(t + d)]
        if (before) ever.set(`${t - d} ${d}`, [before, values, k])
        if (after) ever.set(`${t} ${d}`, [values, after, k])
      })
    }
    if (update > 0 && (delivered + 1) % update === 0) publish()
  })
  publish()
  return result
}

type Pair = readonly [past: Float64Array, future: Float64Array, delay: number]

function pairsInside(buffer: ReadonlyMap<number, Float64Array>, delays: readonly number[]): Pair[] {
  const pairs: Pair[] = []
  for (const [t, past] of buffer)
    delays.forEach((d, k) => {
      const future = buffer.get(t + d)
      if (future) pairs.push([past, future, k])
    })
  return pairs
}

function summed(input: OracleInput, pairs: readonly Pair[], saturated: Uint8Array, largest: number): OracleUpdate {
  const { delays, mask } = input
  const size = mask.length
  const counts = delays.map(() => 0)
  const sums = {
    G2: new Float64Array(delays.length * size),
    IP: new Float64Array(delays.length * size),
    IF: new Float64Array(delays.length * size),
  }
  for (const [past, future, k] of pairs) {
    counts[k] = (counts[k] ?? 0) + 1
    for (let i = 0; i < size; i++) {
      if (!mask[i]) continue
      const [a, b, at] = [past[i] as number, future[i] as number, k * size + i]
      sums.G2[at] = (sums.G2[at] as number) + a * b
      sums.IP[at] = (sums.IP[at] as number) + a
      sums.IF[at] = (sums.IF[at] as number) + b
    }
  }
  const alive = Array.from(mask, (on, i) => on === 1 && saturated[i] === 0)
  const colors = [...new Set(Array.from(input.color).filter((c, i) => c > 0 && alive[i]))].sort((a, b) => a - b)
  const ratios = delays.map((_, k) => ratiosAt(input, alive, sums, k, counts[k] as number))
  const members = (c: number): number[] => [...alive.keys()].filter((i) => alive[i] && input.color[i] === c)
  const g2Of = (c: number, k: number): number => mean(members(c).map((i) => (ratios[k] as Ratio[])[i]?.r as number))
  return {
    largest,
    counts,
    sums,
    saturated,
    colors,
    curves: colors.map((c) => delays.map((_, k) => g2Of(c, k))),
    errors: colors.map((c) =>
      delays.map((_, k) =>
        standardError(
          members(c).map((i) => (ratios[k] as Ratio[])[i] as Ratio),
          g2Of(c, k),
        ),
      ),
    ),
  }
}

interface Ratio {
  /** (G2/n) / (<IP/n> <IF/n>), means over the element's finecolor. */
  readonly r: number
  /** (IP/n) / <IP/n> + (IF/n) / <IF/n> - 2. */
  readonly u: number
}

function ratiosAt(
  { mask, fine }: OracleInput,
  alive: readonly boolean[],
  sums: OracleUpdate['sums'],
  k: number,
  n: number,
): Ratio[] {
  const size = mask.length
  const at = (sum: Float64Array, i: number): number => (sum[k * size + i] as number) / n
  const fineMean = (sum: Float64Array, label: number): number =>
    mean([...alive.keys()].filter((i) => alive[i] && fine[i] === label).map((i) => at(sum, i)))
  const labels = [...new Set(Array.from(fine))]
  const below = new Map(labels.map((label) => [label, [fineMean(sums.IP, label), fineMean(sums.IF, label)] as const]))
  return Array.from(mask, (_, i) => {
    const [past, future] = below.get(fine[i] as number) as readonly [number, number]
    return { r: at(sums.G2, i) / (past * future), u: at(sums.IP, i) / past + at(sums.IF, i) / future - 2 }
  })
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of the mean of r, when the means below the fraction vary with it (delta method). */
function standardError(elements: readonly Ratio[], g2: number): number {
  if (elements.length < 2) return Number.NaN
  const rest = elements.map(({ r, u }) => r - g2 * (1 + u))
  const centre = mean(rest)
  const variance = rest.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (rest.length - 1)
  return Math.sqrt(variance / rest.length)
}

/** The order in which the master delivers: file order, or the servers in turn, or the earliest counter first. */
export function deliveryOrder(
  counters: readonly number[],
  streams: readonly number[] | null,
  servers: number,
  inTurn: boolean,
): number[] {
  if (streams === null) return counters.map((_, i) => i)
  const sorted = [...new Set(streams)].sort((a, b) => a - b)
  const queues = Array.from({ length: servers }, (_, k) =>
    counters.map((_, i) => i).filter((i) => sorted.indexOf(streams[i] as number) % servers === k),
  )
  const order: number[] = []
  for (let last = -1; order.length < counters.length; ) {
    const ready = queues.map((_, k) => k).filter((k) => (queues[k] as number[]).length > 0)
    const head = (k: number): number => counters[(queues[k] as number[])[0] as number] as number
    const next = inTurn
      ? (ready.find((k) => k > last) ?? (ready[0] as number))
      : ready.reduce((best, k) => (head(k) < head(best) ? k : best))
    last = next
    order.push((queues[next] as number[]).shift() as number)
  }
  return order
}

/** A reference case as input of the oracle, and its delivery order after the filter. */
export function oracleOfCase({ folder, params }: ReferenceCase, userClass: string): OracleResult {
  const array = (name: string): number[] => Array.from(readNpy(join(folder, `${name}.npy`)).data)
  const { shape, data } = readNpy(join(folder, 'input.npy'))
  const size = data.length / (shape[0] as number)
  const counters = array('times')
  const streams = existsSync(join(folder, 'streams.npy')) ? array('streams') : null
  const ipm = existsSync(join(folder, 'ipm.npy')) ? array('ipm') : null
  const all = counters.map((_, i) => i)
  const kept = ipm === null ? all : all.filter((i) => (ipm[i] as number) >= 0.05)
  const order = deliveryOrder(
    kept.map((i) => counters[i] as number),
    streams && kept.map((i) => streams[i] as number),
    params.numServers,
    params.serversRoundRobin,
  )
  const input: OracleInput = {
    frames: all.map((e) => Float64Array.from(data.subarray(e * size, (e + 1) * size))),
    counters,
    mask: array('mask'),
    color: array('color'),
    fine: array('finecolor'),
    delays: params.delays,
    times: params.times,
    update: params.update > 0 ? params.update + 1 : 0,
    pairs: userClass === 'G2IncrementalAccumulator' ? 'ever' : 'buffer',
    saturatedValue: params.saturatedValue,
    notzero: params.notzero,
  }
  return oracle(
    input,
    order.map((i) => kept[i] as number),
  )
}
