// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast are the pair kernels, against a plain loop and against copying memory, in one run? See bench/README.md.
import { hasRelaxed, loadKernels } from '../dist/src/kernels/load.js'
import { ringPad, scratchEnd } from '../dist/src/kernels/pairKernels.js'
import { blockedTranspose, copyRate, plainFold } from './yardsticks.mjs'
import { foldRate, openFold, span } from './foldRates.mjs'
import { measure, random } from './measure.mjs'
import { Report } from './report.mjs'

const delays = 100
const mirror = 1024

function plainRate(options) {
  const { ring, rowLength, moves, from } = openFold('wasm', options)
  const sums = new Float64Array(delays * options.elements)
  const run = () => plainFold(ring, rowLength, options.elements, from, options.block, moves, delays, sums)
  return measure(run, (delays * options.block * options.elements) / 1e9, 'GMAC/s')
}

function transposeRates(events) {
  const elements = 4096
  const rowLength = span + mirror + ringPad
  const staged = scratchEnd + 65536
  const totals = staged + elements * events
  const at = totals + 16 * elements
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((at + (elements + 1) * rowLength) / 65536),
    maximum: 65536,
  })
  const next = random(2)
  const data = new Uint8Array(memory.buffer, staged, elements * events).map(() => 4 * next())
  new Uint8Array(memory.buffer, staged, data.length).set(data)
  new Int32Array(memory.buffer, scratchEnd, events).set(Array.from({ length: events }, (_, e) => 2048 + e))
  const place = { store: 0, at, rowLength, elements, span, mirror }
  const kernels = loadKernels('wasm').open(memory)
  const run = () =>
    kernels.toRing(0, staged, elements, events, scratchEnd, place, { values: totals, holes: totals + 8 * elements })
  run()
  const ring = new Uint8Array(memory.buffer, at, elements * rowLength)
  const own = new Uint8Array(elements * rowLength)
  const plain = () => blockedTranspose(data, elements, events, own, rowLength, 2048)
  plain()
  if (!own.every((value, i) => value === ring[i])) throw new Error('toRing differs from a plain transpose')
  const work = (elements * events) / 1e6
  return [measure(run, work, 'Mpxf/s'), measure(plain, work, 'Mpxf/s')]
}

/** Every fold that is timed. */
function folds() {
  const relaxed = hasRelaxed() ? ['relaxed'] : []
  const list = []
  const add = (way, options, temperature) => {
    const { store = 'uint8', block, mean } = options
    list.push({ name: `${way}, ${store} ${temperature}, B ${block}, mean ${mean}`, way, options })
  }
  for (const block of [256, 1024]) {
    for (const way of ['dense', ...relaxed, 'wasm']) add(way, { ...hot, block, mean: 2 }, 'hot')
    for (const mean of [0.0003, 0.001, 0.003, 0.01, 0.05, 0.2, 0.7]) {
      for (const way of ['pairs', 'lookup', 'bits', 'wasm']) add(way, { ...hot, block, mean }, 'hot')
      for (const way of ['pairs', 'bits', 'wasm']) add(way, { ...hot, block, mean, store: 'bit' }, 'hot')
    }
  }
  for (const mean of [0.05, 2]) {
    for (const way of mean < 1 ? ['lookup', 'bits', 'wasm'] : ['wasm']) add(way, { ...cold, mean }, 'cold')
  }
  add('wasm', { ...cold, mean: 0.05, store: 'bit' }, 'cold')
  return list
}

const hot = { elements: 256, delays }
const cold = { elements: 32768, block: 512, delays }

function main() {
  const report = new Report()
  report.add('copy of 64 MiB', measure(copyRate.run, copyRate.gigabytes, 'GB/s'))
  const plain = report.add('plain loop, uint8 hot, B 256, mean 2', plainRate({ ...hot, block: 256, mean: 2 }))
  const add = (name, way, options) => only.test(name) && report.add(name, foldRate(way, options), plain)
  for (const { name, way, options } of folds()) add(name, way, options)
  const both = { ...hot, block: 256, mean: 2, productsOnly: false }
  add('wasm with IP and IF, uint8 hot, B 256, mean 2', 'wasm', both)
  if (only.test('transpose')) {
    for (const events of [8, 64]) {
      const [tiles, blocked] = transposeRates(events)
      const plainTiles = report.add(`blocked transpose, plain, ${events} events`, blocked)
      report.add(`toRing, uint8, ${events} events`, tiles, plainTiles)
    }
  }
  report.end({ relaxed: hasRelaxed() })
}

/** `--only=PATTERN`: the folds whose names match. */
const only = new RegExp(process.argv.find((argument) => argument.startsWith('--only='))?.slice(7) ?? '')
main()
