// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which values were seen, and the narrowest type that stores them all without loss. */
import type { RowDType, StoreDType, TypedArray } from '../units.js'
import { scanBits } from './pairKernels.js'

/** Finite extremes and properties of the values seen so far. min > max: none yet. */
export interface ValueRange {
  readonly min: number
  readonly max: number
  /** Bits of scanBits. */
  readonly bits: number
}

export const noValues: ValueRange = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, bits: 0 }

export function joinRanges(a: ValueRange, b: ValueRange): ValueRange {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), bits: a.bits | b.bits }
}

export function rangeOf(values: TypedArray): ValueRange {
  let { min, max, bits } = noValues
  for (const value of values) {
    if (!Number.isFinite(value)) bits |= scanBits.hole
    else {
      if (!Number.isInteger(value)) bits |= scanBits.fraction
      if (Math.fround(value) !== value) bits |= scanBits.beyondFloat32
      if (value < min) min = value
      if (value > max) max = value
    }
  }
  return { min, max, bits }
}

/** The narrowest store of all values of a range: uint8, uint16, int16, float32, then float64. Holes need a float. */
export function narrowestOf(range: ValueRange): RowDType {
  if ((range.bits & (scanBits.fraction | scanBits.hole)) === 0) {
    if (range.min > range.max || (range.min >= 0 && range.max <= 255)) return 'uint8'
    if (range.min >= 0 && range.max <= 65535) return 'uint16'
    if (range.min >= -32768 && range.max <= 32767) return 'int16'
  }
  return (range.bits & scanBits.beyondFloat32) === 0 ? 'float32' : 'float64'
}

/** The narrowest store of an array. */
export function narrowest(values: TypedArray): RowDType {
  return narrowestOf(rangeOf(values))
}

/** True when every value of the range has exactly its value in `dtype`. */
export function holds(dtype: StoreDType, range: ValueRange): boolean {
  const needed = narrowestOf(range)
  switch (dtype) {
    case 'bit':
    case 'uint8':
      return needed === 'uint8'
    case 'uint16':
      return needed === 'uint8' || needed === 'uint16'
    case 'int16':
      return needed === 'uint8' || needed === 'int16' || (needed === 'uint16' && range.max <= 32767)
    case 'float32':
      return needed !== 'float64'
    case 'float64':
      return true
  }
}
