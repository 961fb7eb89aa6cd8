// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Photons per element and exposure in plain words: what `ExposureKernel` must give, bit for bit. */
import type { ValueBlock } from './contract.js'
import {
  type ExposureOptions,
  type ExposureSums,
  type ExposureTick,
  exposureWidth,
  lowUnit,
  photonsMost,
} from './exposures.js'

export class ReferenceExposures implements ExposureSums {
  readonly #options: ExposureOptions
  readonly #color: Int32Array
  readonly #cell: Int32Array
  /** The first half of the exposure twice as long, [exposure][element]; NaN = a hole. */
  readonly #pending: Float64Array[]
  readonly #totals: Float64Array[]
  readonly #histograms: Float64Array[]

  constructor(options: ExposureOptions) {
    const perLevel = (length: number): Float64Array[] =>
      Array.from({ length: options.levels }, () => new Float64Array(length))
    this.#options = options
    this.#color = options.color.slice()
    this.#cell = options.cell.slice()
    this.#pending = perLevel(options.elements)
    this.#totals = perLevel(options.cells * exposureWidth)
    this.#histograms = perLevel(options.colors * (options.kMax + 2))
  }

  add(ticks: readonly ExposureTick[]): boolean {
    const { limit, stretch } = this.#options
    let good = true
    for (const { block, position, complete } of ticks) {
      const row = rowOf(block, position).map((value) => (value >= limit ? Number.NaN : value))
      const bad = (value: number): boolean => value < 0 || value >= photonsMost(stretch) || value % 1 !== 0
      if (row.some((value) => !Number.isNaN(value) && bad(value))) good = false
      else for (let i = 0; i < row.length; i++) this.#take(i, row[i], complete)
    }
    return good
  }

  /** The counts of one element at one tick. */
  #take(i: number, counts: number, complete: number): void {
    let sum = counts
    for (let level = 0; level <= complete; level++) {
      if (level > 0) sum += this.#pending[level - 1][i]
      if (!Number.isNaN(sum)) this.#tally(i, sum, level)
    }
    this.#pending[complete][i] = sum
  }

  #tally(i: number, k: number, level: number): void {
    const { kMax } = this.#options
    if (this.#cell[i] >= 0) {
      const total = this.#totals[level].subarray(exposureWidth * this.#cell[i])
      total[0]++
      total[1] += k
      total[2] += Math.floor((k * (k - 1)) / lowUnit)
      total[3] += (k * (k - 1)) % lowUnit
    }
    if (this.#color[i] >= 0 && k > 0) this.#histograms[level][this.#color[i] * (kMax + 2) + Math.min(k, kMax + 1)]++
  }

  remove(gone: ArrayLike<number>): void {
    for (let i = 0; i < gone.length; i++) if (gone[i] !== 0) this.#color[i] = this.#cell[i] = -1
  }

  totals(level: number): Float64Array {
    return this.#totals[level]
  }

  histogram(level: number): Float64Array {
    return this.#histograms[level]
  }
}

/** One event as numbers; NaN = a hole. */
function rowOf(block: ValueBlock, position: number): Float64Array {
  const { elements, holes } = block
  const row = new Float64Array(elements)
  if (block.kind === 'dense') row.set(block.data.subarray(position * elements, (position + 1) * elements))
  else
    block.event.forEach((event, k) => {
      if (event === position) row[block.element[k]] = block.value[k]
    })
  const none = holes?.element.subarray(holes.start[position], holes.start[position + 1]) ?? []
  for (const element of none) row[element] = Number.NaN
  return row
}
