// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { PairCounts } from '../../src/buffers/pairCounts.js'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import { WorkerData } from '../../src/buffers/workerData.js'
import type { Pairing } from '../../src/kernels/contract.js'

const delays = [1, 2, 3, 5, 8, 10]

/** Counts after `counters` in order through a buffer of `times`. */
function count(
  counters: readonly number[],
  times: number,
  pairing: Pairing,
  wanted: readonly number[] = delays,
): number[] {
  const index = new TimeIndex(times)
  const pairs = new PairCounts(wanted, pairing)
  for (const counter of counters) {
    const full = index.size === times
    const late = full && counter <= index.min
    if (late || index.has(counter)) continue
    const row = full ? index.rowOf(index.min) : index.size
    if (full) {
      pairs.beforeRemove(index.min, index)
      index.evict(index.min)
    }
    index.insert(counter, row)
    pairs.afterInsert(counter, index)
  }
  return [...pairs.counts(index)]
}

/** Pairs of a set, by two loops. */
function brute(stored: readonly number[], wanted: readonly number[] = delays): number[] {
  return wanted.map((delay) => stored.filter((a) => stored.some((b) => b === a + delay)).length)
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const swapped = range(37)
for (const [a, b] of [
  [0, 1],
  [2, 4],
  [9, 10],
  [13, 16],
]) {
  swapped[a] = b
  swapped[b] = a
}

describe('bookkeeping of the original', () => {
  it.each(['accumulator', 'windowed', 'atEnd'] satisfies Pairing[])('%s: 37 times in a buffer of 50', (pairing) => {
    expect(count(range(37), 50, pairing)).toEqual(delays.map((delay) => 37 - delay))
    expect(count(swapped, 50, pairing)).toEqual(delays.map((delay) => 37 - delay))
  })

  it('a buffer of 5 without removal has the full number of short pairs and no long ones', () => {
    expect(count(range(37), 5, 'accumulator')).toEqual([36, 35, 34, 0, 0, 0])
  })

  it('a buffer of 5 with removal has the pairs of 32..36', () => {
    expect(count(range(37), 5, 'windowed')).toEqual([4, 3, 2, 0, 0, 0])
    expect(count(range(37), 5, 'atEnd')).toEqual([4, 3, 2, 0, 0, 0])
  })
})

describe('any counters', () => {
  it('negative ones count as others do', () => {
    const shifted = swapped.map((counter) => counter - 30)
    for (const pairing of ['accumulator', 'windowed', 'atEnd'] as const) {
      expect(count(shifted, 50, pairing)).toEqual(count(swapped, 50, pairing))
      expect(count(shifted, 12, pairing)).toEqual(count(swapped, 12, pairing))
    }
    expect(count([-9, -5, -14, -4], 3, 'windowed', [5])).toEqual(brute([-9, -5, -4], [5]))
  })

  it('delays may come in any order and repeat', () => {
    expect(count(range(50), 1000, 'accumulator', [60, 1, 2, 5, 3, 1])).toEqual([0, 49, 48, 45, 47, 49])
  })

  it('the windowed count is the count of the buffer', () => {
    const counters = range(400).map((i) => Math.floor(i / 2 + 20 * Math.sin(i * i)) - 100)
    const kept = [...new Set(counters)]
    for (const times of [1, 7, 60, 1000]) {
      const index = new TimeIndex(times)
      for (const counter of kept) index.offer(counter)
      const stored = [...index].map(([counter]) => counter)
      expect(count(counters, times, 'windowed')).toEqual(brute(stored))
      expect(count(counters, times, 'atEnd')).toEqual(brute(stored))
    }
  })
})

describe('WorkerData', () => {
  const index = new TimeIndex(5)
  const rows = Array.from({ length: 5 }, () => new Float64Array(3))
  const data = new WorkerData(index, 3, (row) => rows[row])

  it('says that it is empty', () => {
    expect(data.empty()).toBe(true)
    expect(data.filledX()).toBe(0)
    expect(() => data.minTimeForStoredData()).toThrow(/holds no event/)
    expect(() => data.maxTimeForStoredData()).toThrow(/holds no event/)
    expect([...data.timesForStoredData()]).toEqual([])
  })

  it('shows what is stored', () => {
    for (const counter of [20, 19, 10, 13, 18, 11, 20]) {
      const { fate, row } = index.offer(counter)
      if (fate === 'stored') rows[row].fill(counter)
    }
    expect(data.filledX()).toBe(5)
    expect([data.minTimeForStoredData(), data.maxTimeForStoredData()]).toEqual([11, 20])
    expect([...data.timesForStoredData()]).toEqual([11, 13, 18, 19, 20])
    expect([...data.timesDataIndexes()]).toEqual([
      [11, 2],
      [13, 3],
      [18, 4],
      [19, 1],
      [20, 0],
    ])
    expect(data.tm2idx(10)).toBeNull()
    expect([...data.row(data.tm2idx(11) ?? -1)]).toEqual([11, 11, 11])
    expect([data.numOutOfOrder, data.numDupTimes, data.times, data.numElements]).toEqual([5, 1, 5, 3])
  })
})
