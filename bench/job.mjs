// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How many events a second does a whole run correlate, from the file to the end of the process? See bench/README.md.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeNpy } from '../dist/src/io/npy.js'
import { writePhotonFile } from './photonFile.mjs'

const cli = fileURLToPath(new URL('../dist/src/cli.js', import.meta.url))
const ticksPerSecond = 100

const { values: options } = parseArgs({
  options: {
    /** Panels of 185 x 388 pixels: 32 = the whole detector. */
    panels: { type: 'string', default: '1' },
    full: { type: 'boolean', default: false },
    frames: { type: 'string', default: '3000' },
    times: { type: 'string', default: '2000' },
    mean: { type: 'string', multiple: true, default: ['0.05', '2'] },
    servers: { type: 'string', default: '1' },
    store: { type: 'string', default: 'auto' },
    workers: { type: 'string', default: 'auto' },
    folder: { type: 'string', default: join(tmpdir(), 'parcorana-bench-job') },
    keep: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** Events between updates, 0 = at the end only. */
    update: { type: 'string', default: '0' },
    /** Rings around the beam. */
    colors: { type: 'string', default: '1' },
    /** Stop with SIGTERM after so many seconds. */
    stop: { type: 'string' },
  },
})
const shape = [Number(options.frames), options.full ? 32 : Number(options.panels), 185, 388]
const times = Number(options.times)

/** A file of the job's counts, made when it is not there. */
function dataFile(mean) {
  mkdirSync(options.folder, { recursive: true })
  const path = join(options.folder, `photons-${mean}-${shape.slice(0, 2).join('x')}.npy`)
  if (!existsSync(path)) {
    process.stderr.write(`writing ${path}\n`)
    writePhotonFile(path, shape, Number(mean), 1)
  }
  return path
}

/** As many rings of equal width, nearly concentric on all panels; null = one color. */
function colorFile() {
  const colors = Number(options.colors)
  if (colors === 1) return null
  const path = join(options.folder, `colors-${colors}-${shape[1]}.npy`)
  const [, panels, rows, columns] = shape
  const rings = Int32Array.from({ length: panels * rows * columns }, (_, i) => {
    const panel = Math.floor(i / (rows * columns))
    const [y, x] = [Math.floor(i / columns) % rows, i % columns]
    const radius = Math.hypot(x - columns / 2 + 3 * panel, y - rows / 2 + 7 * panel)
    return 1 + Math.min(colors - 1, Math.floor((radius * colors) / 320))
  })
  writeNpy(path, rings, shape.slice(1))
  return path
}

function configFile(mean, data) {
  const path = join(options.folder, `job-${mean}.json`)
  const config = {
    systemParams: {
      dataset: { format: 'npy', path: data },
      userClass: 'G2IncrementalAccumulator',
      times,
      update: Number(options.update),
      delays: logDelays(1, Math.floor(0.95 * times), 100),
      numServers: Number(options.servers),
      numWorkers: options.workers === 'auto' ? 'auto' : Number(options.workers),
      workerStoreDtype: options.store,
      h5output: join(options.folder, `result-${mean}.h5`),
      h5arrays: 'none',
      overwrite: true,
    },
    userParams: { colorNdarrayCoords: colorFile() },
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

/** Whole delays, as even on a logarithmic axis as `count` different numbers allow. */
function logDelays(first, last, count) {
  for (let points = count; ; points++) {
    const delays = new Set()
    for (let i = 0; i < points; i++) delays.add(Math.round(first * (last / first) ** (i / (points - 1))))
    if (delays.size >= count) return [...delays].slice(0, count - 1).concat(last)
  }
}

/** Run the command to the end of its process, looking at its threads now and then. */
function runJob(config) {
  const start = performance.now()
  const child = spawn(process.execPath, [cli, '-c', config, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [report, records] = ['', '']
  child.stdout.on('data', (text) => {
    records += text
  })
  child.stderr.on('data', (text) => {
    report += text
  })
  let peak = 0
  let cpu = { user: 0, system: 0 }
  const look = setInterval(() => {
    try {
      peak = Math.max(peak, residentBytes(child.pid))
      cpu = cpuOf(child.pid)
    } catch {}
  }, 50)
  if (options.stop !== undefined) setTimeout(() => child.kill('SIGTERM'), 1000 * Number(options.stop))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    let seconds = 0
    child.on('exit', () => {
      seconds = (performance.now() - start) / 1000
    })
    child.on('close', (code) => {
      clearInterval(look)
      if (code !== 0 && options.stop === undefined) reject(new Error(`the run ended with code ${code}:\n${report}`))
      else resolve({ seconds, peak, cpu, report, records })
    })
  })
}

/** What updates took, in s: the first, those between (median, smallest and largest), the last. Null without updates on the way. */
function updatesOf(records) {
  const lines = records.split('\n').filter((line) => line.includes('"event":"update"'))
  const seconds = lines.map((line) => JSON.parse(line).seconds)
  const between = seconds.slice(1, -1).sort((a, b) => a - b)
  if (between.length === 0) return null
  const median = (between[(between.length - 1) >> 1] + between[between.length >> 1]) / 2
  return { first: seconds[0], median, least: between[0], most: between.at(-1), last: seconds.at(-1) }
}

function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0)
}

function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return { user: Number(fields[11]) / ticksPerSecond, system: Number(fields[12]) / ticksPerSecond }
}

for (const mean of options.mean) {
  const config = configFile(mean, dataFile(mean))
  const { seconds, peak, cpu, report, records } = await runJob(config)
  const [frames, ...detector] = shape
  const elements = detector.reduce((product, length) => product * length, 1)
  const result = {
    mean: Number(mean),
    elements,
    frames,
    times,
    seconds,
    eventsPerSecond: frames / seconds,
    cpu,
    peakGiB: peak / 2 ** 30,
    updates: updatesOf(records),
  }
  if (options.json) console.log(JSON.stringify({ ...result, node: process.version, cpu: cpus()[0]?.model }))
  else {
    console.log(
      `mean ${mean}, ${elements} elements x ${frames} events: ${seconds.toFixed(1)} s, ${result.eventsPerSecond.toFixed(0)} events/s, ` +
        `CPU ${cpu.user.toFixed(1)} + ${cpu.system.toFixed(1)} s, ${result.peakGiB.toFixed(2)} GiB`,
    )
  }
  if (!options.json && result.updates !== null) {
    const [first, median, least, most, last] = ['first', 'median', 'least', 'most', 'last'].map((name) =>
      result.updates[name].toFixed(2),
    )
    console.log(`updates: the first ${first} s, then ${median} (${least}-${most}), the last ${last}`)
  }
  if (options.report) process.stderr.write(report)
}
if (!options.keep) rmSync(options.folder, { recursive: true, force: true })
