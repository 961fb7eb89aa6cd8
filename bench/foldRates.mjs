// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Rates of `fold` on rings of photon counts, compared with the reference before they are timed. */
import { kernelModule } from '../dist/src/kernels/kernelModule.js'
import { hasRelaxed, loadKernels } from '../dist/src/kernels/load.js'
import { dtypeCode, moveFlags, ringPad, scratchEnd } from '../dist/src/kernels/pairKernels.js'
import { measure, photons, verify } from './measure.mjs'

const mirror = 1024
export const span = 4096
const filled = new Map()

/** A ring of counts with a Poisson mean, its moves and sums, in a memory of its own. */
export function openFold(name, { elements, mean, block, delays, productsOnly = true }) {
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
  const args = [0, at, rowLength, elements, from, block, scratchEnd, delays, 1, 255, delays]
  const fold = () => kernels.fold(place, from, block, scratchEnd, delays, 1, 255, sums)
  const raw = () => rawFold(memory, [...args, sums.G2, sums.fixed, sums.moving, 0])
  return { fold, raw, ring, rowLength, moves, from, G2: new Float64Array(memory.buffer, sumsAt, (3 * sumBytes) / 8) }
}

/** The exported function itself, which tells the way of the last element. */
function rawFold(memory, args) {
  const module = kernelModule(hasRelaxed() ? 'pairsRelaxed.wasm' : 'pairs.wasm')
  const { force, fold, lastWay } = new WebAssembly.Instance(module, { env: { memory } }).exports
  force(0)
  return () => {
    fold(...args)
    return ['none', 'dense', 'relaxed', 'lookup', 'bits'][lastWay()]
  }
}

/** How often the automatic choice takes which way, over 256 elements folded one by one. */
export function waysChosen(options) {
  const { raw, ring } = openFold('wasm', { ...options, elements: 1 })
  const foldOne = raw()
  const counts = {}
  for (let row = 0; row < 256; row++) {
    ring.set(filled.get(options.mean).subarray(row * span, (row + 1) * span), 0)
    ring.copyWithin(span, 0, mirror)
    const way = ring.subarray(span - options.block, span).every((value) => value === 0) ? 'nothing' : foldOne()
    counts[way] = (counts[way] ?? 0) + 1
  }
  return counts
}

/** 256 different rows, again and again; the last row of the ring says that every tick is there. */
function fill(ring, elements, rowLength, mean) {
  const rows = 256
  if (!filled.has(mean)) filled.set(mean, photons(new Uint8Array(rows * span), mean, 1))
  const values = filled.get(mean)
  for (let element = 0; element < elements; element++) {
    const at = element * rowLength
    const from = (element % rows) * span
    ring.set(values.subarray(from, from + span), at)
    ring.copyWithin(at + span, at, at + mirror)
  }
  ring.fill(1, elements * rowLength, elements * rowLength + span + mirror)
}

/** Ends the bench when a kernel differs from the reference by a bit. */
export function verifyFold(name, options) {
  const [wanted, got] = ['reference', name].map((kernel) => {
    const { fold, G2 } = openFold(kernel, { ...options, elements: 3 })
    fold()
    return G2
  })
  verify(
    `fold by ${name}`,
    got.every((sum, i) => sum === wanted[i]),
  )
}

/** Multiply-adds of G2 per second. */
export function foldRate(name, options) {
  verifyFold(name, options)
  const { fold } = openFold(name, options)
  return measure(fold, (options.delays * options.block * options.elements) / 1e9, 'GMAC/s')
}
