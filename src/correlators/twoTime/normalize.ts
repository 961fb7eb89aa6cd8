// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** From sums of a block to its part of the two-time map, and on to the lines of constant lag. */
import { loadMaps } from '../../kernels/loadTwoTime.js'
import type { MapKernels } from '../../kernels/mapKernels.js'
import { blockSize } from '../../kernels/twoTimeKernels.js'
import { Ages } from './ages.js'
import type { MapBlock } from './maps.js'

/** Memory in which the blocks of all maps of one update are normalised, one after the other. */
export class MapBench {
  readonly ages: Ages
  readonly #kernels: MapKernels
  readonly #map: Float64Array
  readonly #sums: Float64Array
  readonly #means: Float64Array

  constructor(frames: number, windows: number) {
    const length = 2 * blockSize + frames + Ages.room(frames)
    this.#kernels = loadMaps(length)
    this.#map = this.#kernels.array(blockSize)
    this.#sums = this.#kernels.array(blockSize)
    this.#means = this.#kernels.array(frames)
    this.ages = new Ages(frames, windows, this.#kernels)
  }

  /** Begin with another color: `means` = mean intensity per frame, NaN where there is none. */
  begin(means: Float64Array): void {
    this.#means.set(means)
    this.ages.clear()
  }

  /** The part [rows x columns] of the map that a block gives, 0 below the diagonal; valid until the next. `elements` of the color. */
  normalize(block: MapBlock, elements: number): Float64Array {
    const { row, rows, column, columns, sums, pairs } = block
    const map = this.#map.subarray(0, rows * columns)
    if (sums !== null) {
      const arrays = { map, sums: this.#stage(sums, pairs, elements), means: this.#means }
      this.#kernels.block(arrays, block, elements, this.ages.sums)
      return map
    }
    for (let i = 0; i < rows; i++) {
      const first = Math.max(0, row + i - column)
      map.fill(0, i * columns, i * columns + first)
      map.fill(Number.NaN, i * columns + first, (i + 1) * columns)
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
}
