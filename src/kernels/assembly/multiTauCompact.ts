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
function addDots(list: usize, end: usize, first: usize, covered: usize, sums: usize, out: usize): usize {
  for (; list < end; list += 8) {
    const step = first - <usize>load<i32>(list)
    if (step >= covered) break
    addFour(sums + <usize>load<i32>(list, 4), v128.load(out + 16 * step))
  }
  return list
}

/** Take from IP and IF of one group at `offset` what missing events do not give. */
function takeMissed(even: usize, count: usize, level: usize, list: usize, end: usize, offset: usize): void {
  for (; list < end; list += 8) {
    const lag = <usize>load<i32>(list)
    const at = offset + <usize>load<i32>(list, 4)
    addFour(sumsIP + at, i32x4.neg(missed(even, level, 0 - lag, history, history + count)))
    addFour(sumsIF + at, i32x4.neg(missed(even, level, lag, history - lag, history + count - lag)))
  }
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

function passEight(even: usize, next: usize, pairs: usize, out: usize): v128 {
  return pass<u8>(even, next, pairs, out)
}

function passFour(even: usize, next: usize, pairs: usize, out: usize): v128 {
  return pass<u16>(even, next, pairs, out)
}

/** One level of one tile whose new samples lie in its area; `last` hands over to the float64 levels. */
export function compactLevel(tile: usize, level: usize, last: bool): void {
  const group = groupBytes()
  const count = levelCount(level)
  const pairs = count / 2
  const half = 8 * history
  const out = scratch + dotsAt
  const list = levelLagList(level)
  const end = list + 8 * levelLags(level)
  const largest = list < end ? <usize>load<i32>(list) : 0
  const smallest = list < end ? <usize>load<i32>(end - 8) : 0
  const spans = largest - smallest
  const onePass = !last && largest == history && spans < 8
  const missing = levelDeficits(level) > 0
  const totals = state + slotOf(tile, level) + 128 * history
  let kept = state + slotOf(tile, level)
  let even = area(level)
  let next = area(level + 1) + half
  for (let q: usize = 0; q < 4; q++) {
    const offset = sumsOf(tile, 0) + 32 * q
    copyVectors(even, kept, half)
    let total: v128
    if (onePass) {
      total = spans < 4 ? passFour(even, next, pairs, out) : passEight(even, next, pairs, out)
      addDots(list, end, history, 8, sumsG2 + offset, out)
    } else {
      makeOdd(even, history / 2 + pairs)
      if (list < end) addG2(even + half, pairs, list, end, sumsG2 + offset, out)
      total = last
        ? halveToRows(even + half, rowsAt(level + 1) + 128 * history + 32 * q, pairs)
        : halveCompact(even + half, next, pairs)
    }
    if (missing) takeMissed(even, count, level, list, end, offset)
    addFour(totals + 32 * q, total)
    copyVectors(kept, even + 16 * pairs, half)
    kept += half
    even += group
    next += group
  }
}

/**
 * State of a level of all tiles into the compact form, or back into rows. Between the two IP and IF lack what follows from the total
 * of the samples, which is gathered in place of the sample that waits (there is none): over n stretches in a row
 *
 *     IF += 2^level total     IP += 2^level (total + last samples before the first stretch - last samples after the last stretch)
 */
export function compactTiles(level: usize, tiles: usize, compact: bool, list: usize, lags: usize): void {
  const rows = scratch + 65536
  for (let tile: usize = 0; tile < tiles; tile++) {
    const slot = state + slotOf(tile, level)
    const total = slot + 128 * history
    copyVectors(rows, slot, 128 * history)
    if (!compact) {
      toRows(slot, rows)
      copyVectors(rows, slot, 128 * history)
    }
    for (let column: usize = 0; column < 128; column += 16) {
      settle(tile, level, rows + column, v128.load(total + column), column, list, lags, compact)
      v128.store(total + column, f64x2.splat(0))
    }
    if (compact) fromRows(slot, rows)
  }
}

/** Two elements of a tile, whose history ends the `rows`. */
function settle(tile: usize, level: usize, rows: usize, total: v128, column: usize, list: usize, lags: usize, compact: bool): void {
  const scale = f64x2.splat(<f64>((<u64>1) << level))
  let last = f64x2.splat(0)
  let reached: usize = 0
  for (let at = list + 8 * lags; at > list; ) {
    at -= 8
    const lag = <usize>load<i32>(at)
    for (; reached < lag; reached++) last = f64x2.add(last, v128.load(rows + 128 * (history - 1 - reached)))
    const sums = sumsOf(tile, 0) + <usize>load<i32>(at, 4) + column
    if (compact) addTwo(sumsIP + sums, f64x2.mul(scale, last))
    else {
      addTwo(sumsIP + sums, f64x2.mul(scale, f64x2.sub(total, last)))
      addTwo(sumsIF + sums, f64x2.mul(scale, total))
    }
  }
  if (!compact && level == 0) addTwo(values + tile * 128 + column, total)
}

@inline
function addTwo(at: usize, value: v128): void {
  v128.store(at, f64x2.add(v128.load(at), value))
}

/** Where sample `index` of an element lies in the compact form. */
@inline
function compactAt(index: usize, element: usize): usize {
  return (element >> 2) * 8 * history + 8 * (index & ~1) + 4 * (element & 3) + 2 * (index & 1)
}

function fromRows(slot: usize, rows: usize): void {
  for (let i: usize = 0; i < history; i++) {
    for (let element: usize = 0; element < 16; element++) {
      store<i16>(slot + compactAt(i, element), <i16>load<f64>(rows + 128 * i + 8 * element))
    }
  }
}

function toRows(slot: usize, copy: usize): void {
  for (let i: usize = 0; i < history; i++) {
    for (let element: usize = 0; element < 16; element++) {
      store<f64>(slot + 128 * i + 8 * element, <f64>load<i16>(copy + compactAt(i, element)))
    }
  }
}
