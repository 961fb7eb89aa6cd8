// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The tables of `reference/parcorana-helpers`, and what they cannot say: errors and boundaries. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Counter120hz, getSortedCountersBasedOnSecNsecAtHertz } from '../../src/config/helpers/clocks.js'
import { makeDelayList, roundHalfToEven } from '../../src/config/helpers/delayList.js'
import { getStats, roundRobin } from '../../src/config/helpers/lists.js'
import { changeDatasetStreams, parseDataSetString } from '../../src/config/helpers/psana.js'
import { parseRanges, rangesToList } from '../../src/config/helpers/ranges.js'
import { describeWithShared } from '../support/shared.js'

describeWithShared('helper tables of the original', (shared) => {
  const table = (name: string) =>
    JSON.parse(readFileSync(resolve(shared, `reference/parcorana-helpers/${name}.json`), 'utf8'))

  it('makeDelayList', () => {
    const rows = table('makeDelayList')
    expect(rows.length).toBe(23)
    for (const row of rows) expect(makeDelayList(row), JSON.stringify({ ...row, delays: 0 })).toEqual(row.delays)
  })

  it('Counter120hz', () => {
    const rows = table('counter120hz')
    expect(rows.length).toBe(400)
    for (const row of rows) {
      const counter = new Counter120hz(row.sec0, row.nsec0, row.fid0).getCounter(row.sec, row.fid)
      expect(counter, JSON.stringify(row)).toBe(row.true)
    }
  })

  it('getSortedCountersBasedOnSecNsecAtHertz', () => {
    for (const { ev, out } of table('sortedCounters')) {
      const { counters, order, uncertain } = getSortedCountersBasedOnSecNsecAtHertz(ev)
      expect([counters, order]).toEqual(out)
      expect(uncertain).toEqual([])
    }
  })

  it('parseDataSetString', () => {
    for (const { s, out } of table('parseDataSetString')) expect(parseDataSetString(s), s).toEqual(out)
  })

  it('changeDatasetStreams', () => {
    for (const { s, n, out } of table('changeDatasetStreams')) expect(changeDatasetStreams(s, n)).toBe(out)
  })

  it('rangesToList', () => {
    for (const { s, out } of table('rangesToList')) expect(rangesToList(s), s).toEqual(out)
  })

  it('getStats', () => {
    for (const { v, out } of table('getStats')) {
      const { percentiles, ...rest } = getStats(v)
      expect({ ...rest, ...percentiles }).toEqual(out)
    }
  })

  it('roundRobin', () => {
    for (const { n, d, r } of table('roundRobin')) expect(roundRobin(n, d)).toEqual(r)
  })
})

describe('makeDelayList', () => {
  const base = { start: 1, stop: 10, num: 7, spacing: 'lin' } as const

  it('rounds half to even', () => {
    expect(makeDelayList(base)).toEqual([1, 2, 4, 6, 7, 8, 10])
    expect([0.5, 1.5, 2.5, -0.5, 2.4999, 2.5001].map(roundHalfToEven)).toEqual([0, 2, 2, 0, 2, 3])
  })

  it.each([
    [{ spacing: 'cubic' as 'lin' }, "makeDelayList: spacing is \"cubic\", but must be 'lin' or 'log'"],
    [{ stop: 0 }, 'makeDelayList: stop is 0, but must be an integer of start = 1 or more'],
    [{ num: 0 }, 'makeDelayList: num is 0, but must be an integer of 1 or more'],
    [{ num: 2.5 }, 'makeDelayList: num is 2.5, but must be an integer of 1 or more'],
    [{ start: 0 }, 'makeDelayList: start is 0, but must be an integer of 1 or more'],
  ])('refuses %o', (change, message) => {
    expect(() => makeDelayList({ ...base, ...change })).toThrow(message)
  })
})

describe('ranges', () => {
  it('merges what touches', () => {
    expect(parseRanges('20,0-9, 8-12,13', 'k')).toEqual([
      [0, 13],
      [20, 20],
    ])
    expect(parseRanges([5, 4, 9], 'k')).toEqual([
      [4, 5],
      [9, 9],
    ])
    expect(parseRanges(null, 'k')).toEqual([])
  })

  it.each([
    ['3-1', "k holds '3-1', which runs backwards; write '1-3'"],
    ['1,,2', "k holds '', but must be ranges such as '0-9,1200'"],
    ['-4', "k holds '-4', but must be ranges such as '0-9,1200'"],
  ])('refuses %s', (text, message) => {
    expect(() => parseRanges(text, 'k')).toThrow(message)
  })
})

describe('clocks', () => {
  it('marks distances near a rounding boundary', () => {
    const half = 1e9 / 240
    expect(
      getSortedCountersBasedOnSecNsecAtHertz([
        [1, 0],
        [1, half],
        [2, 0],
      ]).uncertain,
    ).toEqual([1, 2])
  })

  it('refuses fiducials outside the cycle', () => {
    expect(() => new Counter120hz(0, 0, 131041)).toThrow('fiducial 131041 is outside 0..131040')
    expect(() => new Counter120hz(0, 0, 0).getCounter(0, -1)).toThrow('fiducial -1')
  })
})

describe('lists', () => {
  it('refuses what cannot be', () => {
    expect(() => getStats([])).toThrow('at least one value')
    expect(() => roundRobin(3, { a: [1], b: [2] })).toThrow('asked for 3 items, but there are 2')
    expect(() => parseDataSetString('run=1')).toThrow('neither exp= nor shmem=')
    expect(() => parseDataSetString('exp=abc123:run=1')).toThrow("instrument 'abc' is none of AMO")
  })
})
