// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Products of one element's fixed window with all moving windows of a call, four at a time where the fixed values can serve
// four. Results are int32: a product of uint8 windows fits. `out` = the element's lane in [moves][16]; `row` + a position is
// where a window begins; `moves` counts up to a multiple of four, behind the last move the last window is taken again.
import { sumLanes } from './dense'
import { position } from './foldCall'
import { fixedWindow, highHalves, lowHalves, photons, shifted } from './scratch'

/** Whether this build has relaxed SIMD. */
export const relaxed: bool = ASC_FEATURE_RELAXED_SIMD

/** Sums of four moves. */
@inline
export function storeLanes(out: usize, sums: v128): void {
  v128.store_lane<i32>(out, sums, 0)
  v128.store_lane<i32>(out, sums, 1, 64)
  v128.store_lane<i32>(out, sums, 2, 128)
  v128.store_lane<i32>(out, sums, 3, 192)
}

/** The fixed window as 16 bits, the halves of its vectors apart, as multiplyDense wants them. */
export function widenFixed(length: usize): void {
  for (let t: usize = 0; t < length; t += 16) {
    v128.store(lowHalves + t, v128.load_ext<u8>(fixedWindow + t))
    v128.store(highHalves + t, v128.load_ext<u8>(fixedWindow + t, 8))
  }
}

@inline
function dotAdd(sum: v128, a: v128, b: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(a, b))
}

/** Any values, after widenFixed. */
export function multiplyDense(row: usize, moves: usize, length: usize, out: usize): void {
  for (let m: usize = 0; m < moves; m += 4, out += 256) {
    let y0 = row + position(m)
    let y1 = row + position(m + 1)
    let y2 = row + position(m + 2)
    let y3 = row + position(m + 3)
    let a0 = i32x4.splat(0)
    let a1 = i32x4.splat(0)
    let a2 = i32x4.splat(0)
    let a3 = i32x4.splat(0)
    let b0 = i32x4.splat(0)
    let b1 = i32x4.splat(0)
    let b2 = i32x4.splat(0)
    let b3 = i32x4.splat(0)
    for (let t: usize = 0; t < length; t += 16) {
      const low = v128.load(lowHalves + t)
      const high = v128.load(highHalves + t)
      a0 = dotAdd(a0, low, v128.load_ext<u8>(y0))
      b0 = dotAdd(b0, high, v128.load_ext<u8>(y0, 8))
      a1 = dotAdd(a1, low, v128.load_ext<u8>(y1))
      b1 = dotAdd(b1, high, v128.load_ext<u8>(y1, 8))
      a2 = dotAdd(a2, low, v128.load_ext<u8>(y2))
      b2 = dotAdd(b2, high, v128.load_ext<u8>(y2, 8))
      a3 = dotAdd(a3, low, v128.load_ext<u8>(y3))
      b3 = dotAdd(b3, high, v128.load_ext<u8>(y3, 8))
      y0 += 16
      y1 += 16
      y2 += 16
      y3 += 16
    }
    storeLanes(out, sumLanes(i32x4.add(a0, b0), i32x4.add(a1, b1), i32x4.add(a2, b2), i32x4.add(a3, b3)))
  }
}

/** Values up to 127 on both sides, where the build has relaxed SIMD; else 0. `x` is zero up to a multiple of 32 behind `length`. */
@inline
export function smallProducts(x: usize, y0: usize, y1: usize, y2: usize, y3: usize, length: usize): v128 {
  let a0 = i32x4.splat(0)
  let a1 = i32x4.splat(0)
  let a2 = i32x4.splat(0)
  let a3 = i32x4.splat(0)
  let b0 = i32x4.splat(0)
  let b1 = i32x4.splat(0)
  let b2 = i32x4.splat(0)
  let b3 = i32x4.splat(0)
  if (ASC_FEATURE_RELAXED_SIMD) {
    for (let t: usize = 0; t < length; t += 32) {
      const low = v128.load(x + t)
      const high = v128.load(x + t, 16)
      a0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(y0 + t), low, a0)
      b0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(y0 + t, 16), high, b0)
      a1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(y1 + t), low, a1)
      b1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(y1 + t, 16), high, b1)
      a2 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(y2 + t), low, a2)
      b2 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(y2 + t, 16), high, b2)
      a3 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(y3 + t), low, a3)
      b3 = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(y3 + t, 16), high, b3)
    }
  }
  return sumLanes(i32x4.add(a0, b0), i32x4.add(a1, b1), i32x4.add(a2, b2), i32x4.add(a3, b3))
}

/** Products of two neighbours each, as 16 bits. */
@inline
function neighbours(x: v128, y: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i16x8.relaxed_dot_i8x16_i7x16_s(y, x) : x
}

@inline
function addTwo(sum: v128, low: v128, high: v128, y: usize): v128 {
  return i16x8.add(i16x8.add(sum, neighbours(low, v128.load(y))), neighbours(high, v128.load(y, 16)))
}

@inline
function empty(sum: v128, words: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(words))
}

