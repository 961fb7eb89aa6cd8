// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does the MPI transport cost beside a C program that moves the same blocks, and a run beside one on threads? See bench/README.md.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeNpy } from './photonMovies.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const { values: options } = parseArgs({
  options: {
    mpi: { type: 'string', multiple: true, default: ['openmpi', 'mpich'] },
    bytes: { type: 'string', default: String(4 * 2 ** 20) },
    repeats: { type: 'string', default: '7' },
    frames: { type: 'string', default: '4000' },
  },
})
const sizes = [options.bytes, '7', '60']
const repeats = Number(options.repeats)
const asRoot = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
}

/** What the first line of JSON on stdout says, and the wall time. */
function mpiexec(mpi, ranks, argv) {
  const words = ['-k', '5', '300', `mpiexec.${mpi}`, '-n', String(ranks), ...argv]
  const begin = performance.now()
  const { status, stdout, stderr } = spawnSync('timeout', words, {
    encoding: 'utf8',
    env: { ...process.env, ...asRoot },
  })
  if (status !== 0) throw new Error(`mpiexec.${mpi} ended with ${status}: ${stderr}`)
  return { said: stdout.split('\n').find((line) => line.startsWith('{')), seconds: (performance.now() - begin) / 1000 }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]
const spread = (values) => `${values[0].toFixed(0)}..${values.at(-1).toFixed(0)}`

/** Blocks between two ranks, C and ours by turns. */
function blocks(mpi, folder) {
  const program = join(folder, mpi)
  const { status, stderr } = spawnSync(`mpicc.${mpi}`, ['-O2', '-o', program, here('mpiYardstick.c')], {
    encoding: 'utf8',
  })
  if (status !== 0) return console.log(`${mpi}: no C yardstick (mpicc.${mpi} ${stderr ?? 'is absent'})`)
  const found = { c: [], ours: [] }
  for (let k = 0; k < repeats; k++) {
    found.c.push(JSON.parse(mpiexec(mpi, 2, [program, ...sizes]).said))
    found.ours.push(JSON.parse(mpiexec(mpi, 2, [process.execPath, here('mpiRank.mjs'), ...sizes]).said))
  }
  for (const what of ['scatter', 'gather']) {
    const [c, ours] = [found.c, found.ours].map((runs) => runs.map((one) => one[what]))
    const [a, b] = [median(c), median(ours)]
    const text = `${mpi} ${what} of ${options.bytes} bytes, us: C ${a.toFixed(0)} (${spread(c)})`
    console.log(`${text}, ours ${b.toFixed(0)} (${spread(ours)}): ${(b / a).toFixed(2)} x`)
  }
}

/** A run of two workers on threads and as five ranks, by turns: events per second of the correlation, as the run itself says. */
function runs(mpi, folder) {
  const cli = here('../dist/src/cli.js')
  const argv = (transport) => [cli, '-c', join(folder, 'run.json'), '--json', '--transport', transport]
  const rate = (said) => JSON.parse(said).elementEventsPerSecond / 1e6
  const found = { threads: [], mpi: [] }
  for (let k = 0; k < Math.min(5, repeats); k++) {
    const { stdout, status, stderr } = spawnSync(process.execPath, argv('threads'), { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    found.threads.push(rate(stdout.trim().split('\n').at(-1)))
    const words = ['-k', '5', '300', `mpiexec.${mpi}`, '-n', '5', process.execPath, ...argv('mpi')]
    const ranks = spawnSync('timeout', words, { encoding: 'utf8', env: { ...process.env, ...asRoot } })
    if (ranks.status !== 0) throw new Error(ranks.stderr)
    found.mpi.push(rate(ranks.stdout.trim().split('\n').at(-1)))
  }
  const [threads, ours] = [median(found.threads), median(found.mpi)]
  const text = `${mpi} run, million element-events/s: threads ${threads.toFixed(0)} (${spread(found.threads)})`
  console.log(`${text}, mpi ${ours.toFixed(0)} (${spread(found.mpi)}): ${(ours / threads).toFixed(2)} x`)
}

function writeRun(folder) {
  const path = join(folder, 'movie.npy')
  writeNpy(path, { dtype: 'uint8', mean: 0.5, shape: [256, 256], frames: Number(options.frames) })
  const delays = Array.from({ length: 40 }, (_, d) => (d < 20 ? d + 1 : 20 * (d - 18)))
  const systemParams = {
    dataset: { format: 'npy', path },
    userClass: 'G2IncrementalAccumulator',
    ...{ times: 500, delays, numWorkers: 2, h5arrays: 'none', h5output: join(folder, 'g2.h5') },
    overwrite: true,
  }
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ systemParams, userParams: {} }))
}

const folder = mkdtempSync(join(tmpdir(), 'parcorana-bench-mpi-'))
try {
  writeRun(folder)
  for (const mpi of options.mpi) {
    blocks(mpi, folder)
    runs(mpi, folder)
  }
} finally {
  rmSync(folder, { recursive: true })
}
