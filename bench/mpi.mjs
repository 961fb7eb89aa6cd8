// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does the MPI transport cost against a C program that moves the same blocks, and a run against the same run on threads?
// `node bench/mpi.mjs [openmpi|mpich ...]`. Samples of the two sides alternate; needs two idle cores, mpiexec and mpicc.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeDelayList } from '../dist/src/index.js'
import { writeNpy } from '../dist/src/io/npy.js'
import { photons, summary } from './measure.mjs'
import { Report } from './report.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const mpis = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const folder = mkdtempSync(join(tmpdir(), 'parcorana-bench-mpi-'))
const [bytes, blocks, samples, buffers, rounds] = [4 * 2 ** 20, 100, 2, 8, 3]
const [side, frames, fewer] = [128, 16_000, 4_000]
const report = new Report()
const env = {
  ...process.env,
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
}

function mpiexec(mpi, ranks, words) {
  const all = ['-k', '5', '100', `mpiexec.${mpi}`, '-n', String(ranks), ...words]
  return execFileSync('timeout', all, { env, encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
}

const rows = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' ').map(Number))

function blockTimes(mpi) {
  const program = join(folder, `yardstick-${mpi}`)
  if (spawnSync(`mpicc.${mpi}`, ['-O2', '-o', program, here('mpi.c')]).status !== 0)
    return console.log(`no mpicc.${mpi}`)
  const words = (count) => [bytes, blocks, samples, count].map(String)
  const [one, same, ours] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    one.push(...rows(mpiexec(mpi, 2, [program, ...words(1)])))
    same.push(...rows(mpiexec(mpi, 2, [program, ...words(buffers)])))
    ours.push(...rows(mpiexec(mpi, 2, [process.execPath, here('mpiRank.mjs'), ...words(buffers)])))
  }
  for (const [i, name] of ['scatter', 'gather'].entries()) {
    const figure = (list) =>
      summary(
        list.map((row) => 1e6 * row[i]),
        'us',
      )
    report.add(`${mpi}: ${name}, C, one buffer in the cache`, figure(one))
    const yardstick = report.add(`${mpi}: ${name}, C, ${buffers} buffers in turn`, figure(same))
    report.add(`${mpi}: ${name}, communicator`, figure(ours), yardstick)
  }
}

function writeMovie() {
  const counts = photons(new Uint8Array(side * side * 1000), 0.5, 1)
  const all = new Uint8Array(side * side * frames)
  for (let at = 0; at < all.length; at += counts.length) all.set(counts, at)
  writeNpy(join(folder, 'movie.npy'), all, [frames, side, side])
  const systemParams = {
    dataset: { format: 'npy', path: 'movie.npy' },
    times: 1000,
    delays: Array.from(makeDelayList({ start: 1, stop: 900, num: 50, spacing: 'log' })),
    h5output: null,
    userClass: 'G2IncrementalAccumulator',
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ systemParams, userParams: {} }))
}

/** Events per second between a short and a long run, so that starting does not count. */
function eventRate(run) {
  const seconds = [fewer, frames].map((events) => {
    const words = [here('../dist/src/cli.js'), '-c', 'config.json', '-n', String(events), '--json', '-q']
    const records = run(words)
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
    return records.find(({ event }) => event === 'done').seconds
  })
  return (frames - fewer) / (seconds[1] - seconds[0])
}

function runs(mpi, workers) {
  const threads = (words) =>
    execFileSync(process.execPath, [...words, '-w', String(workers)], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  const processes = (words) => mpiexec(mpi, workers + 3, [process.execPath, ...words])
  const [a, b] = [[], []]
  for (let round = 0; round < rounds; round++) {
    a.push(eventRate(threads))
    b.push(eventRate(processes))
  }
  const yardstick = report.add(`threads, ${workers} workers`, summary(a, 'events/s'))
  report.add(`${mpi}, ${workers} workers`, summary(b, 'events/s'), yardstick)
}

try {
  writeMovie()
  for (const mpi of mpis.length > 0 ? mpis : ['openmpi', 'mpich']) {
    blockTimes(mpi)
    runs(mpi, 2)
  }
} finally {
  rmSync(folder, { recursive: true })
}
report.end({ bytes, blocks, buffers, elements: side * side, frames })
