// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does an update cost: sums per label on a worker, writing curves, writing arrays? See bench/README.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LabelSlots } from '../dist/src/correlators/labelSlots.js'
import { labelSums, labelSumsWidth, Scratch } from '../dist/src/correlators/reductions.js'
import { createHdf5Result } from '../dist/src/results/hdf5Result.js'
import { ResultFile } from '../dist/src/results/hdf5File.js'
import { readCurves } from '../dist/src/results/reader.js'
import { readNumbers } from './hdf5Numbers.mjs'
import { measure, measureAsync, random, verify } from './measure.mjs'
import { Report } from './report.mjs'

const [elements, colors, delays] = [262_144, 20, 100]
const report = new Report()
const folder = mkdtempSync(join(tmpdir(), 'parcorana-bench-'))
try {
  reducing()
  await publishing()
  await writingArrays()
} finally {
  rmSync(folder, { recursive: true })
}
report.end({ elements, colors, delays })

/** One worker's part: G2, IP, IF and pairs of every delay, per label and tile. */
function reducing() {
  const next = random(1)
  const columns = Object.fromEntries(
    ['G2', 'IP', 'IF'].map((name) => [name, Float64Array.from({ length: elements }, () => Math.floor(1e6 * next()))]),
  )
  const labels = Int32Array.from({ length: elements }, (_, i) => 1 + Math.floor((i * colors) / elements))
  const counts = new Float64Array(delays).fill(1000)
  const source = { elements, counts, hasLost: false, fill: (name, _, out) => out.set(columns[name]) }
  const slots = new LabelSlots(labels, 256)
  const out = new Float64Array(delays * slots.label.length * labelSumsWidth)
  const run = () => labelSums(source, slots, { from: 0, to: delays }, new Scratch(elements), out)
  run()
  const total = (k) => Array.from(slots.label, (_, s) => out[s * labelSumsWidth + k]).reduce((a, b) => a + b)
  const plain = columns.G2.reduce((a, b) => a + b)
  verify('labelSums', total(0) === plain && total(3) === 1000 * elements)
  report.add('sums per label, 1 worker', measure(run, (elements * delays) / 1e6, 'Mel-delays/s'))
}

function facts() {
  const color = Int32Array.from({ length: elements }, (_, i) => 1 + (i % colors))
  const analysis = { name: '', className: 'bench', delays: delayList(), color, fine: color, normalization: 'ring' }
  return {
    detectorShape: [512, 512],
    elements: Uint32Array.from({ length: elements }, (_, i) => i),
    analyses: [analysis],
    systemParams: {},
    userParams: {},
    experiment: { values: {}, sources: {} },
    frames: { stride: 1, average: 1 },
    eventsPlanned: 1,
    run: {},
  }
}

function delayList() {
  return Float64Array.from({ length: delays }, (_, d) => d + 1)
}

/** Curves, maps and views of one update, and the file made visible. */
async function publishing() {
  const path = join(folder, 'curves.h5')
  const publisher = createHdf5Result({ path, h5arrays: 'none' })
  await publisher.begin(facts())
  const accounting = { read: 1, correlated: 1, late: 0, duplicate: 0, filtered: {}, lost: 0 }
  const g2 = Float64Array.from({ length: colors * delays }, (_, i) => 1 + i / 7)
  const curves = {
    normalization: 'ring',
    errorMethod: 'none',
    colors: Int32Array.from({ length: colors }, (_, c) => c + 1),
    elements: new Float64Array(colors).fill(elements / colors),
    delays: delayList(),
    g2,
    error: g2,
  }
  const analysis = {
    counts: new Float64Array(delays).fill(9),
    curves,
    saturated: new Uint8Array(elements),
    mean: new Float64Array(elements).fill(2),
    light: { counter: delayList(), mean: delayList() },
  }
  let number = 0
  const publish = async (final) => {
    const lastEvent = { sec: 0, nsec: 0, fiducials: number, counter: number }
    const update = { number: number++, final, complete: true, lastEvent, accounting }
    const [group] = await publisher.openUpdate(update)
    group.dataset('delays', BigInt64Array.from(curves.delays, BigInt))
    group.dataset('delay_counts', BigInt64Array.from(analysis.counts, BigInt))
    for (let c = 0; c < colors; c++) {
      group.dataset(`delay_curve_color_${c + 1}`, g2.slice(c * delays, (c + 1) * delays))
      group.dataset(`delay_curve_error_color_${c + 1}`, g2.slice(c * delays, (c + 1) * delays))
    }
    await publisher.commit({ ...update, analyses: [analysis] })
  }
  const rate = await measureAsync(() => publish(false), 1, 'updates/s')
  await publish(true)
  const summary = { accounting, complete: true, seconds: 1, elementEventsPerSecond: 1, timings: {} }
  await publisher.finish(summary)
  const stored = (await readCurves(path, '/user/final')).curves
  verify(
    'publishing',
    stored.g2.every((value, i) => value === g2[i]),
  )
  report.add('publish 20 curves of 100 delays, 512 x 512', rate)
}

/** Per-pixel arrays as they go into the result: float64 of the detector's shape, compressed. */
async function writingArrays() {
  const next = random(3)
  const values = Float64Array.from({ length: elements }, () => Math.floor(1000 * next()) / 1000)
  let count = 0
  const file = await ResultFile.create(join(folder, 'arrays.h5'))
  const run = () => file.group('/arrays').dataset(`delay_${count++}`, values, { shape: [512, 512] })
  const rate = measure(run, (8 * elements) / 1e6, 'MB/s')
  file.close()
  const stored = await readNumbers(join(folder, 'arrays.h5'), `/arrays/delay_${count - 1}`)
  verify('writing', stored.length === elements && values.every((value, i) => value === stored[i]))
  report.add('write arrays to HDF5', rate)
}
