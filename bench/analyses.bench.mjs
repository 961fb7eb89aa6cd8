// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Do MultiTau, TwoTime of chosen rings and an accumulator in one run give what their single runs give, and cost less than these less
// the reads that they share? See bench/README.md.
import { join } from 'node:path'
import { makeDelayList, run } from '../dist/src/index.js'
import { openSource } from '../dist/src/formats/index.js'
import { writeNpy } from '../dist/src/io/npy.js'
import { compareFiles } from '../dist/src/results/cmp.js'
import { summary, verify } from './measure.mjs'
import { Report } from './report.mjs'
import { photonFile, timed, verifyRun, withFolder } from './runs.mjs'

const shape = [256, 256]
const frames = 700
const delays = makeDelayList({ start: 1, stop: 400, num: 20, spacing: 'log' })
const report = new Report()

await withFolder(async (folder) => {
  const all = analyses(join(folder, 'rings.npy'))
  const dataset = photonFile(join(folder, 'frames.npy'), shape, frames, 0.2)
  const config = (analyses, of = dataset) => {
    return { systemParams: { dataset: of, delays, times: 500, numWorkers: 1 }, analyses }
  }
  await verifyRun(config(all), 64, folder)
  await verifyEqual(all, config, folder)
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

/** Rings of 20 pixels around the middle; of the two-time correlation two of them. */
function analyses(path) {
  const rings = Int32Array.from({ length: shape[0] * shape[1] }, (_, p) => {
    const ring = Math.floor(Math.hypot(Math.floor(p / shape[1]) - 128, (p % shape[1]) - 128) / 20)
    return ring === 2 || ring === 4 ? ring : 0
  })
  writeNpy(path, rings, shape)
  return [
    { name: 'multi', userClass: 'MultiTau' },
    { name: 'ages', userClass: 'TwoTime', userParams: { colorNdarrayCoords: path } },
    { name: 'all', userClass: 'G2IncrementalAccumulator' },
  ]
}

/** Every group of the common run equals, bit for bit, that of a run of its own. */
async function verifyEqual(all, config, folder) {
  const written = async (name, list) => {
    const output = { h5output: join(folder, `${name}.h5`), overwrite: true, h5arrays: 'none', verbosity: 'ERROR' }
    const { systemParams, ...rest } = config(list)
    return (await run({ ...rest, systemParams: { ...systemParams, ...output } })).output
  }
  const together = await written('together', all)
  for (const one of all) {
    const others = all.map(({ name }) => name).filter((name) => name !== one.name)
    const ignore = ['run', 'system', 'xpcs', 'entry', ...others]
    const { differences, checked } = await compareFiles(await written('alone', [one]), together, {
      exact: true,
      ignore,
    })
    verify(`${one.userClass} beside others (${differences[0]})`, differences.length === 0 && checked > 10)
  }
}

/** CPU seconds to read all frames in blocks of a server. */
async function reading(dataset) {
  const source = await openSource(dataset)
  const start = process.cpuUsage()
  for (let first = 0; first < frames; first += 350) {
    await source.read(Int32Array.from({ length: 350 }, (_, i) => first + i))
  }
  const { user, system } = process.cpuUsage(start)
  await source.close()
  return (user + system) / 1e6
}
