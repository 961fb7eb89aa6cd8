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

/** One tile; `bytes` of one group of four frames. */
@inline
function wordsTile(past: usize, future: usize, bytes: usize, at: usize): void {
  let a0 = i32x4.splat(0)
  let a1 = i32x4.splat(0)
  let a2 = i32x4.splat(0)
  let a3 = i32x4.splat(0)
  let b0 = i32x4.splat(0)
  let b1 = i32x4.splat(0)
  let b2 = i32x4.splat(0)
  let b3 = i32x4.splat(0)
  for (const end = past + bytes; past < end; past += 64, future += 64) {
    const y0 = v128.load(future)
    const y1 = v128.load(future, 16)
    const x0 = v128.load(past)
    a0 = dotAdd(a0, x0, y0)
    b0 = dotAdd(b0, x0, y1)
    const x1 = v128.load(past, 16)
    a1 = dotAdd(a1, x1, y0)
    b1 = dotAdd(b1, x1, y1)
    const x2 = v128.load(past, 32)
    a2 = dotAdd(a2, x2, y0)
    b2 = dotAdd(b2, x2, y1)
    const x3 = v128.load(past, 48)
    a3 = dotAdd(a3, x3, y0)
    b3 = dotAdd(b3, x3, y1)
  }
  flush(at, sumLanes(a0, b0, a1, b1), sumLanes(a2, b2, a3, b3))
}

@inline
function relaxedTile(past: usize, future: usize, bytes: usize, at: usize): void {
  let a0 = i32x4.splat(0)
  let a1 = i32x4.splat(0)
  let a2 = i32x4.splat(0)
  let a3 = i32x4.splat(0)
  let b0 = i32x4.splat(0)
  let b1 = i32x4.splat(0)
  let b2 = i32x4.splat(0)
  let b3 = i32x4.splat(0)
  for (const end = past + bytes; past < end; past += 64, future += 64) {
    const y0 = v128.load(future)
    const y1 = v128.load(future, 16)
    const x0 = v128.load(past)
    a0 = relaxedAdd(a0, x0, y0)
    b0 = relaxedAdd(b0, x0, y1)
    const x1 = v128.load(past, 16)
    a1 = relaxedAdd(a1, x1, y0)
    b1 = relaxedAdd(b1, x1, y1)
    const x2 = v128.load(past, 32)
    a2 = relaxedAdd(a2, x2, y0)
    b2 = relaxedAdd(b2, x2, y1)
    const x3 = v128.load(past, 48)
    a3 = relaxedAdd(a3, x3, y0)
    b3 = relaxedAdd(b3, x3, y1)
  }
  flush(at, sumLanes(a0, b0, a1, b1), sumLanes(a2, b2, a3, b3))
}

/** As relaxedTile for a panel whose sums of a lane fit 16 bits: fewer instructions. */
@inline
function shortTile(past: usize, future: usize, bytes: usize, at: usize): void {
  let a0 = i16x8.splat(0)
  let a1 = i16x8.splat(0)
  let a2 = i16x8.splat(0)
  let a3 = i16x8.splat(0)
  let b0 = i16x8.splat(0)
  let b1 = i16x8.splat(0)
  let b2 = i16x8.splat(0)
  let b3 = i16x8.splat(0)
  for (const end = past + bytes; past < end; past += 64, future += 64) {
    const y0 = v128.load(future)
    const y1 = v128.load(future, 16)
    const x0 = v128.load(past)
    a0 = shortAdd(a0, x0, y0)
    b0 = shortAdd(b0, x0, y1)
    const x1 = v128.load(past, 16)
    a1 = shortAdd(a1, x1, y0)
    b1 = shortAdd(b1, x1, y1)
    const x2 = v128.load(past, 32)
    a2 = shortAdd(a2, x2, y0)
    b2 = shortAdd(b2, x2, y1)
    const x3 = v128.load(past, 48)
    a3 = shortAdd(a3, x3, y0)
    b3 = shortAdd(b3, x3, y1)
  }
  flush(at, sumLanes(widened(a0), widened(b0), widened(a1), widened(b1)), sumLanes(widened(a2), widened(b2), widened(a3), widened(b3)))
}

/** All tiles of rows 0..`rows` and columns 0..`columns`; of a stretch with itself those that touch the upper triangle. */
export function multiplyWords(past: usize, future: usize, bytes: usize, rows: usize, columns: usize, same: bool): void {
  for (let t1: usize = 0; t1 < rows; t1 += 4) {
    const group = past + (t1 >> 2) * bytes
    for (let t2: usize = same ? t1 : 0; t2 < columns; t2 += 2) {
      wordsTile(group, future + (t2 >> 2) * bytes + ((t2 & 2) << 4), bytes, sumsAt + 8 * (t1 * frames + t2))
    }
  }
}

export function multiplyBytes(past: usize, future: usize, bytes: usize, rows: usize, columns: usize, same: bool): void {
  for (let t1: usize = 0; t1 < rows; t1 += 4) {
    const group = past + (t1 >> 2) * bytes
    for (let t2: usize = same ? t1 : 0; t2 < columns; t2 += 2) {
      relaxedTile(group, future + (t2 >> 2) * bytes + ((t2 & 2) << 4), bytes, sumsAt + 8 * (t1 * frames + t2))
    }
  }
}

export function multiplyShort(past: usize, future: usize, bytes: usize, rows: usize, columns: usize, same: bool): void {
  for (let t1: usize = 0; t1 < rows; t1 += 4) {
    const group = past + (t1 >> 2) * bytes
    for (let t2: usize = same ? t1 : 0; t2 < columns; t2 += 2) {
      shortTile(group, future + (t2 >> 2) * bytes + ((t2 & 2) << 4), bytes, sumsAt + 8 * (t1 * frames + t2))
    }
  }
}

/** Lane sums of the products of 16 bytes each with themselves, for the self-test. */
export function shortProduct(x: usize, y: usize, out: usize): void {
  v128.store(out, shortAdd(i16x8.splat(0), v128.load(x), v128.load(y)))
}

/** The same in lanes of 32 bits. */
export function longProduct(x: usize, y: usize, out: usize): void {
  v128.store(out, relaxedAdd(i32x4.splat(0), v128.load(x), v128.load(y)))
}
