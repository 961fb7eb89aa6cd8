// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does the calibration of frames of 1 Mpixel cost, alone and as a share of a run? See bench/README.md.
import { join } from 'node:path'
import { run } from '../dist/src/index.js'
import { writeNpy } from '../dist/src/io/npy.js'
import { CalibrationKernel } from '../dist/src/kernels/calibration.js'
import {
  commonModes,
  multiply,
  photonize,
  scale,
  subtract,
  subtractModes,
} from '../dist/src/kernels/calibrationReference.js'
import { AduDetector, aduDefaults } from '../dist/src/simulate/adu.js'
import { measure, photons, summary, verify } from './measure.mjs'
import { Report } from './report.mjs'
import { withFolder } from './runs.mjs'

const [rows, columns] = [1024, 1024]
const size = rows * columns
/** Frames with values of their own; files repeat them. */
const distinct = 8
const [few, many, repeats] = [32, 128, 2]
const report = new Report()
const detector = new AduDetector({ ...aduDefaults, shape: [rows, columns], lineLength: columns })
const counts = photons(new Uint8Array(distinct * size), 0.5, 1)
const raw = new Uint16Array(distinct * size)
for (let f = 0; f < distinct; f++) {
  detector.expose(counts.subarray(f * size, (f + 1) * size), f, raw.subarray(f * size, (f + 1) * size))
}
const pedestal = Float32Array.from(detector.pedestal)
const gain = Float32Array.from(detector.gainMap)
const lines = {
  none: null,
  row: { kind: 'lines', length: columns, rows: 1, count: rows, joined: 1 },
  column: { kind: 'columns', length: columns, rows, count: columns, joined: 1 },
  panel: { kind: 'lines', length: size, rows: 1, count: 1, joined: 1 },
}

kernels()
await withFolder(runs)
report.end({ shape: [rows, columns], frames: [few, many] })

/** The kernel against the plain steps over one frame; a copy of the raw frames for scale. */
function kernels() {
  const work = (distinct * size) / 1e6
  const copied = new Uint16Array(raw.length)
  const copy = report.add(
    'copy of uint16 frames',
    measure(() => copied.set(raw), work, 'Mpxf/s'),
  )
  for (const [name, of] of Object.entries(lines)) {
    const rule = of === null ? null : { lines: of, limit: 50 }
    const kernel = new CalibrationKernel({
      ...{ frameSize: size, pedestal, gain, background: null, commonMode: rule, scale: 0.01 },
      ...{ photonize: 'round', lld: Number.NEGATIVE_INFINITY },
    })
    const frame = new Float32Array(size)
    const plain = () => plainSteps(frame, rule)
    plain()
    const { data } = kernel.run(raw, 'uint16', distinct, 'uint8')
    verify(
      'the kernel',
      frame.every((value, p) => value === data[p]),
    )
    if (name !== 'row')
      report.add(
        `to photons, common mode ${name}`,
        measure(() => kernel.run(raw, 'uint16', distinct, 'uint8'), work, 'Mpxf/s'),
        copy,
      )
    else {
      const loop = report.add('plain steps, common mode row', measure(plain, size / 1e6, 'Mpxf/s'))
      report.add(
        'to photons, common mode row',
        measure(() => kernel.run(raw, 'uint16', distinct, 'uint8'), work, 'Mpxf/s'),
        loop,
      )
    }
  }
}

function plainSteps(frame, rule) {
  frame.set(raw.subarray(0, size))
  subtract(frame, pedestal)
  if (rule !== null) {
    const modes = new Float32Array(rule.lines.count)
    commonModes(frame, rule, modes)
    subtractModes(frame, rule.lines, modes)
  }
  multiply(frame, gain)
  scale(frame, 0.01)
  photonize(frame, 'round', Number.NEGATIVE_INFINITY)
}

/**
 * The same run over photons that are in the file and over raw frames, in turn: milliseconds per frame of every role, between a
 * short and a long run, so that starting and the result do not count. Multi-tau, because its workers are the fastest.
 */
async function runs(folder) {
  const file = (name) => join(folder, name)
  const repeated = (data) => {
    const all = new data.constructor(many * size)
    for (let f = 0; f < many; f += distinct) all.set(data, f * size)
    return all
  }
  writeNpy(file('photons.npy'), repeated(counts), [many, rows, columns])
  writeNpy(file('raw.npy'), repeated(raw), [many, rows, columns])
  writeNpy(file('pedestal.npy'), detector.pedestal, [rows, columns])
  writeNpy(file('gain.npy'), detector.gainMap, [rows, columns])
  const maps = { pedestal: file('pedestal.npy'), gainMap: file('gain.npy'), adusPerPhoton: 100, photonize: 'round' }
  const calibrations = { 'photons.npy': {}, 'raw.npy': { ...maps, commonMode: 'row' } }
  const spent = { 'photons.npy': [], 'raw.npy': [] }
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [name, calibration] of Object.entries(calibrations)) {
      const [short, long] = [await steps(file(name), calibration, few), await steps(file(name), calibration, many)]
      const each = Object.keys(long).map((step) => [step, (long[step] - short[step]) / (many - few)])
      spent[name].push(Object.fromEntries(each))
    }
  }
  const add = (what, name, of, against) => report.add(what, summary(spent[name].map(of), 'ms'), against)
  const worker = add('multi-tau worker, per frame', 'photons.npy', (step) => step.worker)
  add('server without calibration, per frame', 'photons.npy', (step) => step.server, worker)
  add('server with calibration, common mode row, per frame', 'raw.npy', (step) => step.server, worker)
  add('of which calibration', 'raw.npy', (step) => step.calibrate, worker)
  add('multi-tau worker of calibrated frames, per frame', 'raw.npy', (step) => step.worker, worker)
}

/** Milliseconds that server and worker are at work in a run of the first `numEvents` frames. */
async function steps(path, calibration, numEvents) {
  const dataset = { format: 'npy', path }
  const engine = { userClass: 'MultiTau', numWorkers: 1, h5output: null, verbosity: 'ERROR', numEvents }
  const { reports } = await run({ systemParams: { ...engine, dataset, calibration } })
  const sum = (role, names) => {
    const own = reports[role].timings.filter(({ name }) => names.includes(name))
    return own.reduce((total, { milliseconds }) => total + milliseconds, 0)
  }
  return {
    server: sum('server', ['read', 'calibrate', 'waitForWorkers']),
    calibrate: sum('server', ['calibrate']),
    worker: sum('worker', ['storeAndFold', 'sendLight']),
  }
}
