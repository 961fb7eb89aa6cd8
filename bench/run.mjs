// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Runs the benches of this folder, each in a process of its own: `npm run bench [-- NAME...] [--json] [--record]`. See bench/README.md.
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, readdirSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { line } from './report.mjs'

const suffix = '.bench.mjs'
const folder = fileURLToPath(new URL('.', import.meta.url))
const given = process.argv.slice(2)
const flags = given.filter((word) => word.startsWith('--'))
const known = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
  .sort()

function wanted() {
  const names = given.filter((word) => !word.startsWith('--'))
  const odd =
    names.find((name) => !known.includes(name)) ?? flags.find((flag) => !['--json', '--record'].includes(flag))
  if (odd === undefined) return names.length === 0 ? known : names
  console.error(`bench: '${odd}' is no bench and no flag; benches are ${known.join(', ')}, flags --json and --record`)
  process.exit(2)
}

/** Figures of one bench, in a fresh process so that no other bench has shaped its code. */
function figures(name) {
  const stdio = ['ignore', 'pipe', 'inherit']
  const { status, stdout } = spawnSync(process.execPath, [`${folder}${name}${suffix}`, '--json'], {
    stdio,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`bench ${name} ended with ${status}`)
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

const git = (...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()

/** Commit of the code that was measured; '+' = changed since. */
function commit() {
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '../src', '.', ':!results.jsonl') !== ''
  return git('rev-parse', '--short=10', 'HEAD') + (changed ? '+' : '')
}

const benches = {}
for (const name of wanted()) {
  const { facts, results } = figures(name)
  benches[name] = { facts, results }
  if (flags.includes('--json')) continue
  console.log(`\n${name}${Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`}`)
  for (const figure of results) console.log(line(figure))
}
const [{ model }] = cpus()
const record = {
  commit: commit(),
  date: new Date().toISOString(),
  machine: { cpu: model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
  node: process.version,
  benches,
}
if (flags.includes('--json')) console.log(JSON.stringify(record))
if (flags.includes('--record')) appendFileSync(`${folder}results.jsonl`, `${JSON.stringify(rounded(record))}\n`)

/** The same with four digits per number, which is more than any run can tell. */
function rounded(value) {
  if (typeof value === 'number') return Number(value.toPrecision(4))
  if (Array.isArray(value)) return value.map(rounded)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, rounded(entry)]))
}
