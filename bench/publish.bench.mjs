// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does an update cost: sums per label on a worker, writing curves, writing arrays? See bench/README.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bins } from '../dist/src/correlators/bins.js'
import { LabelSlots } from '../dist/src/correlators/labelSlots.js'
import { labelSumsOfBins } from '../dist/src/correlators/momentReductions.js'
import { PairSums } from '../dist/src/correlators/pairSums.js'
import { labelSums, labelSumsWidth, Scratch } from '../dist/src/correlators/reductions.js'
import { makeDelayList } from '../dist/src/index.js'
import { createHdf5Result } from '../dist/src/results/hdf5Result.js'
import { ResultFile } from '../dist/src/results/hdf5File.js'
import { readCurves } from '../dist/src/results/reader.js'
import { inOrder } from './events.mjs'
import { readNumbers } from './hdf5Numbers.mjs'
import { measure, measureAsync, photons, random, verify } from './measure.mjs'
import { Report } from './report.mjs'

const [elements, colors, delays] = [262_144, 20, 100]
const report = new Report()
const folder = mkdtempSync(join(tmpdir(), 'parcorana-bench-'))
try {
  reducing(0.05)
  reducing(2)
  await publishing()
  await writingArrays()
} finally {
  rmSync(folder, { recursive: true })
}
report.end({ elements, colors, delays })

/**
 * One worker's part at an update of a ring that has wrapped: sums of G2, IP, IF and pairs per label, from the moments of bins, with
 * IP and IF still open and settled, and delay by delay.
 */
function reducing(mean) {
  const [count, block, times, events] = [32_768, 500, 2000, 2500]
  const sums = new PairSums({
    elements: count,
    delays: Float64Array.from(makeDelayList({ start: 1, stop: 1900, num: delays, spacing: 'log' })),
    times,
    pairing: 'accumulator',
    storeDtype: 'auto',
    sourceDtype: 'uint8',
    blockEvents: block,
    ticksHint: events,
  })
  const data = photons(new Uint8Array(count * block), mean, 1)
  for (let from = 0; from < events; from += block) {
    sums.insert(inOrder(from, block, times), [{ kind: 'dense', events: block, elements: count, dtype: 'uint8', data }])
  }
  sums.calc()
  const labels = Int32Array.from({ length: count }, (_, i) => 1 + Math.floor((i * colors) / count))
  const [slots, tileSize] = [new LabelSlots(labels, 64), 64]
  const bins = new Bins(slots, slots, tileSize)
  const range = { from: 0, to: sums.delays.length }
  const [open, settled, plain] = [0, 1, 2].map(() => new Float64Array(range.to * slots.count * labelSumsWidth))
  const byBins = (out) => {
    const moments = { bins, counts: sums.counts, values: sums.moments(bins) }
    labelSumsOfBins(moments, slots.count, range, out)
  }
  const scratch = new Scratch(count)
  const columns = { elements: count, counts: sums.counts, hasLost: false, fill: (...args) => sums.fill(...args) }
  const byDelay = () => labelSums(columns, slots, range, scratch, plain)
  const work = (count * range.to) / 1e6
  byBins(open)
  const rates = [measure(() => byBins(open), work, 'Mel-del/s')]
  byDelay()
  rates.push(measure(() => byBins(settled), work, 'Mel-del/s'))
  for (const fast of [open, settled])
    verify('sums per label', plain[0] > 0 && plain.every((value, i) => value === fast[i]))
  const slow = report.add(`sums per label, mean ${mean}, delay by delay`, measure(byDelay, work, 'Mel-del/s'))
  report.add(`sums per label, mean ${mean}, from moments, open`, rates[0], slow)
  report.add(`sums per label, mean ${mean}, from moments, settled`, rates[1], slow)
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
  const summary = { accounting, complete: true, seconds: 1, elementEventsPerSecond: 1, changes: [], timings: {} }
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
