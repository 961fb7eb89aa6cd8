// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does the calibration of frames of 1 Mpixel cost, alone and as a share of a run? See bench/README.md.
import { join } from 'node:path'
import { makeDelayList } from '../dist/src/index.js'
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
import { timed, withFolder } from './runs.mjs'

const [rows, columns] = [1024, 1024]
const size = rows * columns
/** Frames with values of their own; files repeat them. */
const distinct = 8
const [few, many, repeats] = [16, 80, 3]
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
  row: { kind: 'lines', length: columns, rows: 1, count: rows },
  column: { kind: 'columns', length: columns, rows, count: columns },
  panel: { kind: 'lines', length: size, rows: 1, count: 1 },
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

/** The same run over photons that are in the file and over raw frames, in turn: events/s between a short and a long run. */
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
  const delays = makeDelayList({ start: 1, stop: 90, num: 40, spacing: 'log' })
  for (const userClass of ['MultiTau', 'G2IncrementalAccumulator']) {
    const engine = { userClass, numWorkers: 1, ...(userClass === 'MultiTau' ? {} : { delays, times: 100 }) }
    const run = (name, calibration) => ({
      systemParams: { ...engine, calibration, dataset: { format: 'npy', path: file(name) } },
    })
    await share(userClass, [run('photons.npy', {}), run('raw.npy', { ...maps, commonMode: 'row' })])
  }
}

async function share(name, both) {
  const spent = []
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const pair = []
    for (const config of both) {
      const [short, long] = [await timed(config, few), await timed(config, many)]
      pair.push({ cpu: long.cpu - short.cpu, wall: long.wall - short.wall })
    }
    if (repeat > 0) spent.push(pair)
  }
  const of = (what, unit) => {
    const rate = (which) =>
      summary(
        spent.map((pair) => (many - few) / pair[which][what]),
        unit,
      )
    const without = report.add(`${name}: photons in the file, ${what}`, rate(0))
    report.add(`${name}: raw frames, common mode row, ${what}`, rate(1), without)
  }
  of('wall', 'events/s')
  of('cpu', 'ev/s/core')
}
