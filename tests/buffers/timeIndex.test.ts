// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { CounterMap } from '../../src/buffers/counterMap.js'
import { type Decision, TimeIndex } from '../../src/buffers/timeIndex.js'
import { referenceCases, workerDataOf } from '../support/referenceCases.js'
import { describeWithShared } from '../support/shared.js'

const offerAll = (index: TimeIndex, counters: readonly number[]): Decision[] => counters.map((tm) => index.offer(tm))
const range = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i)

describe('a buffer of 5', () => {
  it('is empty at first', () => {
    const index = new TimeIndex(5)
    expect([...index]).toEqual([])
    expect(index.min).toBeNaN()
    expect(index.max).toBeNaN()
    expect(index.rowOf(0)).toBe(-1)
  })

  it('keeps the last five of 0..19, row = time mod 5', () => {
    const index = new TimeIndex(5)
    const decisions = offerAll(index, range(20))
    expect(decisions.map(({ row }) => row)).toEqual(range(20).map((tm) => tm % 5))
    expect(decisions.map(({ evicted }) => evicted).slice(5)).toEqual(range(15))
    expect([...index]).toEqual(range(5, 15).map((tm) => [tm, tm % 5]))
    expect([0, 10, 14, 15, 19].map((tm) => index.rowOf(tm))).toEqual([-1, -1, -1, 0, 4])
    expect(index.numOutOfOrder).toBe(0)
  })

  it('takes events out of order, drops late ones first, then duplicates', () => {
    const index = new TimeIndex(5)
    offerAll(index, [20, 19, 10, 13, 18])
    expect([20, 19, 10, 13, 18].map((tm) => index.rowOf(tm))).toEqual(range(5))
    expect(index.numOutOfOrder).toBe(4)
    expect(offerAll(index, [10, 9, 20]).map(({ fate }) => fate)).toEqual(['late', 'late', 'duplicate'])
    expect(index.numDupTimes).toBe(1)
    expect(index.offer(11)).toEqual({ fate: 'stored', row: 2, evicted: 10, inOrder: false })
    expect(index.has(10)).toBe(false)
    expect([...index].map(([tm]) => tm)).toEqual([11, 13, 18, 19, 20])
  })

  it('replays decisions, also in two steps', () => {
    const master = new TimeIndex(5)
    const worker = new TimeIndex(5)
    const steps = new TimeIndex(5)
    for (const counter of [5, -3, 8, 2, 9, 1, 4, 4, 30, -7, 7]) {
      const { fate, row, evicted, inOrder } = master.offer(counter)
      if (fate !== 'stored') continue
      expect(worker.apply(counter, row, evicted)).toBe(inOrder)
      if (!Number.isNaN(evicted)) expect(steps.evict(evicted)).toBe(row)
      steps.insert(counter, row)
    }
    expect([...worker]).toEqual([...master])
    expect([...steps]).toEqual([...master])
    expect(steps.numOutOfOrder).toBe(master.numOutOfOrder)
  })
})

describe('any sequence', () => {
  it.each([1, 2, 7, 100])('agrees with a plain sorted list, times = %i', (times) => {
    const index = new TimeIndex(times)
    const rows = new Map<number, number>()
    for (let i = 0; i < 2000; i++) {
      const counter = Math.floor(i / 3 + 150 * Math.sin(i * i) - 300) * (i % 5 === 4 ? 2 ** 33 : 1)
      const sorted = [...rows.keys()].sort((a, b) => a - b)
      const decision = index.offer(counter)
      if (sorted.length === times && counter <= sorted[0]) expect(decision.fate).toBe('late')
      else if (rows.has(counter)) expect(decision.fate).toBe('duplicate')
      else {
        const evicted = sorted.length === times ? sorted[0] : Number.NaN
        const row = sorted.length === times ? rows.get(sorted[0]) : sorted.length
        rows.delete(evicted)
        const inOrder = [...rows.keys()].every((stored) => stored < counter)
        expect(decision).toEqual({ fate: 'stored', row, evicted, inOrder })
        rows.set(counter, row ?? -1)
      }
      if (i % 50 === 0) expect([...index]).toEqual([...rows].sort(([a], [b]) => a - b))
    }
  })

  it('refuses what is not a safe integer', () => {
    expect(() => new TimeIndex(5).offer(0.5)).toThrow(/safe integer, not 0.5/)
    expect(() => new TimeIndex(5).offer(Number.NaN)).toThrow(/safe integer/)
    expect(() => new TimeIndex(0)).toThrow(/times/)
    expect(() => new TimeIndex(5).evict(3)).toThrow(/counter 3 is not in the buffer/)
  })
})

describe('CounterMap', () => {
  it('agrees with Map while members come and go', () => {
    const map = new CounterMap()
    const plain = new Map<number, number>()
    for (let i = 0; i < 5000; i++) {
      const counter = (i - 2500) * (i % 3 === 0 ? 1 : 4294967296 / 2 ** (i % 7))
      if (!plain.has(counter)) {
        map.set(counter, i)
        plain.set(counter, i)
      }
      if (plain.size > 40) {
        const [first] = plain.keys()
        map.delete(first)
        plain.delete(first)
        expect(map.get(first)).toBe(-1)
      }
      for (const [key, row] of plain) if (map.get(key) !== row) throw new Error(`${key} is lost`)
    }
    expect(map.size).toBe(plain.size)
  })
})

describeWithShared('what the original stored', (shared) => {
  for (const test of referenceCases(shared)) {
    it.each(test.classes)(`${test.name} %s`, (userClass) => {
      const index = new TimeIndex(test.times)
      const wanted = workerDataOf(test.folder, userClass)
      const accepted = test.counters.filter((counter) => index.offer(counter).fate === 'stored')
      expect(accepted).toEqual(wanted.accepted)
      expect([...index]).toEqual(wanted.stored.map((counter, i) => [counter, wanted.xIndexes[i]]))
      expect(index.numOutOfOrder).toBe(wanted.numOutOfOrder)
      expect(index.numDupTimes).toBe(wanted.numDupTimes)
    })
  }
})
