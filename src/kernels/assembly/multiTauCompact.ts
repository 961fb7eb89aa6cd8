// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Levels of integers in the compact form, two samples of int16 in each 32-bit lane, so that one dot product takes two steps in time:
//
//     even[k] = (x(2k), x(2k + 1))     odd[k] = (x(2k + 1), x(2k + 2))     four elements per vector
//
// Sample 0 is the first of the history, which is even. Four groups of four elements make the tile. The later sample of a pair is
// read from even, the earlier from even or odd by the parity of the lag. Sums of int32 are exact by the caller's choice of levels.
import {
  history, levelCount, levelDeficitList, levelDeficits, levelLagList, levelLags, scratch, slotOf, state,
  sumsG2, sumsIF, sumsIP, sumsOf, values, word,
} from './multiTauPlace'
import { rowsAt } from './multiTauExact'
import { copyVectors, eight } from './multiTauValues'

/** Bytes between the even and the odd samples: a constant, so that it lies in the instructions. */
@inline
const toOdd: usize = 12352
/** Two areas of even and odd samples, then sums of a group. */
const areaBytes: usize = 24704
const dotsAt: usize = 49408

@inline
function area(level: usize): usize {
  return scratch + (level & 1) * areaBytes
}

@inline
function groupBytes(): usize {
  return (history / 2 + 128) * 16
}

/** Rows of a tile to the even samples of level 0. */
export function compactRows<T>(tile: usize, at: usize, stride: usize, count: usize): void {
  const group = groupBytes()
  let to = area(0) + 8 * history
  let from = at + tile * 16 * sizeof<T>()
  for (let k: usize = 0; k < count; k += 2) {
    const a0 = eight<T>(from)
    const a1 = eight<T>(from + 8 * sizeof<T>())
    const b0 = eight<T>(from + stride)
    const b1 = eight<T>(from + stride + 8 * sizeof<T>())
    v128.store(to, i16x8.shuffle(a0, b0, 0, 8, 1, 9, 2, 10, 3, 11))
    v128.store(to + group, i16x8.shuffle(a0, b0, 4, 12, 5, 13, 6, 14, 7, 15))
    v128.store(to + 2 * group, i16x8.shuffle(a1, b1, 0, 8, 1, 9, 2, 10, 3, 11))
    v128.store(to + 3 * group, i16x8.shuffle(a1, b1, 4, 12, 5, 13, 6, 14, 7, 15))
    from += 2 * stride
    to += 16
  }
}

/** Photons of a tile to the even samples of level 0; cursors of the lists move on to the next tile. */
export function compactPhotons(tile: usize, lists: usize, count: usize, firstElement: usize): void {
  const group = groupBytes()
  const to = area(0) + 8 * history
  for (let q: usize = 0; q < 4; q++) memory.fill(to + q * group, 0, 8 * count)
  const begin = firstElement + 16 * tile
  const end = <u32>(begin + 16)
  for (let l: usize = 0; l < lists; l++) {
    const list = word(11) + 24 * l
    const elements = <usize>load<u32>(list)
    const event = <usize>load<u32>(list, 4)
    const value = <usize>load<u32>(list, 8)
    const length = <usize>load<u32>(list, 12)
    const ticks = <usize>load<u32>(list, 16)
    let cursor = <usize>load<u32>(list, 20)
    for (; cursor < length; cursor++) {
      const element = load<u32>(elements + 4 * cursor)
      if (element >= end) break
      const tick = load<i32>(ticks + 4 * <usize>load<u16>(event + 2 * cursor))
      if (tick < 0) continue
      const lane = <usize>element - begin
      store<u16>(to + (lane >> 2) * group + 8 * (<usize>tick & ~1) + 4 * (lane & 3) + 2 * (<usize>tick & 1), load<u16>(value + 2 * cursor))
    }
    store<u32>(list, <u32>cursor, 20)
  }
}

/** Odd samples from even ones. */
@inline
function makeOdd(even: usize, pairs: usize): void {
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
function dotEight(later: usize, earlier: usize, pairs: usize, out: usize): void {
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
function dotFour(later: usize, earlier: usize, pairs: usize, out: usize): void {
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

/** Add four int32 to four float64 sums. */
@inline
function addFour(at: usize, sum: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.convert_low_i32x4_s(sum)))
  const high = i32x4.shuffle(sum, sum, 2, 3, 2, 3)
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.convert_low_i32x4_s(high)), 16)
}

/** Sample `index` of four elements. */
@inline
function sample(even: usize, index: usize): v128 {
  const both = v128.load(even + 8 * (index & ~1))
  return i32x4.shr_s((index & 1) == 0 ? i32x4.shl(both, 16) : both, 16)
}

