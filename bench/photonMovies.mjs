// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Files of Poisson counts for the end-to-end benches: 250 seeded frames, in ever new order.
import { closeSync, openSync, writeSync } from 'node:fs'
import { random } from './measure.mjs'

const distinct = 250
const arrays = { uint8: Uint8Array, uint16: Uint16Array }
const descr = { uint8: '|u1', uint16: '<u2' }

/** `distinct` frames of `pixels` counts. */
function framesOf(dtype, pixels, mean) {
  const next = random(1)
  const table = poissonTable(mean)
  const data = new arrays[dtype](distinct * pixels)
  for (let i = 0; i < data.length; i++) data[i] = table[Math.floor(next() * table.length)]
  return Array.from({ length: distinct }, (_, k) => data.subarray(k * pixels, (k + 1) * pixels))
}

/** Counts in proportion to their probability, 2^20 in all. */
export function poissonTable(mean) {
  const table = new Uint16Array(1 << 20)
  let count = 0
  let probability = Math.exp(-mean)
  let below = probability
  for (let i = 0; i < table.length; i++) {
    while ((i + 0.5) / table.length > below && count < 1000) {
      probability *= mean / ++count
      below += probability
    }
    table[i] = count
  }
  return table
}

/** Which of the distinct frames frame `number` is: every round has its own order. */
function frameOf(number) {
  const round = Math.floor(number / distinct)
  return (number * 7 + round * 31) % distinct
}

export function writeNpy(path, { dtype, shape, frames, mean }) {
  const own = framesOf(dtype, shape[0] * shape[1], mean)
  const text = `{'descr': '${descr[dtype]}', 'fortran_order': False, 'shape': (${frames}, ${shape.join(', ')}), }`
  const head = Buffer.alloc(128, ' ')
  head.write('\x93NUMPY\x01\x00', 'latin1')
  head.writeUInt16LE(118, 8)
  head.write(text, 10, 'latin1')
  head.write('\n', 127)
  const file = openSync(path, 'w')
  writeSync(file, head)
  for (let frame = 0; frame < frames; frame++) writeSync(file, own[frameOf(frame)])
  closeSync(file)
}

/** uint64 words: frame << 40 | pixel << 16 | count. */
export function writeRigaku(path, { shape, frames, mean }) {
  const own = framesOf('uint8', shape[0] * shape[1], mean).map((values) => {
    const words = []
    values.forEach((count, pixel) => {
      if (count > 0) words.push(((pixel << 16) | count) >>> 0, pixel >>> 16)
    })
    return Uint32Array.from(words)
  })
  const file = openSync(path, 'w')
  for (let frame = 0; frame < frames; frame++) {
    const words = own[frameOf(frame)].slice()
    for (let i = 1; i < words.length; i += 2) words[i] |= frame << 8
    writeSync(file, words)
  }
  closeSync(file)
}
