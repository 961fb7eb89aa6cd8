// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of a block from packed int16 or bytes: four frames of the past with two of the future at a time, 32 bits in a panel.
import { sumLanes } from './dense'
import { frames, sumsAt } from './twoTimePlace'

@inline
function dotAdd(sum: v128, a: v128, b: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(a, b))
}

@inline
function relaxedAdd(sum: v128, a: v128, b: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, sum) : sum
}

@inline
function shortAdd(sum: v128, a: v128, b: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i16x8.add(sum, i16x8.relaxed_dot_i8x16_i7x16_s(a, b)) : sum
}

@inline
function widened(a: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_s(a)
}

@inline
function addPair(at: usize, sums: v128): void {
  v128.store(at, f64x2.add(v128.load(at), sums))
}

/** Add the eight sums [row][2 columns] to the block. */
@inline
function flush(at: usize, rows01: v128, rows23: v128): void {
  addPair(at, f64x2.convert_low_i32x4_s(rows01))
  addPair(at + 8 * frames, f64x2.convert_low_i32x4_s(i64x2.shuffle(rows01, rows01, 1, 1)))
  addPair(at + 16 * frames, f64x2.convert_low_i32x4_s(rows23))
  addPair(at + 24 * frames, f64x2.convert_low_i32x4_s(i64x2.shuffle(rows23, rows23, 1, 1)))
}

/** What a tile is multiplied from and added in: int16 in 32 bits, bytes in 32 bits, or bytes in 16 where a panel's sums of a lane fit. */
const words: i32 = 0
const bytes32: i32 = 1
const bytes16: i32 = 2

@inline
function add(way: i32, sum: v128, a: v128, b: v128): v128 {
  return way == words ? dotAdd(sum, a, b) : way == bytes32 ? relaxedAdd(sum, a, b) : shortAdd(sum, a, b)
}

@inline
function sumOf(way: i32, a: v128, b: v128, c: v128, d: v128): v128 {
  return way == bytes16 ? sumLanes(widened(a), widened(b), widened(c), widened(d)) : sumLanes(a, b, c, d)
}

/** One tile; `size` = bytes of one group of four frames. */
@inline
function multiplyTile(way: i32, past: usize, future: usize, size: usize, at: usize): void {
  let a0 = i32x4.splat(0)
  let a1 = i32x4.splat(0)
  let a2 = i32x4.splat(0)
  let a3 = i32x4.splat(0)
  let b0 = i32x4.splat(0)
  let b1 = i32x4.splat(0)
  let b2 = i32x4.splat(0)
  let b3 = i32x4.splat(0)
  for (const end = past + size; past < end; past += 64, future += 64) {
    const y0 = v128.load(future)
    const y1 = v128.load(future, 16)
    const x0 = v128.load(past)
    a0 = add(way, a0, x0, y0)
    b0 = add(way, b0, x0, y1)
    const x1 = v128.load(past, 16)
    a1 = add(way, a1, x1, y0)
    b1 = add(way, b1, x1, y1)
    const x2 = v128.load(past, 32)
    a2 = add(way, a2, x2, y0)
    b2 = add(way, b2, x2, y1)
    const x3 = v128.load(past, 48)
    a3 = add(way, a3, x3, y0)
    b3 = add(way, b3, x3, y1)
  }
  flush(at, sumOf(way, a0, b0, a1, b1), sumOf(way, a2, b2, a3, b3))
}

/** All tiles of rows 0..`rows` and columns 0..`columns`; of a stretch with itself those that touch the upper triangle. */
@inline
function multiplyTiles(way: i32, past: usize, future: usize, size: usize, rows: usize, columns: usize, same: bool): void {
  for (let t1: usize = 0; t1 < rows; t1 += 4) {
    const group = past + (t1 >> 2) * size
    for (let t2: usize = same ? t1 : 0; t2 < columns; t2 += 2) {
      multiplyTile(way, group, future + (t2 >> 2) * size + ((t2 & 2) << 4), size, sumsAt + 8 * (t1 * frames + t2))
    }
  }
}

export function multiplyWords(past: usize, future: usize, size: usize, rows: usize, columns: usize, same: bool): void {
  multiplyTiles(words, past, future, size, rows, columns, same)
}

export function multiplyBytes(past: usize, future: usize, size: usize, rows: usize, columns: usize, same: bool): void {
  multiplyTiles(bytes32, past, future, size, rows, columns, same)
}

export function multiplyShort(past: usize, future: usize, size: usize, rows: usize, columns: usize, same: bool): void {
  multiplyTiles(bytes16, past, future, size, rows, columns, same)
}

/** Lane sums of the products of 16 bytes each with themselves, for the self-test. */
export function shortProduct(x: usize, y: usize, out: usize): void {
  v128.store(out, shortAdd(i16x8.splat(0), v128.load(x), v128.load(y)))
}

/** The same in lanes of 32 bits. */
export function longProduct(x: usize, y: usize, out: usize): void {
  v128.store(out, relaxedAdd(i32x4.splat(0), v128.load(x), v128.load(y)))
}
