// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Extremes of integers of 8 and 16 bits, a vector at a time.
import { scanOf } from './values'

@inline
function smaller<S>(a: v128, b: v128): v128 {
  if (sizeof<S>() == 1) return isSigned<S>() ? i8x16.min_s(a, b) : i8x16.min_u(a, b)
  return isSigned<S>() ? i16x8.min_s(a, b) : i16x8.min_u(a, b)
}

@inline
function larger<S>(a: v128, b: v128): v128 {
  if (sizeof<S>() == 1) return isSigned<S>() ? i8x16.max_s(a, b) : i8x16.max_u(a, b)
  return isSigned<S>() ? i16x8.max_s(a, b) : i16x8.max_u(a, b)
}

/** As scanOf. Behind whole vectors the last 16 bytes are looked at once more. */
export function scanIntegers<S>(at: usize, count: usize, extremes: usize): u32 {
  const bytes = count * sizeof<S>()
  if (bytes < 16) return scanOf<S>(at, count, extremes)
  let least = v128.load(at + bytes - 16)
  let most = least
  for (let t: usize = 0; t + 16 <= bytes; t += 16) {
    const values = v128.load(at + t)
    least = smaller<S>(least, values)
    most = larger<S>(most, values)
  }
  v128.store(extremes, least)
  scanOf<S>(extremes, 16 / sizeof<S>(), extremes + 16)
  const min = load<f64>(extremes, 16)
  v128.store(extremes, most)
  scanOf<S>(extremes, 16 / sizeof<S>(), extremes + 16)
  store<f64>(extremes, min)
  store<f64>(extremes + 8, load<f64>(extremes, 24))
  return 0
}

/** How many values exceed 1. */
export function countAboveOneOf<S>(at: usize, count: usize): u32 {
  let above: u32 = 0
  let i: usize = 0
  if (isInteger<S>() && sizeof<S>() == 1) {
    const one = i8x16.splat(1)
    for (; i + 16 <= count; i += 16) above += popcnt(i8x16.bitmask(i8x16.gt_u(v128.load(at + i), one)))
  } else if (isInteger<S>() && sizeof<S>() == 2) {
    const one = i16x8.splat(1)
    for (; i + 8 <= count; i += 8) above += popcnt(i16x8.bitmask(i16x8.gt_u(v128.load(at + 2 * i), one)))
  }
  for (; i < count; i++) if (load<S>(at + i * sizeof<S>()) > 1) above++
  return above
}
