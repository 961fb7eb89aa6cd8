// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Square tiles from time-major to pixel-major: a round of zips pairs row i with row i + half; after as many rounds as the
// tile has powers of two, rows are columns. `stride` and `rowBytes` = bytes between rows of source and target; the sums of
// the columns are added to int32 `totals`.
import { sumLanes } from './dense'

@inline
function low(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

@inline
function high(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

@inline
function lowWords(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
}

@inline
function highWords(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
}

/** 16 values of 0..255, stored as S. */
@inline
export function bytesAt<S>(at: usize): v128 {
  if (sizeof<S>() == 1) return v128.load(at)
  return i8x16.narrow_i16x8_u(v128.load(at), v128.load(at, 16))
}

/** 8 values as 16 bits. */
@inline
export function wordsAt<S>(at: usize): v128 {
  if (sizeof<S>() == 2) return v128.load(at)
  return isSigned<S>() ? v128.load_ext<i8>(at) : v128.load_ext<u8>(at)
}

@inline
function fours(values: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(values))
}

@inline
function twos<T>(values: v128): v128 {
  return isSigned<T>() ? i32x4.extadd_pairwise_i16x8_s(values) : i32x4.extadd_pairwise_i16x8_u(values)
}

@inline
function addLanes(at: usize, sums: v128): void {
  v128.store(at, i32x4.add(v128.load(at), sums))
}

/** 16 events of 16 elements, S = u8, or u16 or i16 with values of 0..255, to uint8. */
export function transposeBytes<S>(from: usize, stride: usize, to: usize, rowBytes: usize, totals: usize): void {
  const a0 = bytesAt<S>(from)
  const a1 = bytesAt<S>(from + 1 * stride)
  const a2 = bytesAt<S>(from + 2 * stride)
  const a3 = bytesAt<S>(from + 3 * stride)
  const a4 = bytesAt<S>(from + 4 * stride)
  const a5 = bytesAt<S>(from + 5 * stride)
  const a6 = bytesAt<S>(from + 6 * stride)
  const a7 = bytesAt<S>(from + 7 * stride)
  const a8 = bytesAt<S>(from + 8 * stride)
  const a9 = bytesAt<S>(from + 9 * stride)
  const a10 = bytesAt<S>(from + 10 * stride)
  const a11 = bytesAt<S>(from + 11 * stride)
  const a12 = bytesAt<S>(from + 12 * stride)
  const a13 = bytesAt<S>(from + 13 * stride)
  const a14 = bytesAt<S>(from + 14 * stride)
  const a15 = bytesAt<S>(from + 15 * stride)
  const b0 = low(a0, a8)
  const b1 = high(a0, a8)
  const b2 = low(a1, a9)
  const b3 = high(a1, a9)
  const b4 = low(a2, a10)
  const b5 = high(a2, a10)
  const b6 = low(a3, a11)
  const b7 = high(a3, a11)
  const b8 = low(a4, a12)
  const b9 = high(a4, a12)
  const b10 = low(a5, a13)
  const b11 = high(a5, a13)
  const b12 = low(a6, a14)
  const b13 = high(a6, a14)
  const b14 = low(a7, a15)
  const b15 = high(a7, a15)
  const c0 = low(b0, b8)
  const c1 = high(b0, b8)
  const c2 = low(b1, b9)
  const c3 = high(b1, b9)
  const c4 = low(b2, b10)
  const c5 = high(b2, b10)
  const c6 = low(b3, b11)
  const c7 = high(b3, b11)
  const c8 = low(b4, b12)
  const c9 = high(b4, b12)
  const c10 = low(b5, b13)
  const c11 = high(b5, b13)
  const c12 = low(b6, b14)
  const c13 = high(b6, b14)
  const c14 = low(b7, b15)
  const c15 = high(b7, b15)
  const d0 = low(c0, c8)
  const d1 = high(c0, c8)
  const d2 = low(c1, c9)
  const d3 = high(c1, c9)
  const d4 = low(c2, c10)
  const d5 = high(c2, c10)
  const d6 = low(c3, c11)
  const d7 = high(c3, c11)
  const d8 = low(c4, c12)
  const d9 = high(c4, c12)
  const d10 = low(c5, c13)
  const d11 = high(c5, c13)
  const d12 = low(c6, c14)
  const d13 = high(c6, c14)
  const d14 = low(c7, c15)
  const d15 = high(c7, c15)
  const e0 = low(d0, d8)
  const e1 = high(d0, d8)
  const e2 = low(d1, d9)
  const e3 = high(d1, d9)
  const e4 = low(d2, d10)
  const e5 = high(d2, d10)
  const e6 = low(d3, d11)
  const e7 = high(d3, d11)
  const e8 = low(d4, d12)
  const e9 = high(d4, d12)
  const e10 = low(d5, d13)
  const e11 = high(d5, d13)
  const e12 = low(d6, d14)
  const e13 = high(d6, d14)
  const e14 = low(d7, d15)
  const e15 = high(d7, d15)
  v128.store(to, e0)
  v128.store(to + 1 * rowBytes, e1)
  v128.store(to + 2 * rowBytes, e2)
  v128.store(to + 3 * rowBytes, e3)
  v128.store(to + 4 * rowBytes, e4)
  v128.store(to + 5 * rowBytes, e5)
  v128.store(to + 6 * rowBytes, e6)
  v128.store(to + 7 * rowBytes, e7)
  v128.store(to + 8 * rowBytes, e8)
  v128.store(to + 9 * rowBytes, e9)
  v128.store(to + 10 * rowBytes, e10)
  v128.store(to + 11 * rowBytes, e11)
  v128.store(to + 12 * rowBytes, e12)
  v128.store(to + 13 * rowBytes, e13)
  v128.store(to + 14 * rowBytes, e14)
  v128.store(to + 15 * rowBytes, e15)
  addLanes(totals, sumLanes(fours(e0), fours(e1), fours(e2), fours(e3)))
  addLanes(totals + 16, sumLanes(fours(e4), fours(e5), fours(e6), fours(e7)))
  addLanes(totals + 32, sumLanes(fours(e8), fours(e9), fours(e10), fours(e11)))
  addLanes(totals + 48, sumLanes(fours(e12), fours(e13), fours(e14), fours(e15)))
}

/** 8 events of 8 elements to 16 bits, S = u8, i8, or T itself. */
export function transposeWords<S, T>(from: usize, stride: usize, to: usize, rowBytes: usize, totals: usize): void {
  const a0 = wordsAt<S>(from)
  const a1 = wordsAt<S>(from + 1 * stride)
  const a2 = wordsAt<S>(from + 2 * stride)
  const a3 = wordsAt<S>(from + 3 * stride)
  const a4 = wordsAt<S>(from + 4 * stride)
  const a5 = wordsAt<S>(from + 5 * stride)
  const a6 = wordsAt<S>(from + 6 * stride)
  const a7 = wordsAt<S>(from + 7 * stride)
  const b0 = lowWords(a0, a4)
  const b1 = highWords(a0, a4)
  const b2 = lowWords(a1, a5)
  const b3 = highWords(a1, a5)
  const b4 = lowWords(a2, a6)
  const b5 = highWords(a2, a6)
  const b6 = lowWords(a3, a7)
  const b7 = highWords(a3, a7)
  const c0 = lowWords(b0, b4)
  const c1 = highWords(b0, b4)
  const c2 = lowWords(b1, b5)
  const c3 = highWords(b1, b5)
  const c4 = lowWords(b2, b6)
  const c5 = highWords(b2, b6)
  const c6 = lowWords(b3, b7)
  const c7 = highWords(b3, b7)
  const d0 = lowWords(c0, c4)
  const d1 = highWords(c0, c4)
  const d2 = lowWords(c1, c5)
  const d3 = highWords(c1, c5)
  const d4 = lowWords(c2, c6)
  const d5 = highWords(c2, c6)
  const d6 = lowWords(c3, c7)
  const d7 = highWords(c3, c7)
  v128.store(to, d0)
  v128.store(to + 1 * rowBytes, d1)
  v128.store(to + 2 * rowBytes, d2)
  v128.store(to + 3 * rowBytes, d3)
  v128.store(to + 4 * rowBytes, d4)
  v128.store(to + 5 * rowBytes, d5)
  v128.store(to + 6 * rowBytes, d6)
  v128.store(to + 7 * rowBytes, d7)
  addLanes(totals, sumLanes(twos<T>(d0), twos<T>(d1), twos<T>(d2), twos<T>(d3)))
  addLanes(totals + 16, sumLanes(twos<T>(d4), twos<T>(d5), twos<T>(d6), twos<T>(d7)))
}
