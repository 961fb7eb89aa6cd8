// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast are the pair kernels, against a plain loop and against copying memory, in one run? See bench/README.md.
import { cpus } from 'node:os'
import { hasRelaxed, loadKernels } from '../dist/src/kernels/load.js'
import { dtypeCode, moveFlags, ringPad, scratchEnd } from '../dist/src/kernels/pairKernels.js'
import { blockedTranspose, copyRate, plainFold } from './yardsticks.mjs'
import { measure, random } from './measure.mjs'

const delays = 100
const mirror = 1024
const span = 4096

/** A ring of counts with a Poisson mean, its moves and sums, in a memory of its own. */
function open(name, { elements, mean, block, productsOnly }) {
  const rowLength = span + mirror + ringPad
  const sumBytes = 8 * 16 * delays * Math.ceil(elements / 16)
  const sumsAt = scratchEnd + 65536
  const at = sumsAt + 3 * sumBytes
  const bytes = at + (elements + 1) * rowLength
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536), maximum: 65536 })
  const ring = new Uint8Array(memory.buffer, at, (elements + 1) * rowLength)
  fill(ring, elements, rowLength, mean)
  const moves = new Int32Array(memory.buffer, scratchEnd, 3 * delays)
  const from = span - block
  for (let d = 0; d < delays; d++) {
    const delay = Math.round((span - block - 16) ** (d / (delays - 1)))
    moves.set([d, from - delay, moveFlags.full | (productsOnly ? moveFlags.productsOnly : 0)], 3 * d)
  }
  const place = { store: dtypeCode('uint8'), at, rowLength, elements, span, mirror }
  const sums = { delays, G2: sumsAt, fixed: sumsAt + sumBytes, moving: sumsAt + 2 * sumBytes, lost: 0 }
  const kernels = loadKernels(name).open(memory)
  const fold = () => kernels.fold(place, from, block, scratchEnd, delays, 1, 255, sums)
  return { fold, ring, rowLength, moves, from, G2: new Float64Array(memory.buffer, sumsAt, (3 * sumBytes) / 8) }
}

function fill(ring, elements, rowLength, mean) {
  const next = random(1)
  for (let element = 0; element < elements; element++) {
    const at = element * rowLength
    for (let t = 0; t < span; t++) {
      let photons = -1
      for (let p = 1; p > Math.exp(-mean); photons++) p *= next()
      ring[at + t] = photons
    }
    ring.copyWithin(at + span, at, at + mirror)
  }
  ring.fill(1, elements * rowLength, elements * rowLength + span + mirror)
}

/** Ends the bench when a kernel differs from the reference by a bit. */
function verify(name, options) {
  const [wanted, got] = ['reference', name].map((kernel) => {
    const { fold, G2 } = open(kernel, { ...options, elements: 3 })
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
  const { ring, rowLength, moves, from } = open('wasm', options)
  const sums = new Float64Array(delays * options.elements)
  const run = () => plainFold(ring, rowLength, options.elements, from, options.block, moves, delays, sums)
  return measure(run, (delays * options.block * options.elements) / 1e9, 'GMAC/s')
}

function transposeRates() {
  const [elements, events] = [4096, 64]
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

function main() {
  const hot = { elements: 256, block: 256, mean: 2, productsOnly: true }
  const results = []
  const report = (name, result, against) => {
    const ratio = against ? result.median / against.median : undefined
    results.push({ name, ...result, ...(ratio === undefined ? {} : { ratio, against: against.name }) })
    if (json) return
    const spread = `${result.low.toFixed(2)}..${result.high.toFixed(2)}`
    const times = ratio === undefined ? '' : `${ratio.toFixed(1)} x ${against.name}`
    console.log(
      `${name.padEnd(44)} ${result.median.toFixed(2).padStart(9)} ${result.unit.padEnd(7)} ${spread.padEnd(18)} ${times}`,
    )
  }
  const copy = { name: 'copy', ...measure(copyRate.run, copyRate.gigabytes, 'GB/s') }
  report('copy of 64 MiB', copy)
  const plain = { name: 'plain loop', ...plainRate(hot) }
  report('plain loop, uint8 hot, B 256, mean 2', plain)
  const ways = ['dense', 'lookup', 'bits', 'wasm', ...(hasRelaxed() ? ['relaxed'] : [])]
  for (const mean of [0.01, 0.05, 0.2, 2]) {
    for (const way of ways.filter((known) => mean < 1 || !['lookup', 'bits'].includes(known))) {
      for (const block of [256, 1024]) {
        report(`${way}, uint8 hot, B ${block}, mean ${mean}`, foldRate(way, { ...hot, mean, block }), plain)
      }
    }
  }
  report('wasm with IP and IF, hot, B 256, mean 2', foldRate('wasm', { ...hot, productsOnly: false }), plain)
  for (const mean of [0.05, 2]) {
    const cold = { elements: 32768, block: 512, mean, productsOnly: true }
    report(`wasm, uint8 cold, B 512, mean ${mean}`, foldRate('wasm', cold), plain)
  }
  const [tiles, blocked] = transposeRates()
  report('blocked transpose, plain', blocked)
  report('toRing, uint8, 64 events', tiles, { name: 'blocked transpose', ...blocked })
  if (json) console.log(JSON.stringify({ node: process.version, cpu: cpus()[0].model, relaxed: hasRelaxed(), results }))
}

const json = process.argv.includes('--json')
main()
