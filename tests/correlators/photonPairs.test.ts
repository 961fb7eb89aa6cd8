// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A photon list as the events of one element: G2 at single ticks is the number of photon pairs that another program counted. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import { PairSums } from '../../src/correlators/pairSums.js'
import { readNpy } from '../../src/io/npy.js'
import { describeWithShared } from '../support/shared.js'
import { blocksOf, decide, type TestEvent } from './pairSumsOracle.js'
import { photonStamps } from './photonStamps.js'

const blockEvents = 1024
/** More events than any 20 ticks hold. */
const times = 64

/** One event per tick with photons; its value counts them. */
function eventsOf(stamps: readonly number[]): TestEvent[] {
  const events: { counter: number; values: number[] }[] = []
  for (const counter of stamps) {
    const last = events.at(-1)
    if (last?.counter === counter) last.values[0]++
    else events.push({ counter, values: [1] })
  }
  return events
}

describeWithShared('all photons of a list', (shared) => {
  const folder = join(shared, 'data', 'photons-tau')
  const stamps = photonStamps(readFileSync(join(folder, 'sample.spc')))
  const delays = Float64Array.from({ length: 20 }, (_, k) => k + 1)

  /** pairs = (g + 1) r^2 (T - lag), T the last stamp, r photons per tick. */
  function countedPairs(): number[] {
    const { data: corr } = readNpy(join(folder, 'ref_ccf_nblock1.corr.npy'))
    const { data: tau } = readNpy(join(folder, 'ref_ccf_nblock1.tau.npy'))
    const last = stamps[stamps.length - 1]
    return Array.from(delays, (delay) => {
      const g = corr[tau.indexOf(delay)]
      return (g + 1) * (stamps.length / last) ** 2 * (last - delay)
    })
  }

  it('have the counted pairs at delays of 1 to 20 ticks', () => {
    expect(stamps.length).toBe(729088)
    const events = eventsOf(stamps)
    const sums = new PairSums({
      ...{ elements: 1, delays, times, pairing: 'accumulator', storeDtype: 'auto', sourceDtype: 'uint16', blockEvents },
      ticksHint: events.length,
    })
    const index = new TimeIndex(times)
    for (let from = 0; from < events.length; from += blockEvents) {
      const end = Math.min(events.length, from + blockEvents)
      const [block] = blocksOf(events.slice(from, end), 'uint16', blockEvents, true)
      sums.insert(decide(index, events, from, end, blockEvents, from / blockEvents), [block])
    }
    sums.calc()
    const pairs = countedPairs()
    for (const count of pairs) expect(Math.abs(count - Math.round(count))).toBeLessThan(1e-5)
    const G2 = Array.from(delays, (_, d) => {
      const out = new Float64Array(1)
      sums.fill('G2', d, out)
      return out[0]
    })
    expect(G2).toEqual(pairs.map(Math.round))
  })
})
