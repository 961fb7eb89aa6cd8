// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Pair sums of intensities per event: the same pairs as those of the elements, for every class, order and buffer. */
import { describe, expect, it } from 'vitest'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import { builtInClasses } from '../../src/correlators/builtInClasses.js'
import { wordAt } from '../../src/formats/speckle/hash.js'

const names = ['G2AtEnd', 'G2IncrementalAccumulator', 'G2IncrementalWindowed', 'MultiTau', 'TwoTime']

/** Stored events of a run with gaps, late events, duplicates and a buffer of `times`. */
function storedEvents(times: number, disorder: number, columns: number) {
  const index = new TimeIndex(times)
  const counter: number[] = []
  const evicted: number[] = []
  const row: number[] = []
  for (let e = 0; e < 400; e++) {
    const wanted = e + Math.floor(e / 7) - ((wordAt(3, e) >>> 8) % (disorder + 1))
    const decision = index.offer(wanted)
    if (decision.fate !== 'stored') continue
    counter.push(wanted)
    evicted.push(decision.evicted)
    row.push(decision.row)
  }
  const values = Float64Array.from({ length: counter.length * columns }, (_, i) => (wordAt(9, i) >>> 12) % 1000)
  return { counter: Float64Array.from(counter), evicted: Float64Array.from(evicted), row: Int32Array.from(row), values }
}

function openBoth(name: string, times: number, columns: number) {
  const Class = builtInClasses[name]
  const delays = Class.ownDelays ? Class.delaysFor({}, 460) : Float64Array.of(1, 2, 3, 10, 50, 399)
  const info = { delays, color: new Int32Array(columns).fill(1) } as never
  const instance = new Class({}, {}, info)
  const common = { delays, times, blockEvents: 64, ticksHint: 460 }
  const elements = instance.openSums({ ...common, elements: columns, storeDtype: 'auto', sourceDtype: 'uint16' })
  return { delays, elements, light: instance.openLight({ ...common, columns }) }
}

describe.each(names)('%s', (name) => {
  it.each([
    { times: 500, disorder: 0 },
    { times: 60, disorder: 9, columns: 12 },
    { times: 500, disorder: 4 },
    { times: 60, disorder: 0 },
    { times: 60, disorder: 9 },
  ])('buffer of $times, up to $disorder ticks late', ({ times, disorder, columns = 3 }) => {
    const { counter, evicted, row, values } = storedEvents(times, name === 'MultiTau' ? 0 : disorder, columns)
    const { delays, elements, light } = openBoth(name, times, columns)
    for (let from = 0; from < counter.length; from += 64) {
      const to = Math.min(counter.length, from + 64)
      const count = to - from
      const block = new Uint16Array(count)
      const position = Uint16Array.from(block.keys())
      const own = { counter: counter.slice(from, to), evicted: evicted.slice(from, to), row: row.slice(from, to) }
      const data = Uint16Array.from(values.subarray(from * columns, to * columns))
      elements.insert({ ...own, count, block, position }, [
        { kind: 'dense', events: count, elements: columns, dtype: 'uint16', data },
      ])
      light.insert(own, values.slice(from * columns, to * columns))
    }
    elements.calc()
    light.calc()
    expect(Array.from(light.counts)).toEqual(Array.from(elements.counts))
    expect(Math.max(...light.counts)).toBeGreaterThan(30)
    const column = new Float64Array(columns)
    for (const sum of ['G2', 'IP', 'IF'] as const) {
      delays.forEach((_, d) => {
        elements.fill(sum, d, column)
        expect(Array.from(light[sum].subarray(d * columns, (d + 1) * columns))).toEqual(Array.from(column))
      })
    }
  })
})
