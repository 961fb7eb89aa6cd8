// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Whole runs inside this process, on real threads: CPU seconds of all of them, and wall seconds. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../dist/src/index.js'
import { writeNpy } from '../dist/src/io/npy.js'
import { compareFiles } from '../dist/src/results/cmp.js'
import { photons, summary, verify } from './measure.mjs'

/** A folder for the bench's files, removed when `body` has ended. */
export async function withFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), 'parcorana-bench-'))
  try {
    return await body(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Photon counts as .npy. The frames repeat after 64, which no kernel can know. */
export function photonFile(path, shape, frames, mean) {
  const size = shape.reduce((a, b) => a * b)
  const data = new Uint8Array(frames * size)
  const first = photons(data.subarray(0, 64 * size), mean, 1)
  for (let at = first.length; at < data.length; at += first.length) {
    data.set(first.subarray(0, Math.min(first.length, data.length - at)), at)
  }
  writeNpy(path, data, [frames, ...shape])
  return { format: 'npy', path }
}

/** One run of the first `numEvents` events; every event must have been correlated. */
export async function timed(config, numEvents) {
  const systemParams = { h5output: null, verbosity: 'ERROR', update: 0, ...config.systemParams, numEvents }
  const cpu = process.cpuUsage()
  const start = performance.now()
  const { accounting } = await run({ ...config, systemParams })
  const wall = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  verify('the run', accounting.correlated === numEvents)
  return { cpu: (user + system) / 1e6, wall }
}

/** Work per second between a short and a long run, so that the start does not count: the median of 3 short runs, 7 long ones. */
export async function slope(config, [few, many], size) {
  await timed(config, few)
  const [short, long] = [await repeated(config, few, 3), await repeated(config, many, 7)]
  const work = ((many - few) * size) / 1e6
  const rate = (of, unit) => {
    const start = summary(short.map((run) => run[of])).median
    return summary(
      long.map((run) => work / (run[of] - start)),
      unit,
    )
  }
  return { cpu: rate('cpu', 'Mpxf/s/core'), wall: rate('wall', 'Mpxf/s') }
}

async function repeated(config, events, times) {
  const runs = []
  for (let i = 0; i < times; i++) runs.push(await timed(config, events))
  return runs
}

/** The same result, bit for bit, as by the reference kernels. */
export async function verifyRun(config, numEvents, folder) {
  const [fast, slow] = ['fast.h5', 'reference.h5'].map((name) => join(folder, name))
  for (const [path, kernel] of [
    [fast, 'wasm'],
    [slow, 'reference'],
  ]) {
    process.env.PARCORANA_KERNEL = kernel
    const output = { h5output: path, overwrite: true, h5arrays: 'final', verbosity: 'ERROR' }
    await run({ ...config, systemParams: { ...config.systemParams, ...output, numEvents } })
  }
  delete process.env.PARCORANA_KERNEL
  const { differences } = await compareFiles(fast, slow, { exact: true })
  verify(`the run (${differences[0]})`, differences.length === 0)
}
