// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Levels of integers in the compact form, two samples of int16 in each 32-bit lane, so that one dot product takes two steps in time:
//
//     even[k] = (x(2k), x(2k + 1))     odd[k] = (x(2k + 1), x(2k + 2))     four elements per vector
//
// Sample 0 is the first of the history, which is even. Four groups of four elements make the tile. The later sample of a pair is
// read from even, the earlier from even or odd by the parity of the lag. Sums of int32 are exact by the caller's choice of levels.
import { history } from './multiTauPlace'

/** Bytes between the even and the odd samples: a constant, so that it lies in the instructions. */
@inline
export const toOdd: usize = 20544

/** Odd samples from even ones. */
@inline
export function makeOdd(even: usize, pairs: usize): void {
  let at = even
  const end = even + 16 * (pairs - 1)
  let now = v128.load(at)
  while (at < end) {
    const next = v128.load(at, 16)
    v128.store(at, v128.or(i32x4.shr_u(now, 16), i32x4.shl(next, 16)), toOdd)
    now = next
    at += 16
  }
}

/** Dot products of `pairs` new pairs at `later` with the lags R (even), R - 1, ... R - 7, whose history of lag R begins at `earlier`. */
export function dotEight(later: usize, earlier: usize, pairs: usize, out: usize): void {
  let s0 = i32x4.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let s4 = s0
  let s5 = s0
  let s6 = s0
  let s7 = s0
  const end = later + 16 * pairs
  while (later < end) {
    const x = v128.load(later)
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(x, v128.load(earlier)))
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(x, v128.load(earlier, toOdd)))
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(x, v128.load(earlier, 16)))
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(x, v128.load(earlier, toOdd + 16)))
    s4 = i32x4.add(s4, i32x4.dot_i16x8_s(x, v128.load(earlier, 32)))
    s5 = i32x4.add(s5, i32x4.dot_i16x8_s(x, v128.load(earlier, toOdd + 32)))
    s6 = i32x4.add(s6, i32x4.dot_i16x8_s(x, v128.load(earlier, 48)))
    s7 = i32x4.add(s7, i32x4.dot_i16x8_s(x, v128.load(earlier, toOdd + 48)))
    later += 16
    earlier += 16
  }
  v128.store(out, s0)
  v128.store(out, s1, 16)
  v128.store(out, s2, 32)
  v128.store(out, s3, 48)
  v128.store(out, s4, 64)
  v128.store(out, s5, 80)
  v128.store(out, s6, 96)
  v128.store(out, s7, 112)
}

/** The same for four lags. */
export function dotFour(later: usize, earlier: usize, pairs: usize, out: usize): void {
  let s0 = i32x4.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  const end = later + 16 * pairs
  while (later < end) {
    const x = v128.load(later)
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(x, v128.load(earlier)))
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(x, v128.load(earlier, toOdd)))
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(x, v128.load(earlier, 16)))
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(x, v128.load(earlier, toOdd + 16)))
    later += 16
    earlier += 16
  }
  v128.store(out, s0)
  v128.store(out, s1, 16)
  v128.store(out, s2, 32)
  v128.store(out, s3, 48)
}

/**
 * All that one level of one group needs, in one pass: odd samples, dot products with the lags R, R - 1, ... for R = history, and the
 * pair sums of the next level, whose total it returns. T = u8 for eight lags, u16 for four.
 */
@inline
function pass<T>(even: usize, next: usize, pairs: usize, out: usize): v128 {
  const ones = i16x8.splat(1)
  const low = i32x4.splat(0xffff)
  let later = even + 8 * history
  let earlier = even
  makeOdd(even, history / 2)
  let before = v128.load(later - 16)
  let total = i32x4.splat(0)
  let s0 = total
  let s1 = total
  let s2 = total
  let s3 = total
  let s4 = total
  let s5 = total
  let s6 = total
  let s7 = total
  const end = later + 16 * pairs
  while (later < end) {
    const x = v128.load(later)
    const y = v128.load(later, 16)
    v128.store(later - 16, v128.or(i32x4.shr_u(before, 16), i32x4.shl(x, 16)), toOdd)
    v128.store(later, v128.or(i32x4.shr_u(x, 16), i32x4.shl(y, 16)), toOdd)
    before = y
    const a = i32x4.dot_i16x8_s(x, ones)
    const b = i32x4.dot_i16x8_s(y, ones)
    total = i32x4.add(total, i32x4.add(a, b))
    v128.store(next, v128.or(v128.and(a, low), i32x4.shl(b, 16)))
    const e1 = v128.load(earlier, 16)
    const e2 = v128.load(earlier, 32)
    s0 = i32x4.add(s0, i32x4.add(i32x4.dot_i16x8_s(x, v128.load(earlier)), i32x4.dot_i16x8_s(y, e1)))
    s2 = i32x4.add(s2, i32x4.add(i32x4.dot_i16x8_s(x, e1), i32x4.dot_i16x8_s(y, e2)))
    const o1 = v128.load(earlier, toOdd + 16)
    const o2 = v128.load(earlier, toOdd + 32)
    s1 = i32x4.add(s1, i32x4.add(i32x4.dot_i16x8_s(x, v128.load(earlier, toOdd)), i32x4.dot_i16x8_s(y, o1)))
    s3 = i32x4.add(s3, i32x4.add(i32x4.dot_i16x8_s(x, o1), i32x4.dot_i16x8_s(y, o2)))
    if (sizeof<T>() == 1) {
      const e3 = v128.load(earlier, 48)
      s4 = i32x4.add(s4, i32x4.add(i32x4.dot_i16x8_s(x, e2), i32x4.dot_i16x8_s(y, e3)))
      s6 = i32x4.add(s6, i32x4.add(i32x4.dot_i16x8_s(x, e3), i32x4.dot_i16x8_s(y, v128.load(earlier, 64))))
      const o3 = v128.load(earlier, toOdd + 48)
      s5 = i32x4.add(s5, i32x4.add(i32x4.dot_i16x8_s(x, o2), i32x4.dot_i16x8_s(y, o3)))
      s7 = i32x4.add(s7, i32x4.add(i32x4.dot_i16x8_s(x, o3), i32x4.dot_i16x8_s(y, v128.load(earlier, toOdd + 64))))
    }
    later += 32
    earlier += 32
    next += 16
  }
  v128.store(out, s0)
  v128.store(out, s1, 16)
  v128.store(out, s2, 32)
  v128.store(out, s3, 48)
  if (sizeof<T>() == 1) {
    v128.store(out, s4, 64)
    v128.store(out, s5, 80)
    v128.store(out, s6, 96)
    v128.store(out, s7, 112)
  }
  return total
}

export function passEight(even: usize, next: usize, pairs: usize, out: usize): v128 {
  return pass<u8>(even, next, pairs, out)
}

export function passFour(even: usize, next: usize, pairs: usize, out: usize): v128 {
  return pass<u16>(even, next, pairs, out)
}
