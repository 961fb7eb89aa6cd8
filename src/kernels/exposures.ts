// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Photons per element and exposure. An exposure of 2^l ticks is the sum of 2^l ticks in a row that begin at a multiple of 2^l in a
 * stretch; of each the kernels keep, as integers, a histogram per color and, per cell of elements, how many there were, the sum of k and
 * that of k (k - 1). `exposuresReference.ts` is the documentation; `ExposureKernel` is the fast version and gives the same numbers.
 *
 *     tick       0   1   2   3   4   5   6   7
 *     1 tick    [ ] [ ] [ ] [ ] [ ] [ ] [ ] [ ]
 *     2 ticks   [     ] [     ] [     ] [     ]
 *     4 ticks   [             ] [             ]
 *
 * An element goes tile by tile through all ticks of a call, so that its sums stay in the cache:
 *
 *     memory | 64 KiB unused | values | row | sums [exposure][tile] | cells | places | pending [exposure][element] | totals | counters | histograms |
 */
import type { TypedArray } from '../units.js'
import type { Holes, ValueBlock } from './contract.js'
import { bytesAt, copyValues } from './copyBytes.js'
import { kernelModule } from './kernelModule.js'
import { openMemory, pageBytes } from './memory.js'
import { dtypeCode } from './pairKernels.js'
import { lowerBound, PhotonTile } from './photonTile.js'

export interface ExposureOptions {
  readonly elements: number
  /** Exposures: 1, 2, 4, ..., 2^(levels - 1) ticks. */
  readonly levels: number
  /** Ticks of a stretch, at least 2^(levels - 1). */
  readonly stretch: number
  /** The histogram has the bins 0..kMax, and one for all above. */
  readonly kMax: number
  /** Values from here on are holes. */
  readonly limit: number
  /** Row of the histogram and cell per element; -1 = none. */
  readonly color: Int32Array
  readonly colors: number
  readonly cell: Int32Array
  readonly cells: number
}

/** One tick: a row of a block, and the longest exposure 2^complete that ends with it. */
export interface ExposureTick {
  readonly block: ValueBlock
  readonly position: number
  readonly complete: number
}

/** Per cell: exposures, sum of k, and sum of k (k - 1) as high * 2^26 + low. */
export const exposureWidth = 4
export const lowUnit = 2 ** 26

export interface ExposureSums {
  /** Ticks of one stretch, in order. False when a value is no photon count: then nothing counts any more. */
  add(ticks: readonly ExposureTick[]): boolean
  /** Elements that take part no longer. */
  remove(gone: ArrayLike<number>): void
  /** [cell][exposureWidth] of exposure number `level`. */
  totals(level: number): Float64Array
  /** [color][kMax + 2] of exposure number `level`, without bin 0: what is not elsewhere is there. */
  histogram(level: number): Float64Array
}

/** Values are below this: an element has fewer than 2^24 photons in a stretch, and squares of 16 elements add up without rounding. */
export const photonsMost = (stretch: number): number => 2 ** 24 / stretch

const tileElements = 1024
const bytesPerValue = 8
/** Sums, lost exposures, squares as int32 and as float64. */
const bytesPerSum = 20
/** Counters of a bin: four uint32. */
const bytesPerBin = 16
const holeMark = -0x40000000
const noLimit = 2 ** 31 - 1
/** Photons of an element in a stretch whose squares add up in 31 bits. */
const narrowMost = 2 ** 15 - 1
/** Counts after which the counters are emptied. */
const countsMost = 2 ** 32 - 1

type Call = (...args: number[]) => number

interface Places {
  readonly values: number
  readonly row: number
  readonly sums: number
  readonly cells: number
  readonly places: number
  readonly pending: number
  readonly totals: number
  readonly counters: number
  readonly histograms: number
  readonly end: number
}

/** Bytes of a kernel's memory. */
export function exposureBytes(options: Omit<ExposureOptions, 'color' | 'cell'>): number {
  return placesOf(options).end
}

function placesOf({ elements, levels, kMax, colors, cells }: Omit<ExposureOptions, 'color' | 'cell'>): Places {
  const padded = tileElements * Math.ceil(elements / tileElements)
  const bins = (colors + 1) * (kMax + 2) * levels
  const values = pageBytes
  const row = values + bytesPerValue * tileElements
  const sums = row + 4 * tileElements
  const own = sums + bytesPerSum * levels * tileElements
  const places = own + 4 * padded
  const pending = places + 4 * padded
  const totals = pending + 4 * padded * (levels - 1)
  const counters = totals + 8 * exposureWidth * cells * levels
  const histograms = counters + bytesPerBin * bins
  return { values, row, sums, cells: own, places, pending, totals, counters, histograms, end: histograms + 8 * bins }
}

export class ExposureKernel implements ExposureSums {
  readonly #options: ExposureOptions
  readonly #at: Places
  readonly #memory: WebAssembly.Memory
  readonly #values: Buffer
  readonly #row: Int32Array
  readonly #photons = new PhotonTile(tileElements)
  readonly #limit: number
  /** No value of a tile so far exceeds this. */
  readonly #seen: Int32Array
  /** No counter has counted more often. */
  #counted = 0
  readonly #run: { readonly stage: Call; readonly fold: Call; readonly flush: Call; readonly drain: Call }

