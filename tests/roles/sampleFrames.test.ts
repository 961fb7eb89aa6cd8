// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Events kept for the speckle size: which ones, and no more of them than planned. */
import { describe, expect, it } from 'vitest'
import { partition } from '../../src/masks/partition.js'
import { sampleBytes, sampleEvents, SampleFrames } from '../../src/roles/sampleFrames.js'

const elements = 3

/** `events` events, number e with the values e, e, e, in blocks of at most `block`. */
function sampled(most: number, events: number, block: number): { values: number[]; bytes: number } {
  const sample = new SampleFrames(most, elements)
  let bytes = 0
  for (let from = 0; from < events; from += block) {
    const count = Math.min(block, events - from)
    const data = Float32Array.from({ length: count * elements }, (_, i) => from + Math.floor(i / elements))
    const whole = Int32Array.from({ length: count }, (_, i) => i)
    const stored = { count, counter: Float64Array.from(whole, (i) => from + i), evicted: new Float64Array(count) }
    const places = { row: whole, block: new Uint16Array(count), position: Uint16Array.from(whole) }
    sample.add(
      { ...stored, ...places },
      [{ kind: 'dense', events: count, elements, dtype: 'float32', data }],
      new Uint8Array(count).fill(1),
    )
    bytes = Math.max(bytes, sample.memoryBytes())
  }
  return { values: lastElements(sample), bytes }
}

/** Value of the last element of every kept event, taken all at once and in pairs. */
function lastElements(sample: SampleFrames): number[] {
  const taken = (from: number, to: number): number[] => {
    const out = new Float64Array((to - from) * elements)
    sample.fill(from, to, out)
    return [...out].filter((_, i) => i % elements === elements - 1)
  }
  const all = taken(0, sample.count)
  expect(Array.from({ length: sample.count / 2 }, (_, k) => taken(2 * k, 2 * k + 2)).flat()).toEqual(all)
  return all
}

describe('sampled events', () => {
  it('are pairs, all of a short run, ever farther apart in a longer one', () => {
    expect(sampled(8, 5, 2).values).toEqual([0, 1, 2, 3])
    expect(sampled(8, 9, 9).values).toEqual([0, 1, 4, 5])
    expect(sampled(8, 96, 96).values).toEqual([0, 1, 32, 33, 64, 65])
    expect(sampled(8, 98, 98).values).toEqual([0, 1, 64, 65])
  })

  it.each([1, 7, 1000])('are the same in blocks of %i, and never more than planned', (block) => {
    const detector = partition(new Uint8Array(elements).fill(1), 1)
    const most = sampleEvents({ partition: detector })
    expect(most).toBe(200)
    for (const events of [3, 150, 1000]) {
      const { values, bytes } = sampled(most, events, block)
      expect(values).toEqual(sampled(most, events, 64).values)
      expect(bytes).toBeLessThanOrEqual(sampleBytes({ partition: detector }, events, elements))
    }
  })
})
