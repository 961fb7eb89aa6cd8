// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does a whole run cost per pixel and frame, from .npy to the sums? See bench/README.md.
import { join } from 'node:path'
import { makeDelayList } from '../dist/src/index.js'
import { Report } from './report.mjs'
import { photonFile, slope, timed, verifyRun, withFolder } from './runs.mjs'
import { summary } from './measure.mjs'

const shape = [128, 128]
const size = shape[0] * shape[1]
const frames = [600, 1800]
const delays = makeDelayList({ start: 1, stop: 475, num: 100, spacing: 'log' })
const classes = {
  G2IncrementalAccumulator: { systemParams: { times: 500, delays } },
  MultiTau: { systemParams: {}, userParams: { delaysPerLevel: 4 } },
}
const report = new Report()

await withFolder(async (folder) => {
  for (const mean of [2, 0.05]) {
    const dataset = photonFile(join(folder, `mean-${mean}.npy`), shape, frames[1], mean)
    for (const [userClass, { systemParams, userParams = {} }] of Object.entries(classes)) {
      const config = { systemParams: { ...systemParams, dataset, userClass, numWorkers: 1 }, userParams }
      const few = photonFile(join(folder, 'few.npy'), [8, 8], 700, mean)
      await verifyRun({ ...config, systemParams: { ...config.systemParams, dataset: few } }, 700, folder)
      report.add(`${userClass}, mean ${mean}`, (await slope(config, frames, size)).cpu)
    }
  }
  await starting(folder)
})
report.end({ shape, frames, delays: delays.length })

/** A run of one frame: threads, modules, plan. */
async function starting(folder) {
  const dataset = photonFile(join(folder, 'one.npy'), shape, 64, 1)
  const config = { systemParams: { dataset, userClass: 'MultiTau', numWorkers: 1 } }
  const runs = []
  for (let sample = 0; sample < 8; sample++) runs.push(await timed(config, 1))
  report.add(
    'a run of one frame, wall',
    summary(
      runs.slice(1).map(({ wall }) => wall * 1000),
      'ms',
    ),
  )
  report.add(
    'a run of one frame, CPU',
    summary(
      runs.slice(1).map(({ cpu }) => cpu * 1000),
      'ms',
    ),
  )
}
