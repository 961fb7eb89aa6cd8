// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Few photons in the fixed window: each looks up its partner in every moving window.
import { fixedWindow, photons } from './scratch'

/** List {k, value} of the fixed window's values that are not 0; returns their number. `length` is a multiple of 16. */
export function listPhotons<T>(length: usize): usize {
  const zero = i8x16.splat(0)
  let count: usize = 0
  for (let t: usize = 0; t < length * sizeof<T>(); t += 16) {
    const empty = v128.load(fixedWindow + t)
    let mask = <u32>~i8x16.bitmask(sizeof<T>() == 1 ? i8x16.eq(empty, zero) : i16x8.eq(empty, zero)) & 0xffff
    while (mask != 0) {
      const k = (t + ctz(mask)) / sizeof<T>()
      store<u32>(photons + 8 * count, <u32>k)
      store<i32>(photons + 8 * count, <i32>load<T>(fixedWindow + k * sizeof<T>()), 4)
      count++
      mask &= ~((sizeof<T>() == 1 ? 1 : 3) << ctz(mask))
    }
  }
  return count
}

/** Products of the listed photons with four windows. */
export function lookUp<T>(count: usize, y0: usize, y1: usize, y2: usize, y3: usize, out: usize): void {
  let sum0: i64 = 0
  let sum1: i64 = 0
  let sum2: i64 = 0
  let sum3: i64 = 0
  for (let at = photons; at < photons + 8 * count; at += 8) {
    const k = <usize>load<u32>(at) * sizeof<T>()
    const value = <i64>load<i32>(at, 4)
    sum0 += value * <i64>load<T>(y0 + k)
    sum1 += value * <i64>load<T>(y1 + k)
    sum2 += value * <i64>load<T>(y2 + k)
    sum3 += value * <i64>load<T>(y3 + k)
  }
  store<f64>(out, <f64>sum0)
  store<f64>(out, <f64>sum1, 8)
  store<f64>(out, <f64>sum2, 16)
  store<f64>(out, <f64>sum3, 24)
}
