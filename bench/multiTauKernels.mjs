// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast are the multi-tau sums, blocks in, against plain JavaScript one frame at a time, in one run? See bench/README.md.
import { cpus } from 'node:os'
import { levelLagOf, multiTauDelays } from '../dist/src/correlators/multiTau/delays.js'
import { MultiTauSums } from '../dist/src/correlators/multiTauSums.js'
import { measure, random } from './measure.mjs'
import { poissonTable } from './photonMovies.mjs'

const ticks = 2 ** 20
const blockEvents = 256

function denseBlock(dtype, elements, mean) {
  const next = random(3)
  const table = poissonTable(mean)
  const data = new { uint8: Uint8Array, uint16: Uint16Array }[dtype](blockEvents * elements)
  for (let i = 0; i < data.length; i++) data[i] = table[Math.floor(next() * table.length)]
  return { kind: 'dense', events: blockEvents, elements, dtype, data }
}

/** The same values as photons, sorted by element, then event. */
function photonBlock({ elements, data }) {
  const found = []
  for (let element = 0; element < elements; element++) {
    for (let event = 0; event < blockEvents; event++) {
      const value = data[event * elements + element]
      if (value > 0) found.push([element, event, value])
    }
  }
  const [element, event, value] = [Uint32Array, Uint16Array, Uint16Array].map((array, k) => {
    return array.from(found, (photon) => photon[k])
  })
  return { kind: 'events', events: blockEvents, elements, dtype: 'uint16', element, event, value }
}

/** `insert()` adds the block as the next events; `G2(delay)` reads a sum. */
function openSums(block, scheme) {
  const delays = multiTauDelays(scheme, ticks)
  const { elements, dtype } = block
  const rest = { times: 1, storeDtype: 'auto', blockEvents, ticksHint: ticks }
  const sums = new MultiTauSums({ elements, delays, scheme, sourceDtype: dtype, ...rest })
  const none = { evicted: new Float64Array(blockEvents).fill(Number.NaN), row: new Int32Array(blockEvents) }
  const place = { block: new Uint16Array(blockEvents), position: Uint16Array.from(none.row, (_, e) => e) }
  let at = 0
  const insert = () => {
    const counter = Float64Array.from(none.row, (_, e) => at + e)
    sums.insert({ count: blockEvents, counter, ...none, ...place }, [block])
    at += blockEvents
  }
  const G2 = (d) => {
    const out = new Float64Array(elements)
    sums.calc()
    sums.fill('G2', d, out)
    return out
  }
  return { insert, delays, G2 }
}

/** G2 alone, every level a ring of past samples, one frame after the other. */
function openPlain(block, scheme) {
  const delays = multiTauDelays(scheme, ticks)
  const { elements } = block
  const levels = []
  delays.forEach((delay, d) => {
    const { level, lag } = levelLagOf(scheme, delay)
    levels[level] ??= { lags: [], ring: [], waiting: null }
    levels[level].lags.push([lag, new Float64Array(elements), d])
  })
  const kept = Math.max(...levels[0].lags.map(([lag]) => lag))
  const add = (number, sample) => {
    const { lags, ring, waiting } = levels[number]
    for (const [lag, sum] of lags) {
      if (lag <= ring.length) multiplyAdd(sum, ring[ring.length - lag], sample)
    }
    ring.push(sample)
    if (ring.length > kept) ring.shift()
    levels[number].waiting = waiting === null ? sample : null
    if (waiting !== null && number + 1 < levels.length) add(number + 1, sumOf(waiting, sample))
  }
  const insert = () => {
    for (let e = 0; e < blockEvents; e++) {
      add(0, Float32Array.from(block.data.subarray(e * elements, (e + 1) * elements)))
    }
  }
  const G2 = (d) => levels.flatMap(({ lags }) => lags).find(([, , own]) => own === d)[1]
  return { insert, delays, G2 }
}

function multiplyAdd(sum, past, sample) {
  for (let i = 0; i < sum.length; i++) sum[i] += past[i] * sample[i]
}

function sumOf(a, b) {
  const sum = new Float32Array(a.length)
  for (let i = 0; i < sum.length; i++) sum[i] = a[i] + b[i]
  return sum
}

/** Ends the bench when a sum differs from the plain one. */
function verify(block, sparse, scheme) {
  const [plain, own] = [openPlain(block, scheme), openSums(sparse, scheme)]
  for (let k = 0; k < 9; k++) {
    plain.insert()
    own.insert()
  }
  plain.delays.forEach((delay, d) => {
    const [wanted, got] = [plain.G2(d), own.G2(d)]
    if (delay < 9 * blockEvents && wanted.some((sum, i) => sum !== got[i])) throw new Error(`G2 at ${delay} differs`)
  })
}

function rateOf({ insert }, elements) {
  for (let k = 0; k < 8; k++) insert()
  return measure(insert, (elements * blockEvents) / 1e6, 'Mpxf/s')
}

const json = process.argv.includes('--json')
const results = []
for (const n of [4, 8]) {
  const scheme = { delaysPerLevel: n }
  for (const [elements, where] of [
    [4096, 'hot'],
    [65536, 'cold'],
  ]) {
    const plain = rateOf(openPlain(denseBlock('uint16', elements, 5), scheme), elements)
    for (const [name, dtype, mean, sparse] of [
      ['uint16, mean 5', 'uint16', 5, false],
      ['uint8, mean 0.02', 'uint8', 0.02, false],
      ['photons, mean 0.02', 'uint8', 0.02, true],
    ]) {
      const small = denseBlock(dtype, 37, mean)
      verify(small, sparse ? photonBlock(small) : small, scheme)
      const block = denseBlock(dtype, elements, mean)
      const rate = rateOf(openSums(sparse ? photonBlock(block) : block, scheme), elements)
      const result = { name: `${name}, n = ${n}, ${where}`, ...rate, ratio: rate.median / plain.median }
      results.push(result)
      const spread = `${rate.low.toFixed(0)}..${rate.high.toFixed(0)}`
      if (!json)
        console.log(
          `${result.name.padEnd(36)} ${rate.median.toFixed(0).padStart(6)} Mpxf/s  ${spread.padEnd(12)} ${result.ratio.toFixed(1)} x plain (${plain.median.toFixed(1)})`,
        )
    }
  }
}
if (json) console.log(JSON.stringify({ node: process.version, cpu: cpus()[0].model, results }))
