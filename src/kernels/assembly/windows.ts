// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of the values in a window, without looking at all of them for every delay: a row is summed once, vector by vector,
// into `prefix`; a window is a difference of two of these sums, and of the parts of a vector before its two ends. 32-bit
// sums may wrap: a window of at most 32,767 values of 16 bits has a difference that fits.
import { sumLanes } from './dense'
import { prefix, touched } from './scratch'

/** Ones over 16 bytes, then zeros: 16 bytes from 16 - n keep n bytes. */
export const ones: usize = memory.data<u64>([-1, -1, 0, 0], 16)

/** The sums of pairs or fours of neighbours as four 32-bit lanes. */
@inline
function sums<T>(values: v128): v128 {
  if (sizeof<T>() == 1) return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(values))
  return isSigned<T>() ? i32x4.extadd_pairwise_i16x8_s(values) : i32x4.extadd_pairwise_i16x8_u(values)
}

/**
 * Sum the vectors [first, last) of `row` and up to three more, so that `prefix`[v] is the sum from `first` up to v for every
 * v in [first, last]. Returns the largest uint8 in every lane (T = u8). Reading the row brings it into the cache.
 */
export function sumRow<T>(row: usize, first: usize, last: usize): v128 {
  const zero = i32x4.splat(0)
  let before = zero
  let most = zero
  for (let v = first; v <= last; v += 4) {
    const a = v128.load(row + (v << 4))
    const b = v128.load(row + (v << 4), 16)
    const c = v128.load(row + (v << 4), 32)
    const d = v128.load(row + (v << 4), 48)
    if (sizeof<T>() == 1) most = i8x16.max_u(most, i8x16.max_u(i8x16.max_u(a, b), i8x16.max_u(c, d)))
    const four = sumLanes(sums<T>(a), sums<T>(b), sums<T>(c), sums<T>(d))
    const two = i32x4.add(four, i32x4.shuffle(zero, four, 3, 4, 5, 6))
    const all = i32x4.add(two, i32x4.shuffle(zero, two, 2, 3, 4, 5))
    v128.store(prefix + (v << 2), i32x4.add(before, i32x4.shuffle(zero, all, 3, 4, 5, 6)))
    before = i32x4.add(before, i32x4.shuffle(all, all, 3, 3, 3, 3))
  }
  return most
}

/** The largest uint8 of the vectors [0, last] of `row` in every lane. Reading the row brings it into the cache. */
export function mostOf(row: usize, last: usize): v128 {
  let most = i8x16.splat(0)
  let other = most
  for (let v: usize = 0; v <= last; v += 2) {
    most = i8x16.max_u(most, v128.load(row + (v << 4)))
    other = i8x16.max_u(other, v128.load(row + (v << 4), 16))
  }
  return i8x16.max_u(most, other)
}

/** The largest of sixteen uint8. */
export function largestLane(values: v128): u32 {
  const eight = i8x16.max_u(values, i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0))
  v128.store(touched, eight)
  let most: u32 = 0
  for (let i: usize = 0; i < 8; i++) most = max(most, <u32>load<u8>(touched + i))
  return most
}

/** Read a row's lines, so that they are in the cache. */
export function touchRow(row: usize, bytes: usize): void {
  let some: u32 = 0
  for (let t: usize = 0; t < bytes; t += 64) some += <u32>load<u8>(row + t)
  store<u32>(touched, some)
}

/** Sum of uint8, `length` a multiple of 16. */
export function sumBytes(values: usize, length: usize): i64 {
  let sum = i32x4.splat(0)
  for (let t: usize = 0; t < length; t += 16) sum = i32x4.add(sum, sums<u8>(v128.load(values + t)))
  return lanes32(sum)
}

/** Sum of a row before byte `end`, after `sumRow` from its begin. */
export function sumBefore<T>(row: usize, end: usize): i32 {
  return load<i32>(prefix + ((end >> 4) << 2)) + <i32>lanes32(partOf<T>(row, end))
}

@inline
export function partOf<T>(row: usize, end: usize): v128 {
  const kept = v128.and(v128.load(row + (end & ~15)), v128.load(ones + 16 - (end & 15)))
  return sums<T>(kept)
}

/** What the ends of the window of `bytes` from byte `y` add to the difference of prefixes, in lanes. */
@inline
function ends<T>(row: usize, y: usize, bytes: usize): v128 {
  return i32x4.sub(partOf<T>(row, y + bytes), partOf<T>(row, y))
}

@inline
function between(y: usize, bytes: usize): i32 {
  return load<i32>(prefix + (((y + bytes) >> 4) << 2)) - load<i32>(prefix + ((y >> 4) << 2))
}

/** The sums of four windows of `bytes` from bytes y0..y3 of `row`, after `sumRow`. */
@inline
export function sumWindows<T>(row: usize, y0: usize, y1: usize, y2: usize, y3: usize, bytes: usize): v128 {
  let inner = i32x4.splat(between(y0, bytes))
  inner = i32x4.replace_lane(inner, 1, between(y1, bytes))
  inner = i32x4.replace_lane(inner, 2, between(y2, bytes))
  inner = i32x4.replace_lane(inner, 3, between(y3, bytes))
  const outer = sumLanes(ends<T>(row, y0, bytes), ends<T>(row, y1, bytes), ends<T>(row, y2, bytes), ends<T>(row, y3, bytes))
  return i32x4.add(inner, outer)
}

@inline
export function lanes32(sum: v128): i64 {
  return <i64>i32x4.extract_lane(sum, 0) + <i64>i32x4.extract_lane(sum, 1) +
    <i64>i32x4.extract_lane(sum, 2) + <i64>i32x4.extract_lane(sum, 3)
}

/** Sum of the values where `presence` is 1, value by value. `length` is a multiple of 16 of at most 8,064. */
export function sumPresent<T>(values: usize, presence: usize, length: usize): i64 {
  let sum = i32x4.splat(0)
  for (let t: usize = 0; t < length * sizeof<T>(); t += 16) {
    const present = v128.load(presence + t)
    const kept = v128.and(v128.load(values + t), sizeof<T>() == 1 ? i8x16.neg(present) : i16x8.neg(present))
    sum = i32x4.add(sum, sums<T>(kept))
  }
  return lanes32(sum)
}
