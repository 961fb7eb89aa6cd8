// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What the rooms above give to the kernels: a worker's values, staged, and the master's decisions about them.
 * Everything here is plain typed arrays so that it can cross into WASM or another thread.
 */
import type { DType, TypedArray } from '../units.js'

/** Elements without value: those of event e are `element[start[e] .. start[e + 1] - 1]`, ascending. Their values are 0. */
export interface Holes {
  readonly start: Uint32Array
  readonly element: Uint32Array
}

/** One block of values for one worker's elements, time-major: `data[event * elements + element]`. */
export interface DenseBlock {
  readonly kind: 'dense'
  readonly events: number
  readonly elements: number
  readonly dtype: DType
  readonly data: TypedArray
  /** Not given = none. Only of integers; floats say NaN. */
  readonly holes?: Holes
}

/**
 * The same as photon events, sorted by element, then event; everything not listed is 0.
 * `event[i]` = position in the block, `element[i]` = worker-local element.
 */
export interface EventBlock {
  readonly kind: 'events'
  readonly events: number
  readonly elements: number
  readonly dtype: DType
  readonly event: Uint16Array
  readonly element: Uint32Array
  readonly value: Uint16Array
  /** Not given = none. */
  readonly holes?: Holes
}

export type ValueBlock = DenseBlock | EventBlock

/** Stored events in delivery order: event `e` takes row `position[e]` of `blocks[block[e]]`. */
export interface StoredEvents {
  readonly count: number
  readonly counter: Float64Array
  /** Counter evicted just before event `e` is inserted; NaN = none. */
  readonly evicted: Float64Array
  /** Row of the rolling buffer that the event is stored in, 0..times-1. */
  readonly row: Int32Array
  readonly block: Uint16Array
  readonly position: Uint16Array
}

/** When pairs are folded into the sums. */
export type Pairing = 'accumulator' | 'windowed' | 'atEnd'

/** The three per-element sums over pairs (t, t + d); 'lost' counts pairs in which the element had a hole. */
export type SumName = 'G2' | 'IP' | 'IF' | 'lost'
