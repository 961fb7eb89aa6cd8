// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Counts that are almost all 0 or 1 (uint8): x = b + e with b one bit, and e = x - 1 listed where x > 1 (exceptions).
//
//     x(t) x(t') = b b' + e b' + x e'
//
// b b' is an AND of two rows of bits; e b' looks up moving values, x e' fixed ones, for the few exceptions there are.
import { copyExceptions, isPlain } from './bitPlaces'
import { count, firstVector, lastVector, position } from './foldCall'
import { listPhotons } from './lookup'
import { multiplyBits } from './multiply'
import { addExceptions, addPairsToLane, listFixedBits, tooMany } from './pairs'
import { bitRow, exceptionsMost, fixedExceptions, fixedWindow, movingExceptions, photons, shifted } from './scratch'

/** Words of the fixed window, one more for what a shift carries over, and an odd number. */
let words: usize = 0
let fixedCount: usize = 0
/** Exceptions of the row, each once. */
let movingCount: usize = 0
/** Bit k of the moving row is bit k mod 8 of the byte at rowBits + floor(k / 8). */
let rowBits: usize = 0

@inline
function wordsOf(length: usize): usize {
  return ((length + 63) / 64 + 1) | 1
}

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

/** Keep of the row's exceptions those at positions of the ring, and of their copies in the mirror those that have no other. */
function keepOnce(first: usize, span: usize): void {
  let kept: usize = 0
  for (let i: usize = 0; i < movingCount; i++) {
    let at = <usize>load<u32>(movingExceptions + 8 * i) + first
    if (at >= span) {
      at -= span
      if (at >= first) continue
    }
    store<u32>(movingExceptions + 8 * kept, <u32>at)
    store<u32>(movingExceptions + 8 * kept, load<u32>(movingExceptions + 8 * i, 4), 4)
    kept++
  }
  movingCount = kept
}

/** Make ready for one element of a uint8 ring, whose fixed window is taken; false when there are too many exceptions. */
export function prepareBits(row: usize, length: usize, span: usize): bool {
  words = wordsOf(length)
  memory.fill(shifted, 0, words << 3)
  fixedCount = takeBits(fixedWindow, length >> 4, shifted, fixedExceptions)
  if (fixedCount == tooMany) return false
  movingCount = takeBits(row + (firstVector << 4), lastVector - firstVector + 1, bitRow, movingExceptions)
  if (movingCount == tooMany) return false
  keepOnce(firstVector << 4, span)
  rowBits = bitRow - (firstVector << 1)
  return true
}

/** The fixed window of a row of bits as row 0 of `shifted`; returns the number of ones, which is 0 when all values are 0. */
export function takeFixed(row: usize, position: usize, length: usize): i64 {
  const shift = <u64>(position & 7)
  words = wordsOf(length)
  rowBits = row
  let ones: u64 = 0
  let from = row + (position >> 3)
  for (let w: usize = 0; w < words; w++, from += 8) {
    const behind = <i32>length - <i32>(w << 6)
    let word = (load<u64>(from) >> shift) | ((<u64>load<u8>(from, 8) << 1) << (63 - shift))
    if (behind <= 0) word = 0
    else if (behind < 64) word &= (<u64>1 << <u64>behind) - 1
    store<u64>(shifted + (w << 3), word)
    ones += popcnt(word)
  }
  return <i64>ones
}

/** After takeFixed: the exceptions of the row and of the fixed window; returns the sum of the latter, or -1: too many. */
export function takeExceptions(list: usize, fixedPosition: usize, length: usize, span: usize): i64 {
  fixedCount = 0
  movingCount = 0
  if (isPlain(list)) return 0
  movingCount = copyExceptions(list, movingExceptions, exceptionsMost)
  if (movingCount > exceptionsMost) return -1
  let sum: i64 = 0
  for (let i: usize = 0; i < movingCount; i++) {
    const e = load<u32>(movingExceptions + 8 * i, 4)
    let k = <i32>load<u32>(movingExceptions + 8 * i) - <i32>fixedPosition
    if (k < 0) k += <i32>span
    if (k >= <i32>length) continue
    store<u32>(fixedExceptions + 8 * fixedCount, <u32>k)
    store<u32>(fixedExceptions + 8 * fixedCount, e, 4)
    fixedCount++
    sum += <i64>e
  }
  return sum
}

/** Exceptions of the row, and how many of them lie in the fixed window as well. */
@inline
export function listedExceptions(): usize {
  return movingCount
}

/** Sixteen bits as 0 and 1. */
@inline
function unpack(from: usize): v128 {
  const both = v128.load_splat<u16>(from)
  const spread = i8x16.shuffle(both, both, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
  const bit = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128)
  return i8x16.neg(i8x16.eq(v128.and(spread, bit), bit))
}

/** The vectors [from, to) of a row of bits as uint8, without exceptions. */
export function unpackVectors(row: usize, from: usize, to: usize, out: usize): void {
  for (let v = from; v < to; v++) v128.store(out + (v << 4), unpack(row + (v << 1)))
}

/** After takeExceptions: the fixed window as uint8, zero from `length` to four vectors behind `whole`. */
export function unpackFixed(length: usize, whole: usize): void {
  unpackVectors(shifted, 0, whole >> 4, fixedWindow)
  memory.fill(fixedWindow + whole, 0, 64)
  for (let i: usize = 0; i < fixedCount; i++) {
    store<u8>(fixedWindow + <usize>load<u32>(fixedExceptions + 8 * i), <u8>(1 + load<u32>(fixedExceptions + 8 * i, 4)))
  }
}

/** The photons of the fixed window, after takeExceptions, to their list; returns their number. */
export function listFixed(): usize {
  const listed = listFixedBits(shifted, words)
  addExceptions(photons, listed, fixedExceptions, fixedCount)
  return listed
}

/** Products of all moves to `out`. `areBytes`: the fixed window is uint8 too. */
export function combine(areBytes: bool, length: usize, out: usize): void {
  shiftFixed()
  multiplyBits(rowBits, count, words, out)
  for (let at = fixedExceptions; at < fixedExceptions + 8 * fixedCount; at += 8) {
    const base = <usize>load<u32>(at)
    const e = load<u32>(at, 4)
    for (let m: usize = 0; m < count; m++) {
      const k = base + position(m)
      const bit = <u32>((load<u8>(rowBits + (k >> 3)) >> <u8>(k & 7)) & 1)
      store<u32>(out + 64 * m, load<u32>(out + 64 * m) + e * bit)
    }
  }
  if (movingCount == 0) return
  const listed = areBytes ? listPhotons<u8>(length) : listFixed()
  addPairsToLane(photons, listed, movingExceptions, movingCount, out)
}
