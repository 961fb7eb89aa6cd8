// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Does an event cost the same in a run 10 times as long? See bench/README.md.
import { join } from 'node:path'
import { makeDelayList, run } from '../dist/src/index.js'
import { summary, verify } from './measure.mjs'
import { Report } from './report.mjs'
import { photonFile, verifyRun, withFolder } from './runs.mjs'

const shape = [64, 96]
/** Events of a run that has everything behind it that happens once: threads, first touch of all buffers, optimised code, a full ring. */
const start = 8000
const more = 8000
const times = 500
const delays = makeDelayList({ start: 1, stop: 475, num: 100, spacing: 'log' })
const report = new Report()

/** CPU seconds of one run when it had read `start`, `start` + `more` and all events. */
async function marks(config, events) {
  const wanted = [start, start + more, events]
  const found = []
  const before = process.cpuUsage()
  const progress = ({ kind, read }) => {
    if (kind !== 'events' || read < wanted[found.length]) return
    const { user, system } = process.cpuUsage(before)
    found.push({ read, cpu: (user + system) / 1e6 })
  }
  const systemParams = { ...config.systemParams, h5output: null, verbosity: 'ERROR', update: 0 }
  const { accounting } = await run({ ...config, systemParams }, { progress })
  verify('the run', accounting.correlated === events && found.length === wanted.length)
  return found
}

await withFolder(async (folder) => {
  const config = ([frames, ...detector]) => {
    const dataset = photonFile(join(folder, `${frames}.npy`), detector, frames, 2)
    const userClass = 'G2IncrementalAccumulator'
    return { systemParams: { dataset, delays, userClass, times, numWorkers: 1, blockSize: 256 } }
  }
  await verifyRun(config([700, 8, 8]), 700, folder)
  const events = start + 10 * more
  const long = config([events, ...shape])
  const rates = { first: [], all: [] }
  for (let round = -1; round < 7; round++) {
    const [from, near, far] = await marks(long, events)
    if (round < 0) continue
    rates.first.push((near.read - from.read) / (near.cpu - from.cpu))
    rates.all.push((far.read - from.read) / (far.cpu - from.cpu))
  }
  const first = report.add(`accumulator, ${more} events behind ${start}`, summary(rates.first, 'events/s'))
  report.add(`accumulator, ${10 * more} events behind ${start}`, summary(rates.all, 'events/s'), first)
})
report.end({ shape, start, times, delays: delays.length })
