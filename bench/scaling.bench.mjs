// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Does an element and event cost the same among 16 times as many elements? The sums are those that bench/worker.bench.mjs verifies.
import { multiTauDelays } from '../dist/src/correlators/multiTau/delays.js'
import { MultiTauSums } from '../dist/src/correlators/multiTauSums.js'
import { PairSums } from '../dist/src/correlators/pairSums.js'
import { makeDelayList } from '../dist/src/index.js'
import { inOrder } from './events.mjs'
import { photons, summary } from './measure.mjs'
import { Report } from './report.mjs'

const rounds = 7
const [least, factors] = [8192, [1, 4, 16]]
const [times, blockEvents, stretchBlocks] = [1000, 128, 4]
const delays = Float64Array.from(makeDelayList({ start: 1, stop: 950, num: 100, spacing: 'log' }))
const report = new Report()

function open(kind, elements) {
  const common = { elements, times, storeDtype: 'auto', sourceDtype: 'uint8', blockEvents, ticksHint: 100_000 }
  if (kind !== 'MultiTau') return new PairSums({ ...common, delays, pairing: 'accumulator' })
  const scheme = { delaysPerLevel: 4 }
  return new MultiTauSums({ ...common, delays: multiTauDelays(scheme, 10_000), scheme })
}

/** Gives `sums` the next `blocks` blocks of `counts`, in order and again and again; the buffer evicts once it is full. */
function feeder(sums, elements, counts) {
  const size = elements * blockEvents
  const list = Array.from({ length: counts.length / size }, (_, b) => {
    const data = counts.subarray(b * size, (b + 1) * size)
    return { kind: 'dense', events: blockEvents, elements, dtype: 'uint8', data }
  })
  let first = 0
  return (blocks) => {
    for (let b = 0; b < blocks; b++, first += blockEvents) {
      sums.insert(inOrder(first, blockEvents, times), [list[(first / blockEvents) % list.length]])
    }
  }
}

/** The same counts, and as many elements times events, for every size, one after the other in every round: ratios of neighbours in time. */
function elementCosts(kind, mean) {
  const most = Math.max(...factors)
  const counts = photons(new Uint8Array(stretchBlocks * most * least * blockEvents), mean, 1)
  const feeds = factors.map((factor) => feeder(open(kind, factor * least), factor * least, counts))
  const blocks = factors.map((factor) => (stretchBlocks * most) / factor)
  const work = stretchBlocks * blockEvents * most * least
  const costs = factors.map(() => [])
  for (let round = -2; round < rounds; round++) {
    feeds.forEach((feed, f) => {
      const before = process.cpuUsage()
      feed(blocks[f])
      const { user, system } = process.cpuUsage(before)
      if (round >= 0) costs[f].push((1e3 * (user + system)) / work)
    })
  }
  factors.forEach((factor, f) => {
    const name = `${kind}, mean ${mean}, ${factor * least} elements`
    report.add(name, summary(costs[f], 'ns'))
    if (f > 0)
      report.add(
        `  over ${least}`,
        summary(
          costs[f].map((cost, r) => cost / costs[0][r]),
          'x',
        ),
      )
  })
}

for (const kind of ['accumulator', 'MultiTau']) for (const mean of [2, 0.05]) elementCosts(kind, mean)
report.end({ least, times, delays: delays.length })
