// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sums of G2, IP, IF and pairs over *cells* (elements of one color, one normalisation group and one block) without looking at IP and IF of
 * any element. These are sums over events of one value, so over the elements of a cell they are those of the cell's light:
 *
 *     sum_i IP_i[d] = sum_i sum_t I_i(t) = sum_t L(t),   L(t) = sum_i I_i(t),   over the same pairs of events
 *
 * which is exact for whole numbers that all elements have in all events.
 */
import type { StoredEvents, ValueBlock } from '../kernels/contract.js'
import { RowSums } from '../kernels/rowSums.js'
import type { ElementSums } from './elementSums.js'
import { exactLevel, lightNodes, type LightShare, type TreeNode } from './light.js'
import type { LightSums } from './lightSums.js'
import { labelTable } from './normalizations.js'
import { labelSumsWidth } from './reductions.js'

export interface CellLightOptions {
  /** Cell of every element, 0 = none. */
  readonly label: Int32Array
  /** The light per color of the same elements: every element of a color has a cell. */
  readonly light: LightShare
  /** Sums over the pairs of the elements, for a number of columns. */
  openLight(columns: number): LightSums
}

export class CellLight {
  /** Cell of every column, ascending. */
  readonly labels: Int32Array
  readonly #share: LightShare
  readonly #sums: LightSums
  readonly #light: LightShare
  /** Column of `light` of every cell, and elements. */
  readonly #colorOf: Int32Array
  readonly #elements: Float64Array
  #usable = true

  constructor({ label, light, openLight }: CellLightOptions) {
    const { labels, rowOf } = labelTable(label)
    const columnOf = label.map((own) => rowOf.get(own) ?? -1)
    this.labels = labels
    this.#light = light
    this.#share = { ...light, columnOf, columns: labels.length, rows: new RowSums(columnOf, labels.length) }
    this.#sums = openLight(labels.length)
    this.#colorOf = new Int32Array(labels.length)
    this.#elements = new Float64Array(labels.length)
    for (let i = 0; i < columnOf.length; i++) {
      if (columnOf[i] < 0) continue
      this.#colorOf[columnOf[i]] = light.columnOf[i]
      this.#elements[columnOf[i]]++
    }
  }

  /** False once an element was left out or a value was not whole. */
  get usable(): boolean {
    return this.#usable
  }

  /** An element leaves its cell: what it has given cannot be taken back. */
  spoil(): void {
    this.#usable = false
  }

  /** Take the events of an order list; returns their light per color, null where this serves no more. */
  add(events: StoredEvents, blocks: readonly ValueBlock[]): TreeNode[] | null {
    if (blocks.some(({ dtype, holes }) => dtype.startsWith('float') || holes !== undefined)) this.#usable = false
    if (!this.#usable) return null
    const [{ values }] = lightNodes(this.#share, events, blocks)
    this.#sums.insert(events, values)
    return [{ level: exactLevel, index: this.#light.firstTile, values: this.#perColor(values, events.count) }]
  }

  /** Float64 [delays][columns][labelSumsWidth], after `calc` of `sums`, the elements' own. */
  labelSums(sums: ElementSums): Float64Array {
    const columns = this.labels.length
    const { counts } = sums
    const out = new Float64Array(counts.length * columns * labelSumsWidth)
    const products = sums.cellProducts?.(this.#share.columnOf, columns) ?? new Float64Array(0)
    this.#sums.calc()
    const { IP, IF } = this.#sums
    for (let d = 0, at = 0; d < counts.length; d++) {
      for (let c = 0; c < columns; c++, at += labelSumsWidth) {
        out[at] = products[c * counts.length + d]
        out[at + 1] = IP[d * columns + c]
        out[at + 2] = IF[d * columns + c]
        out[at + 3] = counts[d] * this.#elements[c]
      }
    }
    return out
  }

  #perColor(values: Float64Array, events: number): Float64Array {
    const cells = this.labels.length
    const { columns } = this.#light
    const out = new Float64Array(events * columns)
    for (let e = 0, at = 0; e < events; e++) {
      for (let c = 0; c < cells; c++, at++) out[e * columns + this.#colorOf[c]] += values[at]
    }
    return out
  }
}