  constructor(options: ExposureOptions) {
    const at = placesOf(options)
    this.#options = options
    this.#at = at
    this.#limit = Math.min(noLimit, Math.ceil(options.limit))
    const advice = 'set fewer exposures in userParams.visibility'
    const memory = openMemory({ bytes: at.end, what: 'exposures of one worker', advice })
    this.#memory = memory
    this.#values = bytesAt(memory.buffer, at.values, bytesPerValue * tileElements)
    this.#row = new Int32Array(memory.buffer, at.row, tileElements)
    const { color, cell, elements, colors } = options
    const tiles = Math.ceil(elements / tileElements)
    this.#seen = new Int32Array(tiles)
    new Int32Array(memory.buffer, at.cells, elements).set(cell)
    const places = new Uint32Array(memory.buffer, at.places, tileElements * tiles).fill(this.#placeOf(colors))
    color.forEach((row, i) => {
      if (row >= 0) places[i] = this.#placeOf(row)
    })
    this.#run = new WebAssembly.Instance(kernelModule('exposures.wasm'), { env: { memory } }).exports as never
  }

  add(ticks: readonly ExposureTick[]): boolean {
    const { elements, levels } = this.#options
    const counts = new Int32Array(levels)
    for (const { complete } of ticks) for (let level = 0; level <= complete; level++) counts[level]++
    this.#counted += ticks.length * elements
    if (this.#counted > countsMost) this.#drain()
    let good = true
    for (let first = 0; first < elements; first += tileElements) {
      const count = Math.min(tileElements, elements - first)
      this.#photons.begin(ticks, first, count)
      for (let t = 0; t < ticks.length; t++) {
        good = this.#stage(ticks[t], t, first, count) && good
        this.#fold(ticks[t].complete, first, count)
      }
      this.#flush(counts, first, count)
    }
    return good
  }

  remove(gone: ArrayLike<number>): void {
    const { elements, colors } = this.#options
    const cells = new Int32Array(this.#memory.buffer, this.#at.cells, elements)
    const places = new Uint32Array(this.#memory.buffer, this.#at.places, elements)
    for (let i = 0; i < elements; i++) {
      if (gone[i] === 0) continue
      cells[i] = -1
      places[i] = this.#placeOf(colors)
    }
  }

  totals(level: number): Float64Array {
    const size = exposureWidth * this.#options.cells
    return new Float64Array(this.#memory.buffer, this.#at.totals + 8 * size * level, size).slice()
  }

  histogram(level: number): Float64Array {
    this.#drain()
    const { colors, kMax } = this.#options
    const at = this.#at.histograms + 8 * level * (colors + 1) * (kMax + 2)
    return new Float64Array(this.#memory.buffer, at, colors * (kMax + 2)).map((value, bin) =>
      bin % (kMax + 2) === 0 ? 0 : value,
    )
  }

  #drain(): void {
    const { levels, kMax, colors } = this.#options
    this.#run.drain(this.#at.counters, levels * (colors + 1) * (kMax + 2), this.#at.histograms)
    this.#counted = 0
  }

  /** Bytes from the beginning of a level's counters to a row of them. */
  #placeOf(row: number): number {
    return bytesPerBin * row * (this.#options.kMax + 2)
  }

  /** The values of a tile at one tick, into its row. */
  #stage({ block, position }: ExposureTick, t: number, first: number, count: number): boolean {
    const { row, values } = this.#at
    const end = row + 4 * padded(count)
    const source = block.kind === 'dense' ? block.data : this.#photons.values
    const from = block.kind === 'dense' ? position * block.elements + first : this.#photons.rowOf(t)
    if (count < tileElements) this.#values.fill(0)
    copyValues(this.#values, 0, source, from, count)
    const type = dtypeCode(block.kind === 'dense' ? block.dtype : 'uint16')
    const most = photonsMost(this.#options.stretch)
    const seen = this.#run.stage(type, values, row, end, this.#limit, most)
    this.#seen[first / tileElements] |= Math.max(0, seen)
    if (block.holes !== undefined) markHoles(this.#row, block.holes, position, first, count)
    return seen >= 0 && seen < most
  }

  #fold(complete: number, first: number, count: number): void {
    const { elements, levels, kMax, colors, stretch } = this.#options
    const { row, pending, sums, counters, places } = this.#at
    const narrow = this.#seen[first / tileElements] * stretch <= narrowMost ? 1 : 0
    const own = pending + 4 * first
    const stride = 4 * tileElements * Math.ceil(elements / tileElements)
    const [bytes, to, rest] = [4 * padded(count), places + 4 * first, this.#placeOf(colors + 1)]
    const { fold } = this.#run
    fold(narrow, row, bytes, complete, levels, own, stride, sums, tileElements, counters, rest, to, kMax + 1)
  }

  #flush(counts: Int32Array, first: number, count: number): void {
    const { cells } = this.#options
    const { sums, totals, cells: own } = this.#at
    for (let level = 0; level < counts.length && counts[level] > 0; level++) {
      const from = sums + bytesPerSum * tileElements * level
      const to = totals + 8 * exposureWidth * cells * level
      this.#run.flush(count, counts[level], from, tileElements, own + 4 * first, to)
    }
  }
}

const padded = (count: number): number => 4 * Math.ceil(count / 4)

function markHoles(row: Int32Array, { start, element }: Holes, position: number, first: number, count: number): void {
  const own: TypedArray = element.subarray(start[position], start[position + 1])
  for (let i = lowerBound(own, first); i < own.length && own[i] < first + count; i++) row[own[i] - first] = holeMark
}