/** G2 of all lags of one group; the list of lags descends. */
@inline
function addG2(even: usize, pairs: usize, level: usize, tile: usize, column: usize): void {
  const list = levelLagList(level)
  const lags = levelLags(level)
  const later = even + 8 * history
  const out = scratch + dotsAt
  for (let g: usize = 0; g < lags; ) {
    const first = (<usize>load<i32>(list + 8 * g) + 1) & ~1
    const earlier = later - 8 * first
    const many = first > 3 + <usize>load<i32>(list + 8 * (lags - 1))
    if (many) dotEight(later, earlier, pairs, out)
    else dotFour(later, earlier, pairs, out)
    const covered: usize = many ? 8 : 4
    for (; g < lags; g++) {
      const step = first - <usize>load<i32>(list + 8 * g)
      if (step >= covered) break
      addFour(sumsG2 + sumsOf(tile, <usize>load<i32>(list + 8 * g, 4)) + column, v128.load(out + 16 * step))
    }
  }
}

/** IP and IF of all lags of one group: the new samples' total, shifted by the ends; then less what was missing. */
@inline
function addIntensities(even: usize, count: usize, total: v128, level: usize, tile: usize, column: usize): void {
  const list = levelLagList(level)
  const missing = levelDeficits(level)
  let shift = i32x4.splat(0)
  let reached: usize = 0
  for (let g = levelLags(level); g > 0; g--) {
    const lag = <usize>load<i32>(list + 8 * (g - 1))
    for (; reached < lag; reached++) {
      shift = i32x4.add(shift, i32x4.sub(sample(even, history - 1 - reached), sample(even, history + count - 1 - reached)))
    }
    let past = i32x4.shl(i32x4.add(total, shift), <i32>level)
    let future = i32x4.shl(total, <i32>level)
    for (let m: usize = 0; m < missing; m++) {
      const index = <usize>load<i32>(levelDeficitList(level) + 8 * m)
      const weight = i32x4.splat(load<i32>(levelDeficitList(level) + 8 * m, 4))
      if (index >= history) past = i32x4.sub(past, i32x4.mul(weight, sample(even, index - lag)))
      if (index + lag >= history && index + lag < history + count) {
        future = i32x4.sub(future, i32x4.mul(weight, sample(even, index + lag)))
      }
    }
    const at = sumsOf(tile, <usize>load<i32>(list + 8 * (g - 1), 4)) + column
    addFour(sumsIP + at, past)
    addFour(sumsIF + at, future)
  }
}

/** Pair sums to the even samples of the next level; returns their total. */
@inline
function halveCompact(from: usize, to: usize, pairs: usize): v128 {
  const ones = i16x8.splat(1)
  const low = i32x4.splat(0xffff)
  let total = i32x4.splat(0)
  const end = from + 16 * pairs
  while (from < end) {
    const a = i32x4.dot_i16x8_s(v128.load(from), ones)
    const b = i32x4.dot_i16x8_s(v128.load(from, 16), ones)
    total = i32x4.add(total, i32x4.add(a, b))
    v128.store(to, v128.or(v128.and(a, low), i32x4.shl(b, 16)))
    from += 32
    to += 16
  }
  return total
}

/** Pair sums to float64 rows; returns their total. */
@inline
function halveToRows(from: usize, rows: usize, pairs: usize): v128 {
  const ones = i16x8.splat(1)
  let total = i32x4.splat(0)
  for (let k: usize = 0; k < pairs; k++) {
    const a = i32x4.dot_i16x8_s(v128.load(from + 16 * k), ones)
    total = i32x4.add(total, a)
    v128.store(rows + 128 * k, f64x2.convert_low_i32x4_s(a))
    v128.store(rows + 128 * k, f64x2.convert_low_i32x4_s(i32x4.shuffle(a, a, 2, 3, 2, 3)), 16)
  }
  return total
}

/** One level of one tile whose new samples lie in its area; `last` hands over to the float64 levels. */
export function compactLevel(tile: usize, level: usize, last: bool): void {
  const group = groupBytes()
  const count = levelCount(level)
  const pairs = count / 2
  const half = 8 * history
  for (let q: usize = 0; q < 4; q++) {
    const even = area(level) + q * group
    const kept = state + slotOf(tile, level) + q * half
    copyVectors(even, kept, half)
    makeOdd(even, history / 2 + pairs)
    addG2(even, pairs, level, tile, 32 * q)
    const total = last
      ? halveToRows(even + half, rowsAt(level + 1) + 128 * history + 32 * q, pairs)
      : halveCompact(even + half, area(level + 1) + q * group + half, pairs)
    addIntensities(even, count, total, level, tile, 32 * q)
    if (level == 0) addFour(values + tile * 128 + 32 * q, total)
    copyVectors(kept, even + 16 * pairs, half)
  }
}

/** State of a level of all tiles into the compact form, or back into rows. */
export function compactTiles(level: usize, tiles: usize, compact: bool): void {
  const copy = scratch + 65536
  for (let tile: usize = 0; tile < tiles; tile++) {
    const slot = state + slotOf(tile, level)
    copyVectors(copy, slot, 128 * history)
    for (let i: usize = 0; i < history; i++) {
      for (let element: usize = 0; element < 16; element++) {
        const row = 128 * i + 8 * element
        const pair = (element >> 2) * 8 * history + 8 * (i & ~1) + 4 * (element & 3) + 2 * (i & 1)
        if (compact) store<i16>(slot + pair, <i16>load<f64>(copy + row))
        else store<f64>(slot + row, <f64>load<i16>(copy + pair))
      }
    }
  }
}
