// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A tile of 16 elements through a compact level: values in, sums out, pair sums to the next level.
import {
  history, levelCount, levelDeficitList, levelDeficits, levelLagList, levelLags, photonList, scratch, slotOf, sumsG2, sumsIF, sumsIP, sumsOf,
  values, word,
} from './multiTauPlace'
import { dotEight, dotFour, makeOdd, passEight, passFour, toOdd } from './multiTauDots'
import { rowsAt } from './multiTauExact'
import { dotsAt, stretchTicks } from './multiTauSizes'
import { stagedTile } from './multiTauStage'
import { copyVectors, eight } from './multiTauValues'

/** Even and odd samples of a level. */
const areaBytes: usize = 2 * toOdd

@inline
export function area(level: usize): usize {
  return scratch + (level & 1) * areaBytes
}

@inline
export function groupBytes(): usize {
  return (history / 2 + stretchTicks / 2) * 16
}

/** Quads of uint8 of a tile to the even samples of level 0. */
export function compactQuads(tile: usize, at: usize, count: usize): void {
  const group = groupBytes()
  const first = i8x16(0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13, -1)
  const last = i8x16(2, -1, 3, -1, 6, -1, 7, -1, 10, -1, 11, -1, 14, -1, 15, -1)
  let to = area(0) + 8 * history
  let from = stagedTile(at, tile, 1)
  for (const end = from + 16 * count; from < end; from += 64) {
    for (let g: usize = 0; g < 4; g++) {
      const quad = v128.load(from + 16 * g)
      v128.store(to + g * group, i8x16.swizzle(quad, first))
      v128.store(to + g * group, i8x16.swizzle(quad, last), 16)
    }
    to += 32
  }
}

