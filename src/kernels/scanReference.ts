// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `scan` of the kernels' contract in plain TypeScript. */
import type { TypedArray } from '../units.js'
import { scanBits } from './pairKernels.js'

/** Finite extremes of `values` to `limits` [2]; returns scanBits. */
export function scanReference(values: TypedArray, limits: Float64Array): number {
  limits.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  let bits = 0
  for (const value of values) {
    if (!Number.isFinite(value)) bits |= scanBits.hole
    else {
      if (!Number.isInteger(value)) bits |= scanBits.fraction
      if (Math.fround(value) !== value) bits |= scanBits.beyondFloat32
      if (value < limits[0]) limits[0] = value
      if (value > limits[1]) limits[1] = value
    }
  }
  return bits
}
