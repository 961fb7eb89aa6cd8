// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Photons sorted in WebAssembly against the plain sort: sizes x repeats x runs x extremes, in one memory that is used again. */
import { describe, expect, it } from 'vitest'
import { type FrameRun, PhotonSorter, sortPhotons } from '../../src/kernels/photonSort.js'
import { random } from '../correlators/pairSumsOracle.js'

interface Word {
  readonly frame: number
  readonly pixel: number
  readonly count: number
  /** Bits that no one looks at. */
  readonly rest?: number
}

function wordsOf(list: readonly Word[]): Uint32Array {
  return Uint32Array.from(
    list.flatMap(({ frame, pixel, count, rest = 0 }) => [
      ((pixel << 16) | (rest << 12) | count) >>> 0,
      ((frame << 8) | ((rest & 7) << 5) | (pixel >>> 16)) >>> 0,
    ]),
  )
}

/** `words` words of each of the `runs`, frames ascending, pixels in any order. */
function randomRuns(seed: number, words: number, runs: number, frames: number, pixels: number) {
  const next = random(seed)
  const below = (n: number): number => Math.floor(next() * n)
  const list: Word[] = []
  const found: FrameRun[] = []
  for (let r = 0; r < runs; r++) {
    const from = r * (frames + 3) + 2 ** 23
    const own = Array.from({ length: words }, () => from + below(frames)).sort((a, b) => a - b)
    found.push({ first: list.length, count: words, from, to: from + frames, position: r * frames })
    for (const frame of own)
      list.push({ frame, pixel: below(pixels), count: [0, 1, 1, 2, 4095][below(5)], rest: below(16) })
  }
  return { words: wordsOf(list), runs: found }
}

function sorted(sorter: PhotonSorter, words: Uint32Array, runs: readonly FrameRun[]) {
  sorter.begin(words.length / 2).set(words)
  for (const run of runs) expect(sorter.take(run)).toBe(-1)
  return sorter.sort()
}

describe.each([1, 2, 61, 4096, 2 ** 21])('%i pixels', (pixels) => {
  it.each([
    [0, 1, 1],
    [1, 1, 1],
    [50, 1, 1],
    [500, 1, 64],
    [3000, 3, 7],
    [200, 2, 1024],
  ])('%i words in %i runs of %i frames come out as by the plain sort', (count, runs, frames) => {
    const sorter = new PhotonSorter(pixels)
    for (let seed = 1; seed < 4; seed++) {
      const block = randomRuns(seed, count * seed, runs, frames, pixels)
      expect(sorted(sorter, block.words, block.runs)).toEqual(sortPhotons(block.words, block.runs))
    }
  })
})

it('repeats of a pixel in a frame add up, at most to 65535', () => {
  const list = Array.from({ length: 20 }, () => ({ frame: 5, pixel: 3, count: 4095 }))
  const run = { first: 0, count: 20, from: 5, to: 6, position: 2 }
  expect(sorted(new PhotonSorter(4), wordsOf(list), [run])).toEqual({
    event: Uint16Array.of(2),
    pixel: Uint32Array.of(3),
    value: Uint16Array.of(65535),
  })
})

it.each([
  ['of an earlier frame', { frame: 6, pixel: 0, count: 1 }],
  ['before the run', { frame: 4, pixel: 0, count: 1 }],
  ['behind the run', { frame: 9, pixel: 0, count: 1 }],
  ['beyond the pixels', { frame: 7, pixel: 4, count: 1 }],
])('a word %s is found', (_, bad) => {
  const good = [5, 7, 7].map((frame) => ({ frame, pixel: 3, count: 1 }))
  const words = wordsOf([...good, bad, ...good])
  const sorter = new PhotonSorter(4)
  sorter.begin(7).set(words)
  expect(sorter.take({ first: 0, count: 7, from: 5, to: 9, position: 0 })).toBe(3)
})
