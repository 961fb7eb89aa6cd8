// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Rates of `fold` on rings of photon counts, compared with the reference before they are timed. */
import { BitRing, bitRingBytes } from '../dist/src/kernels/bitRing.js'
import { kernelModule } from '../dist/src/kernels/kernelModule.js'
import { hasRelaxed, loadKernels } from '../dist/src/kernels/load.js'
import { dtypeCode, moveFlags, ringPad, scratchEnd } from '../dist/src/kernels/pairKernels.js'
import { measure, photons, verify } from './measure.mjs'

const mirror = 1024
export const span = 4096
const filled = new Map()

/** A ring of counts with a Poisson mean, its moves and sums, in a memory of its own; `store`: 'uint8' or 'bit'. */
export function openFold(name, { elements, mean, block, delays, productsOnly = true, store = 'uint8' }) {
  const rowLength = span + mirror + ringPad
  const sumBytes = 8 * 16 * delays * Math.ceil(elements / 16)
  const sumsAt = scratchEnd + 65536
  const at = sumsAt + 3 * sumBytes
  const place = { store: dtypeCode(store), at, rowLength, elements, span, mirror }
  const chunks = Math.ceil((elements * span * mean * mean) / 2)
  const ringBytes = store === 'bit' ? bitRingBytes(elements, rowLength, chunks) : (elements + 1) * rowLength
  const memory = new WebAssembly.Memory({ initial: Math.ceil((at + ringBytes) / 65536), maximum: 65536 })
  const ring = new Uint8Array(memory.buffer, at, ringBytes)
  if (store === 'bit') fillBits(memory, place, mean, chunks)
  else fill(ring, elements, rowLength, mean)
  const moves = new Int32Array(memory.buffer, scratchEnd, 3 * delays)
  const from = span - block
  for (let d = 0; d < delays; d++) {
    const delay = Math.round((span - block - 16) ** (d / (delays - 1)))
    moves.set([d, from - delay, moveFlags.full | (productsOnly ? moveFlags.productsOnly : 0)], 3 * d)
  }
  const sums = { delays, narrow: true, G2: sumsAt, fixed: sumsAt + sumBytes, moving: sumsAt + 2 * sumBytes, lost: 0 }
  const kernels = loadKernels(name).open(memory)
  const largest = store === 'bit' ? 255 : counts(mean).reduce((most, count) => Math.max(most, count))
  const fold = () => kernels.fold(place, from, block, scratchEnd, delays, 1, largest, sums)
  const args = [place.store, at, rowLength, elements, span, from, block, scratchEnd, delays, 1, largest, delays]
  const raw = () => rawFold(memory, [...args, sums.G2, sums.fixed, sums.moving, 0])
  // Int32 sums fill the first half of each place.
  return { fold, raw, ring, rowLength, moves, from, G2: new Int32Array(memory.buffer, sumsAt, (3 * sumBytes) / 4) }
}

/** The exported function itself, which tells the way of the last element. */
function rawFold(memory, args) {
  const module = kernelModule(hasRelaxed() ? 'pairsRelaxed.wasm' : 'pairs.wasm')
  const { force, openSums, fold, lastWay } = new WebAssembly.Instance(module, { env: { memory } }).exports
  force(0)
  openSums(1)
  return () => {
    fold(...args)
    return ['none', 'dense', 'relaxed', 'lookup', 'bits', 'pairs'][lastWay()]
  }
}

/** How often the automatic choice takes which way, over 256 elements folded one by one. */
export function waysChosen(options) {
  const { raw, ring } = openFold('wasm', { ...options, elements: 1 })
  const foldOne = raw()
  const taken = {}
  for (let row = 0; row < 256; row++) {
    ring.set(counts(options.mean).subarray(row * span, (row + 1) * span), 0)
    ring.copyWithin(span, 0, mirror)
    const way = ring.subarray(span - options.block, span).every((value) => value === 0) ? 'nothing' : foldOne()
    taken[way] = (taken[way] ?? 0) + 1
  }
  return taken
}

/** 256 different rows of counts. */
const rows = 256
function counts(mean) {
  if (!filled.has(mean)) filled.set(mean, photons(new Uint8Array(rows * span), mean, 1))
  return filled.get(mean)
}

/** The same rows again and again; the last row of the ring says that every tick is there. */
function fill(ring, elements, rowLength, mean) {
  const values = counts(mean)
  for (let element = 0; element < elements; element++) {
    const at = element * rowLength
    const from = (element % rows) * span
    ring.set(values.subarray(from, from + span), at)
    ring.copyWithin(at + span, at, at + mirror)
  }
  ring.fill(1, elements * rowLength, elements * rowLength + span + mirror)
}

function fillBits(memory, place, mean, chunks) {
  const values = counts(mean)
  const bits = new BitRing(memory.buffer, place)
  bits.chunks = chunks
  for (let element = 0; element < place.elements; element++) {
    const from = (element % rows) * span
    for (let t = 0; t < span; t++) bits.put(element, t, values[from + t])
  }
  bits.presence.fill(1, 0, span + mirror)
}

/** Ends the bench when a kernel differs from the reference by a bit. */
export function verifyFold(name, options) {
  const [wanted, got] = ['reference', name].map((kernel) => {
    const store = kernel === 'reference' ? 'uint8' : options.store
    const { fold, G2 } = openFold(kernel, { ...options, elements: 3, store })
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
