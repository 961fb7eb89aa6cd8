// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A tile of 16 elements: products are collected as int32 [moves][16] and go to their sums all at once, a move at a time.
import { count, sumsOf } from './foldCall'
import { tileProducts } from './scratch'
import { narrow } from './sumWidth'

@inline
export function laneOf(lane: usize): usize {
  return tileProducts + 4 * lane
}

@inline
function addFour(at: usize, from: usize, sign: v128): void {
  const products = i32x4.mul(v128.load(from), sign)
  const high = i32x4.shuffle(products, products, 2, 3, 2, 3)
  v128.store(at, f64x2.add(v128.load(at), f64x2.convert_low_i32x4_s(products)))
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.convert_low_i32x4_s(high)), 16)
  v128.store(from, i32x4.splat(0))
}

/** The same to sums of int32. */
@inline
function addFourNarrow(at: usize, from: usize, sign: v128): void {
  v128.store(at, i32x4.add(v128.load(at), i32x4.mul(v128.load(from), sign)))
  v128.store(from, i32x4.splat(0))
}

function flushWide(tile: usize, signs: v128): void {
  for (let m: usize = 0, from = tileProducts; m < count; m++, from += 64) {
    const at = tile + sumsOf(m)
    addFour(at, from, signs)
    addFour(at + 32, from + 16, signs)
    addFour(at + 64, from + 32, signs)
    addFour(at + 96, from + 48, signs)
  }
}

function flushNarrow(tile: usize, signs: v128): void {
  for (let m: usize = 0, from = tileProducts; m < count; m++, from += 64) {
    const at = tile + sumsOf(m)
    addFourNarrow(at, from, signs)
    addFourNarrow(at + 16, from + 16, signs)
    addFourNarrow(at + 32, from + 32, signs)
    addFourNarrow(at + 48, from + 48, signs)
  }
}

/** Add all products to the sums at `tile`, and zero them. */
export function flushTile(tile: usize, sign: f64): void {
  const signs = i32x4.splat(<i32>sign)
  if (narrow) flushNarrow(tile, signs)
  else flushWide(tile, signs)
  memory.fill(tileProducts + 64 * count, 0, 192)
}
