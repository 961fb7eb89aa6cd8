// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Counts that are almost all 0 or 1 (uint8): x = b + e with b one bit, and e = x - 1 listed where x > 1 (exceptions).
//
//     x(t) x(t') = b b' + e b' + x e'
//
// b b' is an AND of two rows of bits; e b' looks up moving values, x e' fixed ones, for the few exceptions there are.
import { bitRow, exceptionsMost, fixedExceptions, fixedWindow, movingExceptions, shifted } from './scratch'

/** More exceptions than can be listed. */
export const tooMany: usize = usize.MAX_VALUE

/** Words of the fixed window, one more for what a shift carries over. */
let words: usize = 0
let fixedCount: usize = 0
let movingCount: usize = 0

/** Bits of one vector. */
@inline
function bitsOf(values: v128): u64 {
  return <u64>(~i8x16.bitmask(i8x16.eq(values, i8x16.splat(0))) & 0xffff)
}

/** List the exceptions {position, e} of one vector behind `count` others; returns their number or `tooMany`. */
function listExceptions(row: usize, v: usize, list: usize, count: usize): usize {
  let mask = <u32>i8x16.bitmask(i8x16.gt_u(v128.load(row + (v << 4)), i8x16.splat(1)))
  for (; mask != 0; mask &= mask - 1) {
    if (count == exceptionsMost) return tooMany
    const position = (v << 4) + ctz(mask)
    store<u32>(list + 8 * count, <u32>position)
    store<i32>(list + 8 * count, <i32>load<u8>(row + position) - 1, 4)
    count++
  }
  return count
}

/** Vectors [0, count) of `row`, in fours, to `bits`, and their exceptions to `list`; returns their number or `tooMany`. */
function takeBits(row: usize, vectors: usize, bits: usize, list: usize): usize {
  const one = i8x16.splat(1)
  let count: usize = 0
  for (let v: usize = 0; v < vectors; v += 4) {
    const a = v128.load(row + (v << 4))
    const b = v128.load(row + (v << 4), 16)
    const c = v128.load(row + (v << 4), 32)
    const d = v128.load(row + (v << 4), 48)
    store<u64>(bits + (v << 1), bitsOf(a) | (bitsOf(b) << 16) | (bitsOf(c) << 32) | (bitsOf(d) << 48))
    const most = i8x16.max_u(i8x16.max_u(a, b), i8x16.max_u(c, d))
    if (!v128.any_true(i8x16.gt_u(most, one))) continue
    for (let w = v; w < v + 4; w++) {
      count = listExceptions(row, w, list, count)
      if (count == tooMany) return tooMany
    }
  }
  return count
}

/** The fixed window of `length` ticks, up to whole vectors, as eight rows of bits. */
function shiftFixed(): void {
  for (let shift: u64 = 1; shift < 8; shift++) {
    const to = shifted + <usize>shift * (words << 3)
    let carried: u64 = 0
    for (let w: usize = 0; w < words; w++) {
      const word = load<u64>(shifted + (w << 3))
      store<u64>(to + (w << 3), (word << shift) | carried)
      carried = word >> (64 - shift)
    }
  }
}

/** Make ready for one element; false when there are too many exceptions. `row` = what moving windows touch. */
export function prepareBits(row: usize, last: usize, length: usize): bool {
  words = (length + 63) / 64 + 1
  memory.fill(shifted, 0, words << 3)
  fixedCount = takeBits(fixedWindow, length >> 4, shifted, fixedExceptions)
  if (fixedCount == tooMany) return false
  movingCount = takeBits(row, last + 1, bitRow, movingExceptions)
  if (movingCount == tooMany) return false
  shiftFixed()
  return true
}

/**
 * Product with the window at `position` of `row`. `length` up to whole vectors; fixed values and bits behind the window are 0, so
 * that it does not matter what they meet.
 */
export function bitProduct(row: usize, position: usize, length: usize): f64 {
  const bytes = words << 3
  let x = shifted + (position & 7) * bytes
  let y = bitRow + (position >> 3)
  const end = x + bytes
  let sum: u64 = 0
  let other: u64 = 0
  for (; x + 8 < end; x += 16, y += 16) {
    sum += popcnt(load<u64>(x) & load<u64>(y))
    other += popcnt(load<u64>(x, 8) & load<u64>(y, 8))
  }
  if (x < end) sum += popcnt(load<u64>(x) & load<u64>(y))
  sum += other
  let more: u32 = 0
  for (let at = fixedExceptions; at < fixedExceptions + 8 * fixedCount; at += 8) {
    if (load<u8>(row + position + <usize>load<u32>(at)) != 0) more += load<u32>(at, 4)
  }
  for (let at = movingExceptions; at < movingExceptions + 8 * movingCount; at += 8) {
    const k = min(<usize>load<u32>(at) - position, length)
    more += load<u32>(at, 4) * <u32>load<u8>(fixedWindow + k)
  }
  return <f64>sum + <f64>more
}
