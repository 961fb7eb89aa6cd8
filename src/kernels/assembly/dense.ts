// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Products of one fixed window of 16 bits with four moving windows at once: the fixed values are loaded once for all four.
// `x` = the fixed window, zero behind its end up to `length`, a multiple of 16; `out` = four float64.

/** The sums of the lanes of four vectors. */
@inline
export function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7))
  const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7))
  return i32x4.add(i32x4.shuffle(ab, cd, 0, 1, 4, 5), i32x4.shuffle(ab, cd, 2, 3, 6, 7))
}

@inline
export function storeFour(out: usize, sums: v128): void {
  v128.store(out, f64x2.convert_low_i32x4_s(sums))
  v128.store(out, f64x2.convert_low_i32x4_s(i32x4.shuffle(sums, sums, 2, 3, 2, 3)), 16)
}

@inline
function dotAdd(sum: v128, a: v128, b: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(a, b))
}

/** 16 bits and a sign, where largest^2 x length fits 31 bits. */
export function denseWords(x: usize, y0: usize, y1: usize, y2: usize, y3: usize, length: usize, out: usize): void {
  let a0 = i32x4.splat(0)
  let a1 = i32x4.splat(0)
  let a2 = i32x4.splat(0)
  let a3 = i32x4.splat(0)
  let b0 = i32x4.splat(0)
  let b1 = i32x4.splat(0)
  let b2 = i32x4.splat(0)
  let b3 = i32x4.splat(0)
  for (let t: usize = 0; t < length << 1; t += 32) {
    const low = v128.load(x + t)
    const high = v128.load(x + t, 16)
    a0 = dotAdd(a0, low, v128.load(y0 + t))
    b0 = dotAdd(b0, high, v128.load(y0 + t, 16))
    a1 = dotAdd(a1, low, v128.load(y1 + t))
    b1 = dotAdd(b1, high, v128.load(y1 + t, 16))
    a2 = dotAdd(a2, low, v128.load(y2 + t))
    b2 = dotAdd(b2, high, v128.load(y2 + t, 16))
    a3 = dotAdd(a3, low, v128.load(y3 + t))
    b3 = dotAdd(b3, high, v128.load(y3 + t, 16))
  }
  storeFour(out, sumLanes(i32x4.add(a0, b0), i32x4.add(a1, b1), i32x4.add(a2, b2), i32x4.add(a3, b3)))
}

@inline
function widenAdd(total: v128, sum: v128): v128 {
  return i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_s(sum), i64x2.extend_high_i32x4_s(sum)))
}

@inline
function storeTotal(out: usize, total: v128): void {
  store<f64>(out, <f64>(i64x2.extract_lane(total, 0) + i64x2.extract_lane(total, 1)))
}

/** 16 bits and a sign, larger: lanes are emptied into 64 bits every `steps` vectors. */
export function denseLargeWords(
  x: usize, y0: usize, y1: usize, y2: usize, y3: usize, length: usize, steps: usize, out: usize,
): void {
  let total0 = i64x2.splat(0)
  let total1 = i64x2.splat(0)
  let total2 = i64x2.splat(0)
  let total3 = i64x2.splat(0)
  for (let from: usize = 0; from < length << 1; ) {
    const to = min(length << 1, from + (steps << 4))
    let a0 = i32x4.splat(0)
    let a1 = i32x4.splat(0)
    let a2 = i32x4.splat(0)
    let a3 = i32x4.splat(0)
    for (; from < to; from += 16) {
      const values = v128.load(x + from)
      a0 = dotAdd(a0, values, v128.load(y0 + from))
      a1 = dotAdd(a1, values, v128.load(y1 + from))
      a2 = dotAdd(a2, values, v128.load(y2 + from))
      a3 = dotAdd(a3, values, v128.load(y3 + from))
    }
    total0 = widenAdd(total0, a0)
    total1 = widenAdd(total1, a1)
    total2 = widenAdd(total2, a2)
    total3 = widenAdd(total3, a3)
  }
  storeTotal(out, total0)
  storeTotal(out + 8, total1)
  storeTotal(out + 16, total2)
  storeTotal(out + 24, total3)
}

/** All 16 bits, T = u16 or i16: a product alone may fill a lane, so every product goes to 64 bits. One window. */
export function denseWide<T>(x: usize, y: usize, length: usize, out: usize): void {
  let total = i64x2.splat(0)
  for (let t: usize = 0; t < length << 1; t += 16) {
    const a = v128.load(x + t)
    const b = v128.load(y + t)
    if (isSigned<T>()) {
      total = widenAdd(widenAdd(total, i32x4.extmul_low_i16x8_s(a, b)), i32x4.extmul_high_i16x8_s(a, b))
    } else {
      const low = i32x4.extmul_low_i16x8_u(a, b)
      const high = i32x4.extmul_high_i16x8_u(a, b)
      total = i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_u(low), i64x2.extend_high_i32x4_u(low)))
      total = i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_u(high), i64x2.extend_high_i32x4_u(high)))
    }
  }
  storeTotal(out, total)
}
