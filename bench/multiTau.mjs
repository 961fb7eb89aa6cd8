// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does multi-tau cost end to end, through the command line, per element and frame? See bench/README.md.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeNpy, writeRigaku } from './photonMovies.mjs'

const shape = [512, 512]
const pixels = shape[0] * shape[1]
const [few, many] = [2000, 10000]
const movies = {
  uint16: { file: 'uint16.npy', dtype: 'uint16', mean: 5, write: writeNpy },
  uint8: { file: 'uint8.npy', dtype: 'uint8', mean: 0.02, write: writeNpy },
  rigaku: { file: 'events.bin', mean: 0.02, write: writeRigaku },
}

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

function writeInputs(folder, name) {
  const { file, write, ...movie } = movies[name]
  const path = join(folder, file)
  if (!existsSync(path)) write(path, { ...movie, shape, frames: many })
  const dataset = name === 'rigaku' ? { format: 'rigaku', path, shape } : { format: 'npy', path }
  const config = {
    systemParams: { dataset, userClass: 'MultiTau', numWorkers: workers, h5arrays: 'none' },
    userParams: { delaysPerLevel: 4 },
  }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(config))
}

/** CPU seconds of all threads, wall seconds and peak memory of one run of the first `frames` frames. */
function run(folder, name, frames) {
  const usage = join(folder, 'usage.json')
  const options = [
    '-c',
    join(folder, `${name}.json`),
    '-n',
    frames,
    '-o',
    join(folder, 'g2.h5'),
    '--overwrite',
    '--no-progress',
    '-v',
    verbosity,
  ]
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', here('./usage.mjs'), here('../dist/src/cli.js'), ...options.map(String)],
    {
      env: { ...process.env, BENCH_USAGE: usage },
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr)
  if (verbosity === 'DEBUG') console.log(stderr)
  return JSON.parse(readFileSync(usage, 'utf8'))
}

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : process.argv[at + 1]
}
const names = option('movies', Object.keys(movies).join()).split(',')
const repeats = Number(option('repeats', 3))
const workers = Number(option('workers', 1))
const verbosity = option('verbosity', 'ERROR')
const kept = option('folder', null)
const folder = kept ?? mkdtempSync(join(tmpdir(), 'parcorana-bench-'))
mkdirSync(folder, { recursive: true })
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]
try {
  for (const name of names) {
    writeInputs(folder, name)
    const runs = Array.from({ length: repeats }, () => [few, many].map((frames) => run(folder, name, frames)))
    const work = (pixels * (many - few)) / 1e6
    const rate = (of) => runs.map(([a, b]) => work / (of(b) - of(a)))
    const rates = rate(({ user, system }) => user + system)
    const peak = [0, 1].map((k) => Math.max(...runs.map((pair) => pair[k].peakBytes)) / 2 ** 20)
    console.log(
      name,
      process.version,
      `${median(rates).toFixed(0)} Mpxf/s/core`,
      rates.map((r) => r.toFixed(0)).join(' '),
      `wall ${median(rate(({ wall }) => wall)).toFixed(0)}`,
      `peak ${peak.map((m) => m.toFixed(0)).join(' -> ')} MiB`,
      runs.map((pair) => pair.map(({ user, system }) => `${user.toFixed(2)}+${system.toFixed(2)}`).join('/')).join(' '),
    )
  }
} finally {
  if (kept === null) rmSync(folder, { recursive: true })
}
