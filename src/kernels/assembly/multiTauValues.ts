// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Values of any type: two as float64, eight as int16, extremes.

/** Two neighbouring values as float64. */
@inline
export function two<T>(at: usize): v128 {
  if (sizeof<T>() == 8) return v128.load(at)
  if (isFloat<T>()) return f64x2.promote_low_f32x4(v128.load64_zero(at))
  if (sizeof<T>() == 4) {
    const words = v128.load64_zero(at)
    return isSigned<T>() ? f64x2.convert_low_i32x4_s(words) : f64x2.convert_low_i32x4_u(words)
  }
  if (sizeof<T>() == 1) {
    const bytes = i16x8.splat(load<i16>(at))
    return isSigned<T>()
      ? f64x2.convert_low_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(bytes)))
      : f64x2.convert_low_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_u(bytes)))
  }
  const words = v128.load32_zero(at)
  return isSigned<T>()
    ? f64x2.convert_low_i32x4_s(i32x4.extend_low_i16x8_s(words))
    : f64x2.convert_low_i32x4_s(i32x4.extend_low_i16x8_u(words))
}

/** Eight neighbouring values of at most 16 bits as int16. */
@inline
export function eight<T>(at: usize): v128 {
  if (sizeof<T>() == 2) return v128.load(at)
  return isSigned<T>() ? v128.load8x8_s(at) : v128.load8x8_u(at)
}

/** Largest |value|. */
export function largestOf<T>(at: usize, count: usize): f64 {
  let largest: f64 = 0
  let i: usize = 0
  if (sizeof<T>() == 2) {
    let best = i16x8.splat(0)
    for (; i + 8 <= count; i += 8) {
      const found = v128.load(at + 2 * i)
      best = i16x8.max_u(best, isSigned<T>() ? i16x8.abs(found) : found)
    }
    store<v128>(spare, best)
    for (let lane: usize = 0; lane < 8; lane++) largest = Math.max(largest, <f64>load<u16>(spare + 2 * lane))
  }
  for (; i < count; i++) largest = Math.max(largest, Math.abs(<f64>load<T>(at + i * sizeof<T>())))
  return largest
}

/** 16 bytes below all areas. */
const spare: usize = 1024

/** Copy `bytes`, a multiple of 16, towards lower addresses or elsewhere: short copies are faster so than by memory.copy. */
@inline
export function copyVectors(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(from + at))
}
