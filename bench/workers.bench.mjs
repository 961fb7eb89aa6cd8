// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Do two workers take half the time of one? Wall time, so it needs two idle cores. See bench/README.md.
import { join } from 'node:path'
import { makeDelayList } from '../dist/src/index.js'
import { Report } from './report.mjs'
import { photonFile, slope, withFolder } from './runs.mjs'

const shape = [256, 256]
const frames = [1000, 6000]
const delays = makeDelayList({ start: 1, stop: 475, num: 100, spacing: 'log' })
const report = new Report()

await withFolder(async (folder) => {
  const dataset = photonFile(join(folder, 'frames.npy'), shape, frames[1], 2)
  const config = (numWorkers) => ({ systemParams: { dataset, delays, times: 500, numWorkers } })
  const [one, two] = [
    await slope(config(1), frames, shape[0] * shape[1]),
    await slope(config(2), frames, shape[0] * shape[1]),
  ]
  const first = report.add('1 worker, mean 2', one.wall)
  report.add('2 workers, mean 2', two.wall, first)
})
report.end({ shape, frames, delays: delays.length })
