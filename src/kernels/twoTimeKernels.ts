// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The contract of the two-time kernels. `twoTimeReference.ts` is the documentation, `assembly/twoTime.ts` the fast version; both give
 * the same bits.
 *
 * Frames are gathered in stretches of at most `stretchFrames`. A stretch holds the values of a worker's colored elements, sorted by
 * color, in one of two forms: rows (time-major, narrowest type) or photons (sorted by element, then frame). Two stretches give a block
 *
 *     sums[t1 * stretchFrames + t2] = sum over elements of past(t1) * future(t2)
 *
 * in float64: exact for integers below 2^53; other values are added in the order of a tree, which is the same for any number of workers.
 */
import type { TypedArray } from '../units.js'

/** Frames of a full stretch: rows and columns of a block of sums. */
export const stretchFrames = 512
/** Values of a block of sums. */
export const blockSize = stretchFrames * stretchFrames

export type RowDType = 'uint8' | 'int16' | 'float32' | 'float64'

/** `values`[frame * elements + element]; `largest` = largest |value|, `whole` = all are integers. */
export interface RowStretch {
  readonly kind: 'rows'
  readonly frames: number
  readonly elements: number
  readonly dtype: RowDType
  readonly values: TypedArray
  readonly largest: number
  readonly whole: boolean
}

/** The photons of element e are numbers `start`[e] .. `start`[e + 1] of `frame` (ascending, each once) and `value` (above 0). */
export interface PhotonStretch {
  readonly kind: 'photons'
  readonly frames: number
  readonly elements: number
  readonly start: Uint32Array
  readonly frame: Uint16Array
  readonly value: Uint16Array
  readonly largest: number
  /** Photons with a value above 1. */
  readonly exceptions: number
}

export type Stretch = RowStretch | PhotonStretch

/** What a row of values is like. */
export interface RowFacts {
  /** Largest finite |value|. */
  readonly largest: number
  readonly negative: boolean
  /** Some value has a fraction. */
  readonly fraction: boolean
  /** Some value is not exact in float32. */
  readonly beyondFloat32: boolean
  /** Values that are not finite. */
  readonly holes: number
  /** Values that are not 0, holes included. */
  readonly filled: number
}

/** The row of one frame on its way from a block of events to a stretch: [order.length] float64. */
export interface FrameRow {
  clear(): void
  /** Add data[from + order[k]] to value k. */
  add(data: TypedArray, from: number): void
  /** Add values that were given away before. */
  addRow(values: TypedArray): void
  facts(): RowFacts
  /** Holes become 0 here, and 0 instead of 1 in `valid`. */
  takeHoles(valid: Uint8Array): void
  /** Write the values, which must fit the type of `out`. */
  give(out: TypedArray): void
  /** Write position and value of what is not 0, ascending; values must be integers of 1 to 65535. Returns how many. */
  giveFilled(position: Uint32Array, value: Uint16Array): number
}

/** Elements of one product with a tree, at most. */
export const treeElements = 2048

/**
 * How the products of values with fractions are added: leaf i adds its `elements`[i] one at a time to a sum of its own, starting at 0;
 * then the two latest sums become one, as their earlier plus their later, `merges`[i] times. One sum is left.
 */
export interface SumTree {
  readonly elements: readonly number[]
  readonly merges: readonly number[]
}

export interface TwoTimeKernels {
  readonly name: string
  /** A row for the elements `order` of blocks with `elements` elements. */
  row(order: Uint32Array, elements: number): FrameRow
  /**
   * Set `sums` [blockSize] for the elements first <= e < end. Of a stretch with itself only t1 <= t2 counts; what else is there, and
   * outside the frames of the stretches, has no meaning. Without a tree the elements are one leaf; with one there are at most
   * `treeElements`.
   */
  product(sums: Float64Array, past: Stretch, future: Stretch, first: number, end: number, tree?: SumTree): void
}

export const rowDTypes: readonly RowDType[] = ['uint8', 'int16', 'float32', 'float64']

/** The narrowest type of rows that holds values like these, and those of `atLeast`. */
export function rowDTypeOf(facts: Omit<RowFacts, 'holes' | 'filled'>, atLeast: RowDType): RowDType {
  const { largest, negative, fraction, beyondFloat32 } = facts
  const wide = rowDTypes.indexOf(atLeast)
  const needed = beyondFloat32 ? 3 : fraction || largest > 32767 ? 2 : negative || largest > 255 ? 1 : 0
  return rowDTypes[Math.max(wide, needed)]
}