/** Rows of a tile to the even samples of level 0. */
export function compactRows<T>(tile: usize, at: usize, count: usize): void {
  const group = groupBytes()
  let to = area(0) + 8 * history
  let from = stagedTile(at, tile, sizeof<T>())
  const stride = 16 * sizeof<T>()
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

/** Add to a sample of a tile at an area's new samples `to`. */
@inline
export function addSample(to: usize, element: usize, tick: usize, value: u32, bytes: bool): void {
  const group = to + (element >> 2) * groupBytes()
  if (bytes) {
    const at = group + 16 * (tick >> 2) + 4 * (element & 3) + (tick & 3)
    store<u8>(at, load<u8>(at) + <u8>value)
  } else {
    const at = group + 8 * (tick & ~1) + 4 * (element & 3) + 2 * (tick & 1)
    store<u16>(at, load<u16>(at) + <u16>value)
  }
}

/** Photons of a tile in the ticks from `first` on to level 0, as bytes or even samples; cursors of the lists move on to the next tile. */
export function compactPhotons(tile: usize, lists: usize, first: usize, count: usize, firstElement: usize, bytes: bool): void {
  const to = area(0) + 8 * history
  for (let q: usize = 0; q < 4; q++) memory.fill(to + q * groupBytes(), 0, bytes ? 4 * count : 8 * count)
  const begin = firstElement + 16 * tile
  const end = <u32>(begin + 16)
  for (let l: usize = 0; l < lists; l++) {
    const list = word(11) + photonList * l
    const elements = <usize>load<u32>(list)
    const event = <usize>load<u32>(list, 4)
    const value = <usize>load<u32>(list, 8)
    const length = <usize>load<u32>(list, 12)
    const ticks = <usize>load<u32>(list, 16)
    let cursor = <usize>load<u32>(list, 20)
    for (; cursor < length; cursor++) {
      const element = load<u32>(elements + 4 * cursor)
      if (element >= end) break
      const tick = load<i32>(ticks + 4 * <usize>load<u16>(event + 2 * cursor)) - <i32>first
      if (<u32>tick >= <u32>count) continue
      addSample(to, <usize>element - begin, <usize>tick, <u32>load<u16>(value + 2 * cursor), bytes)
    }
    store<u32>(list, <u32>cursor, 20)
  }
}

/** Add four int32 to four float64 sums. */
@inline
export function addFour(at: usize, sum: v128): void {
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

/** G2 of all lags of one group at `sums`; the list of lags descends. */
@inline
function addG2(later: usize, pairs: usize, list: usize, end: usize, sums: usize, out: usize): void {
  const smallest = <usize>load<i32>(end - 8)
  while (list < end) {
    const first = (<usize>load<i32>(list) + 1) & ~1
    const many = first > 3 + smallest
    if (many) dotEight(later, later - 8 * first, pairs, out)
    else dotFour(later, later - 8 * first, pairs, out)
    list = addDots(list, end, first, many ? 8 : 4, sums, out)
  }
}

/** Add the dot products of the lags `first`, `first` - 1, ... that are in the list; returns where the list goes on. */
@inline
export function addDots(list: usize, end: usize, first: usize, covered: usize, sums: usize, out: usize): usize {
  for (; list < end; list += 8) {
    const step = first - <usize>load<i32>(list)
    if (step >= covered) break
    addFour(sums + <usize>load<i32>(list, 4), v128.load(out + 16 * step))
  }
  return list
}

/** Add to what IP and IF of one group at `offset` lack. */
function addLacks(even: usize, count: usize, level: usize, list: usize, end: usize, offset: usize): void {
  for (; list < end; list += 8) {
    const lag = <usize>load<i32>(list)
    const at = offset + <usize>load<i32>(list, 4)
    addLack(sumsIP + at, missed(even, level, 0 - lag, history, history + count))
    addLack(sumsIF + at, missed(even, level, lag, history - lag, history + count - lag))
  }
}

/** Where nothing is missing, nothing is written. */
@inline
function addLack(at: usize, sum: v128): void {
  if (v128.any_true(sum)) addFour(at, sum)
}

/** Sum of missing ticks of sample i times sample i + shift, over the deficits with from <= i < to. */
function missed(even: usize, level: usize, shift: usize, from: usize, to: usize): v128 {
  const list = levelDeficitList(level)
  const count = levelDeficits(level)
  let sum = i32x4.splat(0)
  for (let m: usize = 0; m < count; m++) {
    const index = <usize>load<i32>(list + 8 * m)
    if (index < from || index >= to) continue
    sum = i32x4.add(sum, i32x4.mul(i32x4.splat(load<i32>(list + 8 * m, 4)), sample(even, index + shift)))
  }
  return sum
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

/** One level of four elements of a tile, the `group`-th, whose new samples lie in their area; `last` hands over to the float64 levels. */
export function compactLevel(tile: usize, group: usize, level: usize, last: bool): void {
  const count = levelCount(level)
  const pairs = count / 2
  const half = 8 * history
  const out = scratch + dotsAt
  const list = levelLagList(level)
  const end = list + 8 * levelLags(level)
  const largest = list < end ? <usize>load<i32>(list) : 0
  const smallest = list < end ? <usize>load<i32>(end - 8) : 0
  const spans = largest - smallest
  const kept = slotOf(tile, level) + group * half
  const even = area(level) + group * groupBytes()
  const next = area(level + 1) + half + group * groupBytes()
  const offset = sumsOf(tile, 0) + 32 * group
  copyVectors(even, kept, half)
  let total: v128
  if (!last && largest == history && spans < 8) {
    total = spans < 4 ? passFour(even, next, pairs, out) : passEight(even, next, pairs, out)
    addDots(list, end, history, 8, sumsG2 + offset, out)
  } else {
    makeOdd(even, history / 2 + pairs)
    if (list < end) addG2(even + half, pairs, list, end, sumsG2 + offset, out)
    total = last
      ? halveToRows(even + half, rowsAt(level + 1) + 128 * history + 32 * group, pairs)
      : halveCompact(even + half, next, pairs)
  }
  if (levelDeficits(level) > 0) addLacks(even, count, level, list, end, offset)
  if (level == 0) addFour(values + tile * 128 + 32 * group, total)
  copyVectors(kept, even + 16 * pairs, half)
}
