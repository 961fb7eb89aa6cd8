// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One worker's part of two-time sums, and what it is asked for. */
import type { TreeNode } from '../light.js'

/** Where a worker's elements lie among all, and their colors. */
export interface ElementLayout {
  /** Label per element; 0 = not used. */
  readonly color: Int32Array
  readonly firstTile: number
  readonly totalTiles: number
  readonly tileSize: number
}

/** The frames that a worker holds; equal on all workers but for `whole` and `holes`. */
export interface TwoTimeFacts {
  /** Ticks of a frame. */
  readonly average: number
  /** Counter with which frame 0 begins. */
  readonly origin: number
  /** Number of the first frame with an event. */
  readonly first: number
  /** Events per frame from there on, to the last that has one. */
  readonly events: Float64Array
  /** All values are integers: sums are exact in any order. */
  readonly whole: boolean
  /** Some element was a hole in some event. */
  readonly holes: boolean
}

/**
 * For the elements of a color. `products`: the block of stretches `past` and `future`, sum of I(t1) I(t2) [t1 * stretchFrames + t2];
 * `pairs`: the same of elements without a hole in either frame; `sums`, `elements`: sum of I(t) and elements without a hole,
 * per frame of `past`. Stretch s holds the frames s * stretchFrames to (s + 1) * stretchFrames - 1.
 */
export interface TwoTimeRequest {
  readonly color: number
  readonly past: number
  readonly future: number
  readonly of: 'products' | 'pairs' | 'sums' | 'elements'
  /** All workers' values are integers. */
  readonly whole: boolean
}

export interface TwoTimePart {
  facts(): TwoTimeFacts
  /** Nodes of the tree over tiles whose sum over all workers is what was asked for; valid until the next answer. */
  answer(request: TwoTimeRequest): TreeNode[]
}
