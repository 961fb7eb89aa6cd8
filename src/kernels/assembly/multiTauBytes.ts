// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The lowest compact levels as bytes, 16 of which are multiplied at a time, by relaxed SIMD or as twos.ts does it: while all samples are
// at most `mostByte`, sums of a few products fit 16 bits and are moved to 32 bits from time to time.
//
//     quad[k] = (x(4k), x(4k + 1), x(4k + 2), x(4k + 3))     four elements per vector
//
// The state of these levels keeps the form of multiTauDots.ts.
import { addDots, addFour, area, groupBytes } from './multiTauCompact'
import { history, levelCount, levelDeficits, levelLagList, levelLags, scratch, slotOf, sumsG2, sumsOf, values, word } from './multiTauPlace'
import { dotsAt } from './multiTauSizes'

/** With relaxed SIMD four products of such samples fit 16 bits, and are worth it; without it two fit 8 bits. */
const mostByte: usize = ASC_FEATURE_RELAXED_SIMD ? 63 : 11
const levelsMax: usize = 5

/** Samples as `addProducts` wants them: without relaxed SIMD, neighbours exchanged. */
@inline
function factors(x: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? x : i8x16.shuffle(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
}

/** Products of 16 bytes, one of both `factors`, added in pairs to 16 bits. */
@inline
function addProducts(sum: v128, a: v128, b: v128): v128 {
  return i16x8.add(sum, ASC_FEATURE_RELAXED_SIMD ? i16x8.relaxed_dot_i8x16_i7x16_s(a, b) : i16x8.shr_u(i16x8.mul(a, b), 8))
}

/** Sums of 16 products in pairs: for the self-test. */
export function shortProduct(x: usize, y: usize, out: usize): void {
  v128.store(out, addProducts(i16x8.splat(0), factors(v128.load(x)), v128.load(y)))
}

/** How many of the compact levels take bytes when no value is larger than `largest`: they have the lags 8, 7, ..., whole pairs of quads and no missing event. */
export function byteLevels(compacted: usize, largest: usize): usize {
  if (history != 8) return 0
  let level: usize = 0
  for (; level < levelsMax && level + 1 < compacted && largest << level <= mostByte; level++) {
    const list = levelLagList(level)
    const lags = levelLags(level)
    if (levelCount(level) % 8 != 0 || levelDeficits(level) > 0 || lags == 0 || load<i32>(list) != 8 || load<i32>(list + 8 * lags - 8) < 1) break
  }
  return level
}

/** Two vectors of pairs of samples as a quad. */
@inline
function quadOf(first: v128, last: v128): v128 {
  return i8x16.narrow_i16x8_u(i32x4.shuffle(first, last, 0, 4, 1, 5), i32x4.shuffle(first, last, 2, 6, 3, 7))
}

/** A quad as two vectors of pairs. */
@inline
function storePairs(to: usize, quad: v128): void {
  const low = i16x8.extend_low_i8x16_u(quad)
  const high = i16x8.extend_high_i8x16_u(quad)
  v128.store(to, i32x4.shuffle(low, high, 0, 2, 4, 6))
  v128.store(to, i32x4.shuffle(low, high, 1, 3, 5, 7), 16)
}

/** The quad `ticks` samples earlier than `quad`, which follows `before`. */
@inline
function earlier(quad: v128, before: v128, ticks: i32): v128 {
  return v128.or(i32x4.shl(quad, 8 * ticks), i32x4.shr_u(before, 32 - 8 * ticks))
}

@inline
function flush(out: usize, sums: v128): void {
  v128.store(out, i32x4.add(v128.load(out), i32x4.extadd_pairwise_i16x8_s(sums)))
}

/**
 * `quads` quads from `from` on, `stride` bytes apart, after those of the state `kept`: dot products with the lags 8, 7, ... to `out`, int32 [8][4], then
 * the total; pair sums to `next` as quads or pairs. Sums of 16 bits last for `most` quads. T = u8 for eight lags, u16 for four.
 */
@inline
function pass<T>(from: usize, stride: usize, quads: usize, kept: usize, next: usize, toBytes: bool, most: usize, out: usize): void {
  let p = quadOf(v128.load(kept), v128.load(kept, 16))
  let q = quadOf(v128.load(kept, 32), v128.load(kept, 48))
  let e1 = earlier(q, p, 1)
  let e2 = earlier(q, p, 2)
  let e3 = earlier(q, p, 3)
  memory.fill(out, 0, 144)
  for (let done: usize = 0; done < quads; ) {
    const end = min(done + most, quads)
    let total = i16x8.splat(0)
    let s0 = total
    let s1 = total
    let s2 = total
    let s3 = total
    let s4 = total
    let s5 = total
    let s6 = total
    let s7 = total
    for (; done < end; done += 2) {
      const x = v128.load(from)
      const f = factors(x)
      s0 = addProducts(s0, f, p)
      s1 = addProducts(s1, f, e3)
      s2 = addProducts(s2, f, e2)
      s3 = addProducts(s3, f, e1)
      e1 = earlier(x, q, 1)
      e2 = earlier(x, q, 2)
      e3 = earlier(x, q, 3)
      if (sizeof<T>() == 1) {
        s4 = addProducts(s4, f, q)
        s5 = addProducts(s5, f, e3)
        s6 = addProducts(s6, f, e2)
        s7 = addProducts(s7, f, e1)
      }
      const y = v128.load(from + stride)
      const g = factors(y)
      s0 = addProducts(s0, g, q)
      s1 = addProducts(s1, g, e3)
      s2 = addProducts(s2, g, e2)
      s3 = addProducts(s3, g, e1)
      e1 = earlier(y, x, 1)
      e2 = earlier(y, x, 2)
      e3 = earlier(y, x, 3)
      if (sizeof<T>() == 1) {
        s4 = addProducts(s4, g, x)
        s5 = addProducts(s5, g, e3)
        s6 = addProducts(s6, g, e2)
        s7 = addProducts(s7, g, e1)
      }
      const a = i16x8.extadd_pairwise_i8x16_u(x)
      const b = i16x8.extadd_pairwise_i8x16_u(y)
      total = i16x8.add(total, i16x8.add(a, b))
      if (toBytes) {
        v128.store(next, quadOf(a, b))
        next += 16
      } else {
        v128.store(next, a)
        v128.store(next, b, 16)
        next += 32
      }
      p = x
      q = y
      from += 2 * stride
    }
    flush(out, s0)
    flush(out + 16, s1)
    flush(out + 32, s2)
    flush(out + 48, s3)
    if (sizeof<T>() == 1) {
      flush(out + 64, s4)
      flush(out + 80, s5)
      flush(out + 96, s6)
      flush(out + 112, s7)
    }
    flush(out + 128, total)
  }
  storePairs(kept, p)
  storePairs(kept + 32, q)
}

function passEight(from: usize, stride: usize, quads: usize, kept: usize, next: usize, toBytes: bool, most: usize, out: usize): void {
  pass<u8>(from, stride, quads, kept, next, toBytes, most, out)
}

function passFour(from: usize, stride: usize, quads: usize, kept: usize, next: usize, toBytes: bool, most: usize, out: usize): void {
  pass<u16>(from, stride, quads, kept, next, toBytes, most, out)
}

/** One level of four elements of a tile, the `group`-th, whose new samples lie as quads from `from` on; the next level takes bytes or pairs. */
export function byteLevel(tile: usize, group: usize, level: usize, from: usize, stride: usize, toBytes: bool): void {
  const kept = slotOf(tile, level) + group * 8 * history
  const next = area(level + 1) + 8 * history + group * groupBytes()
  const list = levelLagList(level)
  const end = list + 8 * levelLags(level)
  const sample = max(word(9), 1) << level
  const most = (32767 / (2 * sample * sample)) & ~1
  const quads = levelCount(level) / 4
  const out = scratch + dotsAt
  if (load<i32>(end - 8) > 4) passFour(from, stride, quads, kept, next, toBytes, most, out)
  else passEight(from, stride, quads, kept, next, toBytes, most, out)
  addDots(list, end, 8, 8, sumsG2 + sumsOf(tile, 0) + 32 * group, out)
  if (level == 0) addFour(values + tile * 128 + 32 * group, v128.load(out, 128))
}
