// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { closeSync, openSync, writeSync } from 'node:fs'

const chunkBytes = 16 * 2 ** 20

/** 65,536 equally likely numbers of photons with a Poisson mean. */
function quantiles(mean) {
  const table = new Uint8Array(65536)
  let at = 0
  let below = 0
  let probability = Math.exp(-mean)
  for (let photons = 0; at < table.length; photons++) {
    below += probability
    probability *= mean / (photons + 1)
    const end =
      photons === 255 ? table.length : Math.min(table.length, Math.max(at + 1, Math.round(below * table.length)))
    table.fill(photons, at, end)
    at = end
  }
  return table
}

function header(shape) {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  const padded = `${text.padEnd(128 - 10 - 1)}\n`
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length, 0]), Buffer.from(padded)])
}

/** Write a .npy file of uint8 counts, independent and Poisson, the same for the same seed. */
export function writePhotonFile(path, shape, mean, seed) {
  const table = quantiles(mean)
  const file = openSync(path, 'w')
  const chunk = Buffer.alloc(chunkBytes)
  let state = Math.imul(seed, 2654435761) | 1
  let left = shape.reduce((product, length) => product * length, 1)
  writeSync(file, header(shape))
  for (; left > 0; left -= chunkBytes) {
    const length = Math.min(left, chunkBytes)
    for (let i = 0; i < length; i += 2) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      chunk[i] = table[state & 65535]
      chunk[i + 1] = table[state >>> 16]
    }
    writeSync(file, chunk, 0, length)
  }
  closeSync(file)
}
