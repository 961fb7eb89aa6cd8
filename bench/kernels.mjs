// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast are the pair kernels, against a plain loop and against copying memory, in one run? See bench/README.md.
import { cpus } from 'node:os'
import { hasRelaxed, loadKernels } from '../dist/src/kernels/load.js'
import { scratchEnd } from '../dist/src/kernels/pairKernels.js'
import { blockedTranspose, copyRate, plainFold } from './yardsticks.mjs'
import { measure, random } from './measure.mjs'
import { delays, mirror, open, rowLength, span } from './rings.mjs'

/** Ends the bench when a kernel differs from the reference by a bit. */
function verify(name, options) {
  const [wanted, got] = ['reference', name].map((kernel) => {
    const { fold, G2 } = open(kernel, {
      ...options,
      elements: 3,
      store: kernel === 'reference' ? 'uint8' : options.store,
    })
    fold()
    return G2
  })
  const wrong = got.findIndex((sum, i) => sum !== wanted[i])
  if (wrong >= 0) throw new Error(`${name}: sum ${wrong} is ${got[wrong]} instead of ${wanted[wrong]}`)
}

function foldRate(name, options) {
  verify(name, options)
  const { fold } = open(name, options)
  return measure(fold, (delays * options.block * options.elements) / 1e9, 'GMAC/s')
}

function plainRate(options) {
  const { ring, moves, from } = open('wasm', options)
  const sums = new Float64Array(delays * options.elements)
  const run = () => plainFold(ring, rowLength, options.elements, from, options.block, moves, delays, sums)
  return measure(run, (delays * options.block * options.elements) / 1e9, 'GMAC/s')
}

function transposeRates(events) {
  const elements = 4096
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

const hot = { elements: 256, productsOnly: true, store: 'uint8' }
const cold = { elements: 32768, productsOnly: true }

/** [name, options, way] of every fold that is timed. */
function folds() {
  const relaxed = hasRelaxed() ? ['relaxed'] : []
  const list = []
  const add = (way, options, temperature) => {
    const { store, block, mean } = options
    list.push({ name: `${way}, ${store} ${temperature}, B ${block}, mean ${mean}`, way, options })
  }
  for (const block of [256, 1024]) {
    for (const way of ['dense', ...relaxed, 'wasm']) add(way, { ...hot, block, mean: 2 }, 'hot')
    for (const mean of [0.0003, 0.001, 0.003, 0.01, 0.05, 0.2]) {
      for (const way of ['pairs', 'lookup', 'bits', 'wasm']) add(way, { ...hot, block, mean }, 'hot')
      for (const way of ['pairs', 'bits', 'wasm']) add(way, { ...hot, block, mean, store: 'bit' }, 'hot')
    }
  }
  for (const mean of [0.05, 2]) {
    for (const way of mean < 1 ? ['lookup', 'bits', 'wasm'] : ['wasm'])
      add(way, { ...cold, block: 512, mean, store: 'uint8' }, 'cold')
  }
  add('wasm', { ...cold, block: 512, mean: 0.05, store: 'bit' }, 'cold')
  return list
}

function main() {
  const results = []
  const report = (name, result, against) => {
    const ratio = against ? result.median / against.median : undefined
    results.push({ name, ...result, ...(ratio === undefined ? {} : { ratio, against: against.name }) })
    if (json) return
    const spread = `${result.low.toFixed(2)}..${result.high.toFixed(2)}`
    const times = ratio === undefined ? '' : `${ratio.toFixed(1)} x ${against.name}`
    console.log(
      `${name.padEnd(40)} ${result.median.toFixed(2).padStart(9)} ${result.unit.padEnd(7)} ${spread.padEnd(18)} ${times}`,
    )
  }
  report('copy of 64 MiB', measure(copyRate.run, copyRate.gigabytes, 'GB/s'))
  const plain = { name: 'plain loop', ...plainRate({ ...hot, block: 256, mean: 2 }) }
  report('plain loop, uint8 hot, B 256, mean 2', plain)
  for (const { name, way, options } of folds()) if (only.test(name)) report(name, foldRate(way, options), plain)
  const sums = 'wasm with IP and IF, uint8 hot, B 256, mean 2'
  if (only.test(sums)) report(sums, foldRate('wasm', { ...hot, block: 256, mean: 2, productsOnly: false }), plain)
  if (only.test('transpose')) {
    for (const events of [8, 64]) {
      const [tiles, blocked] = transposeRates(events)
      report(`blocked transpose, plain, ${events} events`, blocked)
      report(`toRing, uint8, ${events} events`, tiles, { name: 'blocked transpose', ...blocked })
    }
  }
  if (json) console.log(JSON.stringify({ node: process.version, cpu: cpus()[0].model, relaxed: hasRelaxed(), results }))
}

const json = process.argv.includes('--json')
const only = new RegExp(process.argv.find((argument) => argument.startsWith('--only='))?.slice(7) ?? '')
main()
