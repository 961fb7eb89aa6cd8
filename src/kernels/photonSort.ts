// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Photons as a counting detector writes them, by frame, to photons by pixel. `sortPhotons` is the documentation; `PhotonSorter` is the
 * fast version and gives the same lists. A word is two uint32, low and high half of frame << 40 | pixel << 16 | count, where frames
 * have 24 bits, pixels 21 and counts 12; bits between are not looked at.
 */
import { kernelModule } from './kernelModule.js'
import { growTo, openMemory, pageBytes } from './memory.js'

/** Photons sorted by pixel, then by event; valid until the next block. */
export interface SortedPhotons {
  readonly event: Uint16Array
  readonly pixel: Uint32Array
  /** > 0. */
  readonly value: Uint16Array
}

/** Words [first, first + count) hold the frames [from, to), ascending, which are the events from `position` on. */
export interface FrameRun {
  readonly first: number
  readonly count: number
  readonly from: number
  readonly to: number
  readonly position: number
}

export const frameOfWord = (words: Uint32Array, i: number): number => words[2 * i + 1] >>> 8
export const pixelOfWord = (words: Uint32Array, i: number): number =>
  (words[2 * i] >>> 16) | ((words[2 * i + 1] & 0x1f) << 16)
const countOfWord = (words: Uint32Array, i: number): number => words[2 * i] & 0xfff

/** The words of `runs` by pixel; counts of the same pixel and frame are added up, at most to 65535, and empty words left out. */
export function sortPhotons(words: Uint32Array, runs: readonly FrameRun[]): SortedPhotons {
  const sums = new Map<number, Map<number, number>>()
  for (const { first, count, from, position } of runs) {
    for (let i = first; i < first + count; i++) {
      const [pixel, event, value] = [
        pixelOfWord(words, i),
        frameOfWord(words, i) - from + position,
        countOfWord(words, i),
      ]
      const ofPixel = sums.get(pixel) ?? new Map<number, number>()
      sums.set(pixel, ofPixel)
      if (value > 0) ofPixel.set(event, Math.min(65535, (ofPixel.get(event) ?? 0) + value))
    }
  }
  const pixels = [...sums.keys()].sort((a, b) => a - b)
  const photons = pixels.flatMap((pixel) => [...(sums.get(pixel) ?? [])].map((photon) => [pixel, ...photon]))
  return {
    pixel: Uint32Array.from(photons, ([pixel]) => pixel),
    event: Uint16Array.from(photons, ([, event]) => event),
    value: Uint16Array.from(photons, ([, , value]) => value),
  }
}

type Call = (...args: number[]) => number
const need = { what: 'photons of one block', advice: 'set a smaller systemParams.blockSize' }

/**
 * One detector's blocks in one memory, which grows to the largest block:
 *
 *     | uint32 [pixels + 1] places | words | sorted photons; then the words' room takes the lists |
 */
export class PhotonSorter {
  readonly #pixels: number
  readonly #memory: WebAssembly.Memory
  readonly #run: { readonly take: Call; readonly sort: Call; readonly unpack: Call }
  readonly #places = pageBytes
  readonly #words: number
  #count = 0

  constructor(pixels: number) {
    this.#pixels = pixels
    this.#words = this.#places + 8 * Math.ceil((pixels + 1) / 2)
    this.#memory = openMemory({ ...need, bytes: this.#words })
    this.#run = new WebAssembly.Instance(kernelModule('photonSort.wasm'), { env: { memory: this.#memory } })
      .exports as never
  }

  /** Begin a block: room for the halves of `count` words, to be filled before the calls below. */
  begin(count: number): Uint32Array {
    this.#count = count
    growTo(this.#memory, { ...need, bytes: this.#words + 16 * count })
    new Uint32Array(this.#memory.buffer, this.#places, this.#pixels + 1).fill(0)
    return new Uint32Array(this.#memory.buffer, this.#words, 2 * count)
  }

  /** Number the events of a run; returns the first word that is of another frame, out of order or beyond the pixels, or -1. */
  take({ first, count, from, to, position }: FrameRun): number {
    const taken = this.#run.take(this.#words + 8 * first, count, from, to, position, this.#places, this.#pixels)
    return taken === count ? -1 : first + taken
  }

  /** The photons of the block, all of whose words were taken. */
  sort(): SortedPhotons {
    const count = this.#count
    const sorted = this.#words + 8 * count
    this.#run.sort(this.#words, count, this.#places, this.#pixels, sorted)
    const [pixel, event, value] = [this.#words, this.#words + 4 * count, this.#words + 6 * count]
    const kept = this.#run.unpack(sorted, count, pixel, event, value)
    const { buffer } = this.#memory
    return {
      event: new Uint16Array(buffer, event, kept),
      pixel: new Uint32Array(buffer, pixel, kept),
      value: new Uint16Array(buffer, value, kept),
    }
  }
}
