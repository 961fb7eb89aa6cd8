// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which element belongs to which worker. The masked elements, numbered 0..N-1 in detector order, are divided into fixed
 * tiles whose size depends on N only; shares are cut at tile borders. Label sums are formed per tile and added in tile
 * order, so that their bits do not depend on the number of workers.
 *
 *   detector   . # # . . # # # # . # #        # = mask 1
 *   element      0 1     2 3 4 5   6 7
 *   tiles       |  0   |   1   |  2   | 3 |   (tileSize 2, for the drawing)
 *   shares      |  worker 0    | worker 1 |
 */
import { divideAmongWorkers } from './divide.js'

/** A contiguous range of elements; `count` 0 is legal. */
export interface Share {
  /** First element. */
  readonly first: number
  readonly count: number
  /** Consecutive elements that are also consecutive on the detector. */
  readonly runs: Runs
}

/** Run `r` copies `length[r]` values from detector pixel `pixel[r]` to share-local element `element[r]`. */
export interface Runs {
  readonly pixel: Uint32Array
  readonly element: Uint32Array
  readonly length: Uint32Array
}

export interface Partition {
  /** Pixels of one detector frame. */
  readonly frameSize: number
  /** Detector index of every element, ascending. */
  readonly elements: Uint32Array
  /** Elements per tile, a multiple of 16. */
  readonly tileSize: number
  /** One share per worker. */
  readonly shares: readonly Share[]
}

/** Detector indices where `mask` is not 0, ascending. */
export function maskedElements(mask: ArrayLike<number>): Uint32Array {
  let count = 0
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) count++
  const elements = new Uint32Array(count)
  for (let i = 0, n = 0; i < mask.length; i++) if (mask[i] !== 0) elements[n++] = i
  return elements
}

/** Elements per tile for `elements` elements in all: at most 1024 tiles, a multiple of 16. */
export function tileSizeFor(elements: number): number {
  return 16 * Math.max(1, Math.ceil(elements / (16 * 1024)))
}

/** Cut the elements that `mask` lets through into `workers` shares. Throws RangeError for `workers` < 1. */
export function partition(mask: ArrayLike<number>, workers: number): Partition {
  const elements = maskedElements(mask)
  const tileSize = tileSizeFor(elements.length)
  const tiles = divideAmongWorkers(Math.ceil(elements.length / tileSize), workers)
  const shares = tiles.counts.map((count, worker): Share => {
    const first = Math.min(elements.length, (tiles.offsets[worker] as number) * tileSize)
    const end = Math.min(elements.length, first + count * tileSize)
    return { first, count: end - first, runs: runsOf(elements.subarray(first, end)) }
  })
  return { frameSize: mask.length, elements, tileSize, shares }
}

function runsOf(elements: Uint32Array): Runs {
  const starts: number[] = []
  for (let i = 0; i < elements.length; i++) {
    if (i === 0 || elements[i] !== (elements[i - 1] as number) + 1) starts.push(i)
  }
  const element = Uint32Array.from(starts)
  const pixel = element.map((start) => elements[start] as number)
  const length = element.map((start, r) => (starts[r + 1] ?? elements.length) - start)
  return { pixel, element, length }
}

/** Values of a detector-shaped array at the elements (labels, initial values); `Array` is the type of the result. */
export function pick<T extends { [index: number]: number; length: number }>(
  values: ArrayLike<number>,
  elements: Uint32Array,
  make: new (length: number) => T,
): T {
  const picked = new make(elements.length)
  for (let i = 0; i < elements.length; i++) picked[i] = values[elements[i] as number] as number
  return picked
}
