// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// G2, IP and IF of up to 64 elements less a shift, as int16[64] in the order of the masks of momentBins.ts; what does not fit 16
// bits becomes -32768 or 32767. Each function returns the largest of each lane without its sign.
import { usedMask } from './momentBins'
import { groupValues } from './scratch'

/** Whole numbers below 2^51 added to it have their low 32 bits there. */
const magic: f64 = 6755399441055744

/** Int32[64]: totals of the elements. */
export const wholeTotals: usize = groupValues + 256

@inline
function low32(a: v128, b: v128, m: v128): v128 {
  return i32x4.shuffle(f64x2.add(a, m), f64x2.add(b, m), 0, 2, 4, 6)
}

/** Eight int32 as int16 in the order of the masks. */
@inline
function eight(a: v128, b: v128): v128 {
  const both = i16x8.narrow_i32x4_s(a, b)
  return i16x8.shuffle(both, both, 0, 2, 1, 3, 4, 6, 5, 7)
}

/** Those of a tile, as int32; returns the largest with `largest`. */
@inline
function put(a: v128, b: v128, c: v128, d: v128, e: usize, to: usize, largest: v128): v128 {
  const low = v128.and(eight(a, b), v128.load(usedMask + e))
  const high = v128.and(eight(c, d), v128.load(usedMask + 16 + e))
  v128.store(to + e, low)
  v128.store(to + e, high, 16)
  return i16x8.max_u(largest, i16x8.max_u(i16x8.abs(low), i16x8.abs(high)))
}

/** Float64 sums of `tiles` tiles, `step` bytes apart. */
export function fromSums(tiles: usize, step: usize, at: usize, shift: f64, to: usize): v128 {
  const m = f64x2.splat(magic - shift)
  let largest = i16x8.splat(0)
  for (let e: usize = 0; e < 32 * tiles; e += 32, at += step) {
    const a = low32(v128.load(at), v128.load(at, 16), m)
    const b = low32(v128.load(at, 32), v128.load(at, 48), m)
    const c = low32(v128.load(at, 64), v128.load(at, 80), m)
    const d = low32(v128.load(at, 96), v128.load(at, 112), m)
    largest = put(a, b, c, d, e, to, largest)
  }
  return largest
}

/** Sums and totals. */
export function fromSumsAndTotals(tiles: usize, step: usize, at: usize, shift: f64, to: usize): v128 {
  const m = f64x2.splat(magic - shift)
  let largest = i16x8.splat(0)
  for (let e: usize = 0; e < 32 * tiles; e += 32, at += step) {
    const total = wholeTotals + 2 * e
    const a = i32x4.add(v128.load(total), low32(v128.load(at), v128.load(at, 16), m))
    const b = i32x4.add(v128.load(total, 16), low32(v128.load(at, 32), v128.load(at, 48), m))
    const c = i32x4.add(v128.load(total, 32), low32(v128.load(at, 64), v128.load(at, 80), m))
    const d = i32x4.add(v128.load(total, 48), low32(v128.load(at, 96), v128.load(at, 112), m))
    largest = put(a, b, c, d, e, to, largest)
  }
  return largest
}

/** Sums and totals less windows. */
export function fromAll(tiles: usize, step: usize, at: usize, windowAt: usize, shift: f64, to: usize): v128 {
  const m = f64x2.splat(magic - shift)
  let largest = i16x8.splat(0)
  for (let e: usize = 0; e < 32 * tiles; e += 32, at += step) {
    const total = wholeTotals + 2 * e
    const w = windowAt + 2 * e
    const a = i32x4.add(i32x4.sub(v128.load(total), v128.load(w)), low32(v128.load(at), v128.load(at, 16), m))
    const b = i32x4.add(i32x4.sub(v128.load(total, 16), v128.load(w, 16)), low32(v128.load(at, 32), v128.load(at, 48), m))
    const c = i32x4.add(i32x4.sub(v128.load(total, 32), v128.load(w, 32)), low32(v128.load(at, 64), v128.load(at, 80), m))
    const d = i32x4.add(i32x4.sub(v128.load(total, 48), v128.load(w, 48)), low32(v128.load(at, 96), v128.load(at, 112), m))
    largest = put(a, b, c, d, e, to, largest)
  }
  return largest
}

/** Totals less windows. */
export function fromTotals(tiles: usize, windowAt: usize, shift: f64, to: usize): v128 {
  const s = i32x4.splat(<i32>shift)
  let largest = i16x8.splat(0)
  for (let e: usize = 0; e < 32 * tiles; e += 32) {
    const total = wholeTotals + 2 * e
    const w = windowAt + 2 * e
    const a = i32x4.sub(v128.load(total), i32x4.add(v128.load(w), s))
    const b = i32x4.sub(v128.load(total, 16), i32x4.add(v128.load(w, 16), s))
    const c = i32x4.sub(v128.load(total, 32), i32x4.add(v128.load(w, 32), s))
    const d = i32x4.sub(v128.load(total, 48), i32x4.add(v128.load(w, 48), s))
    largest = put(a, b, c, d, e, to, largest)
  }
  return largest
}

/** Windows. */
export function fromWindows(tiles: usize, windowAt: usize, shift: f64, to: usize): v128 {
  const s = i32x4.splat(<i32>shift)
  let largest = i16x8.splat(0)
  for (let e: usize = 0; e < 32 * tiles; e += 32) {
    const w = windowAt + 2 * e
    const a = i32x4.sub(v128.load(w), s)
    const b = i32x4.sub(v128.load(w, 16), s)
    const c = i32x4.sub(v128.load(w, 32), s)
    const d = i32x4.sub(v128.load(w, 48), s)
    largest = put(a, b, c, d, e, to, largest)
  }
  return largest
}
