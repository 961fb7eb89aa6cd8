// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Do several analyses in one run cost less than their single runs less the reads that they share? See bench/README.md.
import { join } from 'node:path'
import { makeDelayList } from '../dist/src/index.js'
import { openSource } from '../dist/src/formats/index.js'
import { summary } from './measure.mjs'
import { Report } from './report.mjs'
import { photonFile, timed, verifyRun, withFolder } from './runs.mjs'

const shape = [256, 256]
const frames = 1200
const delays = makeDelayList({ start: 1, stop: 400, num: 20, spacing: 'log' })
const all = [
  { name: 'multi', userClass: 'MultiTau' },
  { name: 'all', userClass: 'G2IncrementalAccumulator' },
  { name: 'recent', userClass: 'G2IncrementalWindowed' },
]
const report = new Report()

await withFolder(async (folder) => {
  const dataset = photonFile(join(folder, 'frames.npy'), shape, frames, 0.2)
  const config = (analyses, of = dataset) => {
    return { systemParams: { dataset: of, delays, times: 500, numWorkers: 1 }, analyses }
  }
  await verifyRun(config(all, photonFile(join(folder, 'few.npy'), [8, 8], 640, 0.2)), 640, folder)
  const rounds = []
  for (let round = 0; round < 8; round++) {
    const single = []
    for (const one of all) single.push((await timed(config([one]), frames)).cpu)
    const together = (await timed(config(all), frames)).cpu
    rounds.push({ single, together, read: await reading(dataset) })
  }
  rounds.shift()
  const median = (of, unit) => summary(rounds.map(of), unit)
  for (const [i, { userClass }] of all.entries()) {
    report.add(
      `${userClass} alone`,
      median(({ single }) => single[i], 'CPU s'),
    )
  }
  const sum = report.add(
    'sum of the three',
    median(({ single }) => single.reduce((a, b) => a + b), 'CPU s'),
  )
  report.add(
    'the three in one run',
    median(({ together }) => together, 'CPU s'),
    sum,
  )
  report.add(
    'one read of the file',
    median(({ read }) => read, 'CPU s'),
  )
  report.add(
    'sum less 2 reads, over the three in one run',
    median(({ single, together, read }) => (single.reduce((a, b) => a + b) - 2 * read) / together, 'x'),
  )
})
report.end({ shape, frames })

/** CPU seconds to read all frames in blocks of a server. */
async function reading(dataset) {
  const source = await openSource(dataset)
  const start = process.cpuUsage()
  for (let first = 0; first < frames; first += 400) {
    await source.read(Int32Array.from({ length: 400 }, (_, i) => first + i))
  }
  const { user, system } = process.cpuUsage(start)
  await source.close()
  return (user + system) / 1e6
}
