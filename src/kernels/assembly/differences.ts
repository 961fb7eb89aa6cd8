// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// G2, IP and IF of up to 64 elements less a shift, as int16[64] in the order of the masks of momentBins.ts; what does not fit 16
// bits becomes -32768 or 32767. Each function returns the largest of each lane without its sign.
import { usedMask } from './momentBins'
import { groupValues } from './scratch'
import { narrow } from './sumWidth'

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

/** Four elements: what is asked for of sums at `at`, totals at `total` and windows at `w`, which are taken off totals. */
@inline
function four(
  sums: bool, small: bool, totals: bool, windows: bool, at: usize, total: usize, w: usize, m: v128, s: v128,
): v128 {
  let value = s
  if (sums) value = small ? i32x4.add(s, v128.load(at)) : low32(v128.load(at), v128.load(at, 16), m)
  if (totals) value = i32x4.add(value, v128.load(total))
  if (windows) value = totals ? i32x4.sub(value, v128.load(w)) : i32x4.add(value, v128.load(w))
  return value
}

/** All elements of `tiles` tiles, whose sums, `small` = int32, are `step` bytes apart. */
@inline
function eachTile(
  sums: bool, small: bool, totals: bool, windows: bool, tiles: usize, step: usize, at: usize, windowAt: usize, shift: f64, to: usize,
): v128 {
  const next: usize = small ? 16 : 32
  const m = f64x2.splat(magic - shift)
  const s = i32x4.splat(-<i32>shift)
  let total = wholeTotals
  let w = windowAt
  let largest = i16x8.splat(0)
  for (let e: usize = 0; e < 32 * tiles; e += 32, at += step, total += 64, w += 64) {
    const a = four(sums, small, totals, windows, at, total, w, m, s)
    const b = four(sums, small, totals, windows, at + next, total + 16, w + 16, m, s)
    const c = four(sums, small, totals, windows, at + 2 * next, total + 32, w + 32, m, s)
    const d = four(sums, small, totals, windows, at + 3 * next, total + 48, w + 48, m, s)
    largest = put(a, b, c, d, e, to, largest)
  }
  return largest
}

@inline
function differences(
  sums: bool, totals: bool, windows: bool, tiles: usize, step: usize, at: usize, windowAt: usize, shift: f64, to: usize,
): v128 {
  return sums && narrow
    ? eachTile(sums, true, totals, windows, tiles, step, at, windowAt, shift, to)
    : eachTile(sums, false, totals, windows, tiles, step, at, windowAt, shift, to)
}

/** Sums of `tiles` tiles, `step` bytes apart. */
export function fromSums(tiles: usize, step: usize, at: usize, shift: f64, to: usize): v128 {
  return differences(true, false, false, tiles, step, at, 0, shift, to)
}

/** Sums and totals. */
export function fromSumsAndTotals(tiles: usize, step: usize, at: usize, shift: f64, to: usize): v128 {
  return differences(true, true, false, tiles, step, at, 0, shift, to)
}

/** Sums and totals less windows. */
export function fromAll(tiles: usize, step: usize, at: usize, windowAt: usize, shift: f64, to: usize): v128 {
  return differences(true, true, true, tiles, step, at, windowAt, shift, to)
}

/** Totals less windows. */
export function fromTotals(tiles: usize, windowAt: usize, shift: f64, to: usize): v128 {
  return differences(false, true, true, tiles, 0, 0, windowAt, shift, to)
}

/** Windows. */
export function fromWindows(tiles: usize, windowAt: usize, shift: f64, to: usize): v128 {
  return differences(false, false, true, tiles, 0, 0, windowAt, shift, to)
}
