// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The first and the last part of a run depend on the number of events only, and their means are those of these events. */
import { describe, expect, it } from 'vitest'
import type { ElementSums } from '../../src/correlators/elementSums.js'
import { segmentBytes, Segments } from '../../src/roles/quality/segments.js'

/** Element 0 sees event e as e, element 1 as e * e with every third event a hole. */
class Counting {
  events = 0
  readonly sum = new Float64Array(2)
  readonly count = new Float64Array(2)
  add(): void {
    const e = this.events++
    this.sum[0] += e
    this.count[0]++
    if (e % 3 === 0) return
    this.sum[1] += e * e
    this.count[1]++
  }
  get valueSum(): Float64Array {
    return this.sum.slice()
  }
  get valueCount(): Float64Array {
    return this.count.slice()
  }
}

/** Store `events` in pieces of at most `piece`. */
function partsOf(events: number, piece: number): { apart: boolean; first: number[]; last: number[] } {
  const sums = new Counting()
  const segments = new Segments(sums as unknown as ElementSums)
  for (let left = events; left > 0; ) {
    const count = Math.min(left, piece, segments.room)
    for (let k = 0; k < count; k++) sums.add()
    segments.stored(count)
    left -= count
  }
  const [first, last] = [new Float64Array(2), new Float64Array(2)]
  segments.fill('first', first)
  segments.fill('last', last)
  return { apart: segments.apart, first: [...first], last: [...last] }
}

function meansOf(from: number, to: number): number[] {
  const all = Array.from({ length: to - from }, (_, i) => from + i)
  const seen = all.filter((e) => e % 3 !== 0)
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return [mean(all), mean(seen.map((e) => e * e))]
}

describe('parts of a run', () => {
  it.each([
    [100, 32, [64, 100]],
    [256, 32, [224, 256]],
    [500, 32, [480, 500]],
    [512, 64, [480, 512]],
    [1500, 128, [1408, 1500]],
    [1450, 128, [1280, 1450]],
    [10_000, 1024, [9216, 10_000]],
  ] as const)('of %i events: the first %i, the last from %j', (events, first, [from, to]) => {
    const parts = partsOf(events, 1024)
    expect(parts).toEqual({ apart: true, first: meansOf(0, first), last: meansOf(from, to) })
    for (const piece of [1, 7, 100]) expect(partsOf(events, piece)).toEqual(parts)
  })

  it.each([0, 1, 31, 40])('of %i events are not apart', (events) => {
    const { apart, first } = partsOf(events, 1024)
    expect(apart).toBe(false)
    expect(first.every(Number.isNaN)).toBe(true)
  })

  it('take what is planned, at most', () => {
    const events = 3000
    const segments = new Segments(new Counting() as unknown as ElementSums)
    let most = 0
    for (let e = 1; e <= events; e++) {
      segments.stored(1)
      most = Math.max(most, segments.memoryBytes())
      expect(segments.memoryBytes()).toBeLessThanOrEqual(segmentBytes(e, 2, true))
    }
    expect(most).toBe(segmentBytes(events, 2, true))
    expect(segmentBytes(events, 2, false)).toBe(48 * 2)
    expect(segmentBytes(31, 2, false)).toBe(0)
  })
})
