// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** From sums of a block to its part of the two-time map, and on to the lines of constant lag. */
import { loadMaps } from '../../kernels/loadTwoTime.js'
import type { MapKernels } from '../../kernels/mapKernels.js'
import { blockSize, stretchFrames } from '../../kernels/twoTimeKernels.js'
import { Ages } from './ages.js'
import type { MapBlock } from './maps.js'

/** Memory in which the blocks of all maps of one update are normalised, one after the other. */
export class MapBench {
  readonly ages: Ages
  readonly #kernels: MapKernels
  readonly #map: Float64Array
  readonly #sums: Float64Array
  readonly #means: Float64Array
  /** What a row is the ratio of. */
  readonly #products: Float64Array
  readonly #norms: Float64Array

  constructor(frames: number, windows: number) {
    const length = 2 * blockSize + frames + 2 * stretchFrames + Ages.room(frames)
    this.#kernels = loadMaps(length)
    this.#map = this.#kernels.array(blockSize)
    this.#sums = this.#kernels.array(blockSize)
    this.#means = this.#kernels.array(frames)
    this.#products = this.#kernels.array(stretchFrames)
    this.#norms = this.#kernels.array(stretchFrames)
    this.ages = new Ages(frames, windows, this.#kernels)
  }

  /** Begin with another color: `means` = mean intensity per frame, NaN where there is none. */
  begin(means: Float64Array): void {
    this.#means.set(means)
    this.ages.clear()
  }

  /** The part [rows x columns] of the map that a block gives, 0 below the diagonal; valid until the next. `elements` of the color. */
  normalize(block: MapBlock, elements: number): Float64Array {
    const { row, rows, column, columns, offset, stride, sums, pairs } = block
    const map = this.#map.subarray(0, rows * columns)
    const staged = sums === null ? null : this.#stage(sums, pairs, elements)
    for (let i = 0; i < rows; i++) {
      const t1 = row + i
      const first = Math.max(0, t1 - column)
      const to = i * columns
      map.fill(0, to, to + first)
      if (staged === null) map.fill(Number.NaN, to + first, to + columns)
      else this.#row(to, staged, offset + i * stride, t1, column, first, columns, elements)
    }
    return map
  }

  /** Sums, scaled up to all elements where some have holes. */
  #stage(sums: Float64Array, pairs: Float64Array | null, elements: number): Float64Array {
    this.#sums.set(sums)
    if (pairs === null) return this.#sums
    for (let k = 0; k < sums.length; k++) this.#sums[k] = (sums[k] / pairs[k]) * elements
    return this.#sums
  }

  #row(
    to: number,
    sums: Float64Array,
    at: number,
    t1: number,
    column: number,
    first: number,
    columns: number,
    elements: number,
  ): void {
    const [map, means, products, norms] = [this.#map, this.#means, this.#products, this.#norms]
    const mean = means[t1] * elements
    const count = columns - first
    this.#kernels.divide(map, to + first, sums, at + first, means, column + first, mean, products, norms, first, count)
    const past = column + first === t1 ? first + 1 : first
    this.ages.addRow(t1, column + past, columns - past, products, norms, past)
  }
}
