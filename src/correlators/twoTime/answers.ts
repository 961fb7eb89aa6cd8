// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One worker's answers about two-time sums: blocks of stretches per color, as nodes of the tree over tiles. */
import {
  blockSize,
  type RowStretch,
  type Stretch,
  stretchFrames,
  type TwoTimeKernels,
} from '../../kernels/twoTimeKernels.js'
import { coverNodes, exactLevel, type TreeNode } from '../light.js'
import type { ColorOrder } from './colorOrder.js'
import type { FrameStore } from './frameStore.js'
import type { TwoTimeFacts, TwoTimePart, TwoTimeRequest } from './part.js'

export class TwoTimeAnswers implements TwoTimePart {
  readonly #store: FrameStore
  readonly #order: ColorOrder
  readonly #kernels: TwoTimeKernels
  readonly #ones: RowStretch
  /** The last answer in one node. */
  readonly #values = new Float64Array(blockSize)

  constructor(store: FrameStore, order: ColorOrder, kernels: TwoTimeKernels) {
    this.#store = store
    this.#order = order
    this.#kernels = kernels
    const elements = order.order.length
    const values = new Uint8Array(elements).fill(1)
    this.#ones = { kind: 'rows', frames: 1, elements, dtype: 'uint8', values, largest: 1, whole: true }
  }

  facts(): TwoTimeFacts {
    const { average, origin, numbers } = this.#store
    const stretches = numbers.flatMap((number) => this.#store.stretch(number) ?? [])
    const from = (numbers[0] ?? 0) * stretchFrames
    const all = new Float64Array(numbers.length === 0 ? 0 : ((numbers.at(-1) ?? 0) + 1) * stretchFrames - from)
    numbers.forEach((number, i) => {
      all.set(stretches[i].events, number * stretchFrames - from)
    })
    const first = Math.max(
      0,
      all.findIndex((events) => events > 0),
    )
    const last = all.findLastIndex((events) => events > 0)
    return {
      average,
      origin,
      first: from + first,
      events: all.slice(first, last + 1),
      whole: stretches.every(({ whole }) => whole),
      holes: stretches.some(({ holes }) => holes),
    }
  }

  answer({ color, past, future, of, whole }: TwoTimeRequest): TreeNode[] {
    const early = this.#stretch(past, of)
    const perFrame = of === 'sums' || of === 'elements'
    const late = perFrame ? this.#ones : past === future ? early : this.#stretch(future, of)
    if (early === null || late === null) return []
    const { layout } = this.#order
    const positions = this.#order.of(color)
    if (positions.first === positions.end) return []
    if (whole || of === 'pairs' || of === 'elements') {
      const values = this.#values
      this.#kernels.product(values, early, late, positions.first, positions.end)
      return [{ level: exactLevel, index: layout.firstTile, values: shaped(values, early.frames, perFrame) }]
    }
    const tiles = Math.ceil(layout.color.length / layout.tileSize)
    const nodes: TreeNode[] = []
    for (const { level, index } of coverNodes({ ...layout, tiles })) {
      const values = this.#node(early, late, color, level, index)
      if (values !== null) nodes.push({ level, index, values: shaped(values, early.frames, perFrame) })
    }
    return nodes
  }

  /** Sums below a node of the tree; null where the color has no element. */
  #node(early: Stretch, late: Stretch, color: number, level: number, index: number): Float64Array | null {
    const { first, end } = this.#order.below(color, level, index)
    if (first === end) return null
    const tree = this.#order.tree(color, level, index)
    if (tree !== null) {
      const values = new Float64Array(blockSize)
      this.#kernels.product(values, early, late, first, end, tree)
      return values
    }
    const left = this.#node(early, late, color, level - 1, 2 * index)
    const right = this.#node(early, late, color, level - 1, 2 * index + 1)
    if (left === null || right === null) return left ?? right
    for (let i = 0; i < left.length; i++) left[i] += right[i]
    return left
  }

  #stretch(number: number, of: TwoTimeRequest['of']): Stretch | null {
    const stretch = this.#store.stretch(number)
    if (stretch === undefined) return null
    return of === 'pairs' || of === 'elements' ? stretch.validity() : stretch.sealed()
  }
}

/** Rows of the block that are in use; per frame its first column. */
function shaped(values: Float64Array, frames: number, perFrame: boolean): Float64Array {
  if (!perFrame) return values.subarray(0, frames * stretchFrames)
  return Float64Array.from({ length: frames }, (_, t) => values[t * stretchFrames])
}
