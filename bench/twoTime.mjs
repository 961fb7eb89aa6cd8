// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How many CPU seconds do two-time maps take, by kernel and as a worker and a viewer form them? See bench/README.md.
import { cpus } from 'node:os'
import { TwoTimeSums } from '../dist/src/correlators/twoTimeSums.js'
import { MapBench } from '../dist/src/correlators/twoTime/normalize.js'
import { multiTauDelays } from '../dist/src/correlators/multiTau/delays.js'
import { loadTwoTime } from '../dist/src/kernels/loadTwoTime.js'
import { blockSize, stretchFrames } from '../dist/src/kernels/twoTimeKernels.js'
import { inOrder } from './events.mjs'
import { measure, random } from './measure.mjs'

const elements = 16222
const frames = 2000
const colors = 18
const blockEvents = 500
const products = (elements * frames * (frames + 1)) / 2 / 1e9

/** Poisson counts, time-major. */
function movie(mean, events, width) {
  const next = random(1)
  const limit = Math.exp(-mean)
  return new Uint8Array(events * width).map(() => {
    let photons = -1
    for (let p = 1; p > limit; photons++) p *= next()
    return photons
  })
}

/** Stretches of the movie as rows, or as photons where few values are not 0. */
function stretches(data, events, width, photons) {
  const list = []
  for (let from = 0; from < events; from += stretchFrames) {
    const count = Math.min(stretchFrames, events - from)
    const values = data.subarray(from * width, (from + count) * width)
    const largest = values.reduce((a, b) => Math.max(a, b), 0)
    const rows = { kind: 'rows', frames: count, elements: width, dtype: 'uint8', values, largest, whole: true }
    list.push(photons ? sorted(rows) : rows)
  }
  return list
}

function sorted({ frames: count, elements: width, values, largest }) {
  const start = new Uint32Array(width + 1)
  const [frame, value] = [[], []]
  let exceptions = 0
  for (let e = 0; e < width; e++) {
    for (let t = 0; t < count; t++) {
      const photons = values[t * width + e]
      if (photons === 0) continue
      frame.push(t)
      value.push(photons)
      if (photons > 1) exceptions++
    }
    start[e + 1] = frame.length
  }
  const lists = { start, frame: Uint16Array.from(frame), value: Uint16Array.from(value) }
  return { kind: 'photons', frames: count, elements: width, ...lists, largest, exceptions }
}

/** Ends the bench when a kernel differs from the reference by a bit. */
function verify(name, mean, photons) {
  const [a, b] = stretches(movie(mean, stretchFrames + 30, 40), stretchFrames + 30, 40, photons)
  const [wanted, got] = ['reference', name].map((kernel) => {
    const sums = new Float64Array(blockSize)
    loadTwoTime(kernel).product(sums, b, b, 1, 39)
    const own = sums.slice()
    loadTwoTime(kernel).product(sums, a, b, 1, 39)
    return { sums, own }
  })
  for (let t1 = 0; t1 < stretchFrames; t1++) {
    for (let t2 = 0; t2 < 30; t2++) {
      const at = t1 * stretchFrames + t2
      if (got.sums[at] !== wanted.sums[at]) throw new Error(`${name}: a sum of frames ${t1} and ${t2} is wrong`)
      if (t1 <= t2 && got.own[at] !== wanted.own[at]) throw new Error(`${name}: a sum of ${t1} and ${t2} is wrong`)
    }
  }
}

const bounds = (color) => [Math.floor((elements * color) / colors), Math.floor((elements * (color + 1)) / colors)]

/** All maps from stretches that are there already: products per CPU second. */
function kernelRate(name, list) {
  const kernels = loadTwoTime(name)
  const sums = new Float64Array(blockSize)
  return measure(
    () => {
      for (let color = 0; color < colors; color++) {
        for (let a = 0; a < list.length; a++) {
          for (let b = a; b < list.length; b++) kernels.product(sums, list[a], list[b], ...bounds(color))
        }
      }
    },
    products,
    'GMAC/s',
  )
}

/** Events in, normalised maps and curves out: all that one worker and the viewer compute, without messages and file. */
function wholeRate(data) {
  const color = Int32Array.from({ length: elements }, (_, e) => 1 + Math.floor((e * colors) / elements))
  const layout = { color, firstTile: 0, totalTiles: Math.ceil(elements / 16), tileSize: 16 }
  const delays = multiTauDelays({ delaysPerLevel: 4 }, frames)
  const run = () => {
    const options = { elements, delays, times: frames, storeDtype: 'auto', sourceDtype: 'uint8', blockEvents }
    const sums = new TwoTimeSums({ ...options, ticksHint: frames, layout, average: 1 })
    for (let from = 0; from < frames; from += blockEvents) insert(sums, data, from)
    sums.calc()
    const bench = new MapBench(frames, 5)
    for (let c = 1; c <= colors; c++) formMap(bench, sums.twoTime, c, color)
  }
  return measure(run, 1, 'runs/s')
}

function insert(sums, data, from) {
  const block = data.subarray(from * elements, (from + blockEvents) * elements)
  const dense = { kind: 'dense', events: blockEvents, elements, dtype: 'uint8', data: block }
  sums.insert(inOrder(from, blockEvents), [dense])
}

function formMap(bench, part, color, labels) {
  const own = labels.reduce((count, label) => count + (label === color ? 1 : 0), 0)
  const count = Math.ceil(frames / stretchFrames)
  const means = new Float64Array(frames)
  const ask = (past, future, of) => part.answer({ color, past, future, of, whole: true })[0].values
  for (let s = 0; s < count; s++)
    means.set(
      ask(s, s, 'sums').map((sum) => sum / own),
      s * stretchFrames,
    )
  bench.begin(means)
  for (let a = 0; a < count; a++) {
    for (let b = a; b < count; b++) {
      const [row, column] = [a * stretchFrames, b * stretchFrames]
      const rows = Math.min(stretchFrames, frames - row)
      const columns = Math.min(stretchFrames, frames - column)
      const place = { row, rows, column, columns, offset: 0, stride: stretchFrames, pairs: null }
      bench.normalize({ ...place, sums: ask(a, b, 'products') }, own)
    }
  }
  return bench.ages.curves()
}

function main() {
  const results = []
  const report = (name, result) => {
    results.push({ name, ...result })
    if (json) return
    const seconds = result.unit === 'runs/s' ? 1 / result.median : products / result.median
    const rate = `${result.median.toFixed(2)} ${result.unit} (${result.low.toFixed(2)}..${result.high.toFixed(2)})`
    console.log(`${name.padEnd(40)} ${seconds.toFixed(3)} CPU s   ${rate}`)
  }
  for (const [mean, ways] of [
    [5, ['dense', 'wasm']],
    [0.1, ['dense', 'bits', 'lookup', 'wasm']],
    [0.02, ['bits', 'wasm']],
  ]) {
    if (only !== undefined && Number(only) !== mean) continue
    const data = movie(mean, frames, elements)
    const list = stretches(data, frames, elements, mean < 1)
    for (const way of ways) {
      verify(way, mean, mean < 1)
      report(`maps by ${way}, mean ${mean}`, kernelRate(way, list))
    }
    if (mean !== 0.1) report(`all of it, mean ${mean}`, wholeRate(data))
  }
  if (json)
    console.log(JSON.stringify({ node: process.version, cpu: cpus()[0].model, elements, frames, colors, results }))
}

const json = process.argv.includes('--json')
/** `--mean 5` = that one only. */
const only = process.argv.includes('--mean') ? process.argv[process.argv.indexOf('--mean') + 1] : undefined
main()
