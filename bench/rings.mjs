// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Rings of photon counts for the pair kernels, each in a memory of its own.
import { BitRing, bitRingBytes } from '../dist/src/kernels/bitRing.js'
import { loadKernels } from '../dist/src/kernels/load.js'
import { dtypeCode, moveFlags, ringPad, scratchEnd } from '../dist/src/kernels/pairKernels.js'
import { random } from './measure.mjs'

export const delays = 100
export const mirror = 1024
export const span = 4096

export const rowLength = span + mirror + ringPad

/** A ring of counts with a Poisson mean, its moves and sums, in a memory of its own. */
export function open(name, { elements, mean, block, productsOnly, store = 'uint8' }) {
  const sumBytes = 8 * 16 * delays * Math.ceil(elements / 16)
  const sumsAt = scratchEnd + 65536
  const at = sumsAt + 3 * sumBytes
  const place = { store: dtypeCode(store), at, rowLength, elements, span, mirror }
  const chunks = Math.ceil((elements * span * mean * mean) / 2)
  const ringBytes = store === 'bit' ? bitRingBytes(elements, rowLength, chunks) : (elements + 1) * rowLength
  const memory = new WebAssembly.Memory({ initial: Math.ceil((at + ringBytes) / 65536), maximum: 65536 })
  const count = photons(mean)
  const largest = store === 'bit' ? fillBits(memory, place, count, chunks) : fillBytes(memory, place, count)
  const moves = new Int32Array(memory.buffer, scratchEnd, 3 * delays)
  const from = span - block
  for (let d = 0; d < delays; d++) {
    const delay = Math.round((span - block - 16) ** (d / (delays - 1)))
    moves.set([d, from - delay, moveFlags.full | (productsOnly ? moveFlags.productsOnly : 0)], 3 * d)
  }
  const sums = { delays, G2: sumsAt, fixed: sumsAt + sumBytes, moving: sumsAt + 2 * sumBytes, lost: 0 }
  const kernels = loadKernels(name).open(memory)
  const fold = () => kernels.fold(place, from, block, scratchEnd, delays, 1, largest, sums)
  const ring = new Uint8Array(memory.buffer, at, ringBytes)
  return { fold, ring, moves, from, G2: new Float64Array(memory.buffer, sumsAt, (3 * sumBytes) / 8) }
}

/** Photon counts with a Poisson mean, one after the other. */
function photons(mean) {
  const next = random(1)
  const none = Math.exp(-mean)
  return () => {
    let count = -1
    for (let p = 1; p > none; count++) p *= next()
    return count
  }
}

function fillBytes(memory, { at, elements }, count) {
  const ring = new Uint8Array(memory.buffer, at, (elements + 1) * rowLength)
  let largest = 0
  for (let element = 0; element < elements; element++) {
    const row = element * rowLength
    for (let t = 0; t < span; t++) {
      ring[row + t] = count()
      if (ring[row + t] > largest) largest = ring[row + t]
    }
    ring.copyWithin(row + span, row, row + mirror)
  }
  ring.fill(1, elements * rowLength, elements * rowLength + span + mirror)
  return largest
}

function fillBits(memory, place, count, chunks) {
  const bits = new BitRing(memory.buffer, place)
  bits.chunks = chunks
  for (let element = 0; element < place.elements; element++) {
    for (let t = 0; t < span; t++) bits.put(element, t, count())
  }
  bits.presence.fill(1, 0, span + mirror)
  return 255
}
