// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the kernels are compared with: the simplest JavaScript of the same work, and copying memory.

/** G2 alone, the obvious three loops over a pixel-major ring. */
export function plainFold(ring, rowLength, elements, from, block, moves, delays, sums) {
  for (let element = 0; element < elements; element++) {
    const x = element * rowLength + from
    for (let d = 0; d < delays; d++) {
      const y = element * rowLength + moves[3 * d + 1]
      let sum = 0
      for (let t = 0; t < block; t++) sum += ring[x + t] * ring[y + t]
      sums[element * delays + d] += sum
    }
  }
}

/** Time-major to pixel-major in blocks of 32 x 32, so that lines are used while they are in the cache. */
export function blockedTranspose(data, elements, events, out, rowLength, position) {
  for (let first = 0; first < elements; first += 32) {
    for (let begin = 0; begin < events; begin += 32) {
      for (let element = first; element < first + 32; element++) {
        const to = element * rowLength + position
        for (let event = begin; event < begin + 32; event++) out[to + event] = data[event * elements + element]
      }
    }
  }
}

const bytes = 64 * 1024 * 1024
const from = new Uint8Array(bytes).fill(1)
const to = new Uint8Array(bytes)

/** A copy counts what it reads and what it writes. */
export const copyRate = { run: () => to.set(from), gigabytes: (2 * bytes) / 1e9 }

/** The masked elements of every frame to each worker, pixel by pixel. */
export function maskedLoop(data, events, frameSize, { elements, shares }, out) {
  shares.forEach(({ first, count }, worker) => {
    const target = out[worker]
    for (let e = 0; e < events; e++) {
      for (let i = 0; i < count; i++) target[e * count + i] = data[e * frameSize + elements[first + i]]
    }
  })
}

/** Sums of `average` frames in a row. */
export function sumLoop(data, events, frameSize, average, out) {
  out.fill(0)
  for (let e = 0; e < events; e++) {
    const to = Math.floor(e / average) * frameSize
    for (let p = 0; p < frameSize; p++) out[to + p] += data[e * frameSize + p]
  }
}
