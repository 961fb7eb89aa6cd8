// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A worker's elements sorted by color, and the tree over tiles along which the sums of a color are added. */
import { type SumTree, treeElements } from '../../kernels/twoTimeKernels.js'
import type { ElementLayout } from './part.js'

/** Positions first <= k < end of the order. */
export interface Positions {
  readonly first: number
  readonly end: number
}

export class ColorOrder {
  /** Elements with a color, by color, then number. */
  readonly order: Uint32Array
  readonly layout: ElementLayout
  readonly #ranges = new Map<number, Positions>()

  constructor(layout: ElementLayout) {
    const { color } = layout
    this.layout = layout
    this.order = Uint32Array.from(color.keys())
      .filter((element) => color[element] > 0)
      .sort((a, b) => color[a] - color[b] || a - b)
    for (let first = 0; first < this.order.length; ) {
      const label = color[this.order[first]]
      let end = first
      while (end < this.order.length && color[this.order[end]] === label) end++
      this.#ranges.set(label, { first, end })
      first = end
    }
  }

  /** Positions of a color. */
  of(color: number): Positions {
    return this.#ranges.get(color) ?? { first: 0, end: 0 }
  }

  /** Positions of a color below one node of the tree. */
  below(color: number, level: number, index: number): Positions {
    const { firstTile, tileSize } = this.layout
    const { first, end } = this.of(color)
    const from = (index * 2 ** level - firstTile) * tileSize
    const to = ((index + 1) * 2 ** level - firstTile) * tileSize
    return { first: this.#lowerBound(from, first, end), end: this.#lowerBound(to, first, end) }
  }

  /** How the kernels add the elements of a color below a node; null where they are too many for one product. */
  tree(color: number, level: number, index: number): SumTree | null {
    const { first, end } = this.below(color, level, index)
    if (end - first > treeElements && level > 0) return null
    const tree = { elements: [] as number[], merges: [] as number[] }
    this.#grow(tree, color, level, index)
    return tree
  }

  /** Append leaves with elements; true when there were any. */
  #grow(tree: { elements: number[]; merges: number[] }, color: number, level: number, index: number): boolean {
    const { first, end } = this.below(color, level, index)
    if (first === end) return false
    if (level === 0) {
      tree.elements.push(end - first)
      tree.merges.push(0)
      return true
    }
    const left = this.#grow(tree, color, level - 1, 2 * index)
    const right = this.#grow(tree, color, level - 1, 2 * index + 1)
    if (left && right) tree.merges[tree.merges.length - 1]++
    return true
  }

  #lowerBound(element: number, first: number, end: number): number {
    let [low, high] = [first, end]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.order[middle] < element) low = middle + 1
      else high = middle
    }
    return low
  }
}