/** Values so small that 16 bits take the products of `most` bytes, a multiple of 32. */
function multiplyTiny(row: usize, moves: usize, length: usize, most: usize, out: usize): void {
  for (let m: usize = 0; m < moves; m += 4, out += 256) {
    let y0 = row + position(m)
    let y1 = row + position(m + 1)
    let y2 = row + position(m + 2)
    let y3 = row + position(m + 3)
    let sum0 = i32x4.splat(0)
    let sum1 = i32x4.splat(0)
    let sum2 = i32x4.splat(0)
    let sum3 = i32x4.splat(0)
    for (let x = fixedWindow; x < fixedWindow + length; ) {
      let a0 = i16x8.splat(0)
      let a1 = i16x8.splat(0)
      let a2 = i16x8.splat(0)
      let a3 = i16x8.splat(0)
      for (const end = min(fixedWindow + length, x + most); x < end; x += 32) {
        const low = v128.load(x)
        const high = v128.load(x, 16)
        a0 = addTwo(a0, low, high, y0)
        a1 = addTwo(a1, low, high, y1)
        a2 = addTwo(a2, low, high, y2)
        a3 = addTwo(a3, low, high, y3)
        y0 += 32
        y1 += 32
        y2 += 32
        y3 += 32
      }
      sum0 = empty(sum0, a0)
      sum1 = empty(sum1, a1)
      sum2 = empty(sum2, a2)
      sum3 = empty(sum3, a3)
    }
    storeLanes(out, sumLanes(sum0, sum1, sum2, sum3))
  }
}

/** Values up to `largest` <= 127. */
export function multiplySmall(row: usize, moves: usize, length: usize, largest: u32, out: usize): void {
  const most: usize = 32767 / (2 * max(1, largest * largest)) / 2
  if (most > 0) {
    multiplyTiny(row, moves, length, most * 32, out)
    return
  }
  for (let m: usize = 0; m < moves; m += 4, out += 256) {
    const y0 = row + position(m)
    const y1 = row + position(m + 1)
    const y2 = row + position(m + 2)
    const y3 = row + position(m + 3)
    storeLanes(out, smallProducts(fixedWindow, y0, y1, y2, y3, length))
  }
}

/** The first `count` listed photons look up their partners. */
export function multiplyListed(row: usize, moves: usize, count: usize, out: usize): void {
  const end = photons + 8 * count
  for (let m: usize = 0; m < moves; m += 4, out += 256) {
    const y0 = row + position(m)
    const y1 = row + position(m + 1)
    const y2 = row + position(m + 2)
    const y3 = row + position(m + 3)
    let sum0: i32 = 0
    let sum1: i32 = 0
    let sum2: i32 = 0
    let sum3: i32 = 0
    for (let at = photons; at < end; at += 8) {
      const k = <usize>load<u32>(at)
      const value = load<i32>(at, 4)
      sum0 += value * <i32>load<u8>(y0 + k)
      sum1 += value * <i32>load<u8>(y1 + k)
      sum2 += value * <i32>load<u8>(y2 + k)
      sum3 += value * <i32>load<u8>(y3 + k)
    }
    store<i32>(out, sum0)
    store<i32>(out, sum1, 64)
    store<i32>(out, sum2, 128)
    store<i32>(out, sum3, 192)
  }
}

/** Words of a row of bits at offsets that are known, which loads take for nothing. */
@unmanaged
class Words {
  w0: u64
  w1: u64
  w2: u64
  w3: u64
  w4: u64
  w5: u64
  w6: u64
  w7: u64
  w8: u64
}

/**
 * Bits: `shifted` holds the fixed window as eight rows of `words` words, an odd number from 3 on; `row` has bit k mod 8 of byte floor(k / 8)
 * for position k. Engines load all that lies between two branches at once: few words at a time stay in registers.
 */
export function multiplyBits(row: usize, moves: usize, words: usize, out: usize): void {
  for (let m: usize = 0; m < moves; m++, out += 64) {
    const at = position(m)
    const x = changetype<Words>(shifted + (at & 7) * (8 * words))
    const y = changetype<Words>(row + (at >> 3))
    let sum = popcnt(x.w0 & y.w0) + popcnt(x.w1 & y.w1) + popcnt(x.w2 & y.w2)
    if (words > 3) sum += popcnt(x.w3 & y.w3) + popcnt(x.w4 & y.w4)
    if (words > 5) sum += popcnt(x.w5 & y.w5) + popcnt(x.w6 & y.w6)
    if (words > 7) sum += popcnt(x.w7 & y.w7) + popcnt(x.w8 & y.w8)
    if (words > 9) sum += onesOf(words - 9, changetype<usize>(x) + 72, changetype<usize>(y) + 72)
    store<i32>(out, <i32>sum)
  }
}

/** An even number of words. */
function onesOf(words: usize, xAt: usize, yAt: usize): u64 {
  let sum: u64 = 0
  for (const end = xAt + 8 * words; xAt < end; xAt += 16, yAt += 16) {
    const x = changetype<Words>(xAt)
    const y = changetype<Words>(yAt)
    sum += popcnt(x.w0 & y.w0) + popcnt(x.w1 & y.w1)
  }
  return sum
}
