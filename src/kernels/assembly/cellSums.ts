// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of G2 over cells of elements: one pass over the sums in the order of memory.
import { groupValues } from './scratch'
import { bytesOf, narrow } from './sumWidth'

/** Int32[16], float64[16]: all bits where an element of the tile is in the cell. */
const narrowMasks: usize = groupValues
const wideMasks: usize = groupValues + 64

/** Fewer elements of a tile are added one by one. */
const fewest: i32 = 3

@inline
function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value)
}

/** Four sums of int32 with any of these bits might not fit int32 when 16 are added. */
const large: i32 = 0xf8000000

@inline
function both(two: v128): f64 {
  return f64x2.extract_lane(two, 0) + f64x2.extract_lane(two, 1)
}

/** Vector `k` of a tile: all of it, or what is under the masks at `masks`. */
@inline
function part(masked: bool, masks: usize, tile: usize, k: usize): v128 {
  const sums = v128.load(tile + 16 * k)
  return masked ? v128.and(sums, v128.load(masks + 16 * k)) : sums
}

/** Float64 sums of a tile, delay after delay. */
@inline
function addWide(masked: bool, tile: usize, delays: usize, out: usize): void {
  for (const end = tile + 128 * delays; tile < end; tile += 128, out += 8) {
    let sum = part(masked, wideMasks, tile, 0)
    for (let k: usize = 1; k < 8; k++) sum = f64x2.add(sum, part(masked, wideMasks, tile, k))
    addTo(out, both(sum))
  }
}

/** Int32 sums of a tile, delay after delay: added as they are while they are small. */
@inline
function addNarrow(masked: bool, tile: usize, delays: usize, out: usize): void {
  for (const end = tile + 64 * delays; tile < end; tile += 64, out += 8) {
    const a = part(masked, narrowMasks, tile, 0)
    const b = part(masked, narrowMasks, tile, 1)
    const c = part(masked, narrowMasks, tile, 2)
    const d = part(masked, narrowMasks, tile, 3)
    const any = v128.and(v128.or(v128.or(a, b), v128.or(c, d)), i32x4.splat(large))
    if (v128.any_true(any)) addTo(out, both(f64x2.add(asDoubles(a, b), asDoubles(c, d))))
    else addTo(out, <f64>total(i32x4.add(i32x4.add(a, b), i32x4.add(c, d))))
  }
}

/** Float64[2] that add up to eight int32. */
@inline
function asDoubles(a: v128, b: v128): v128 {
  const low = f64x2.add(f64x2.convert_low_i32x4_s(a), f64x2.convert_low_i32x4_s(b))
  return f64x2.add(low, f64x2.add(high(a), high(b)))
}

@inline
function high(four: v128): v128 {
  return f64x2.convert_low_i32x4_s(i32x4.shuffle(four, four, 2, 3, 2, 3))
}

@inline
function total(four: v128): i32 {
  const two = i32x4.add(four, i32x4.shuffle(four, four, 2, 3, 2, 3))
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1)
}

/** All 16 elements of a tile. */
function addWhole(tile: usize, delays: usize, out: usize): void {
  if (narrow) addNarrow(false, tile, delays, out)
  else addWide(false, tile, delays, out)
}

/** The elements under the masks. */
function addMasked(tile: usize, delays: usize, out: usize): void {
  if (narrow) addNarrow(true, tile, delays, out)
  else addWide(true, tile, delays, out)
}

function addElement(tile: usize, delays: usize, element: usize, out: usize): void {
  for (let at = tile + bytesOf(element), end = at + bytesOf(16 * delays); at < end; at += bytesOf(16), out += 8) {
    addTo(out, narrow ? <f64>load<i32>(at) : load<f64>(at))
  }
}

/** Which of 16 elements are in a cell: their bits; where `keep`, also to the masks. */
function inCell(cellOf: usize, cell: i32, keep: bool): u32 {
  const wanted = i32x4.splat(cell)
  let found: u32 = 0
  for (let k: usize = 0; k < 4; k++) {
    const same = i32x4.eq(v128.load(cellOf + 16 * k), wanted)
    found |= <u32>i32x4.bitmask(same) << <u32>(4 * k)
    if (!keep) continue
    v128.store(narrowMasks + 16 * k, same)
    v128.store(wideMasks + 32 * k, i64x2.extend_low_i32x4_s(same))
    v128.store(wideMasks + 32 * k, i64x2.extend_high_i32x4_s(same), 16)
  }
  return found
}

function addCell(tile: usize, delays: usize, cellOf: usize, cell: i32, out: usize): u32 {
  const found = inCell(cellOf, cell, false)
  if (found == 0xffff) addWhole(tile, delays, out)
  else if (popcnt<i32>(found) >= fewest) {
    inCell(cellOf, cell, true)
    addMasked(tile, delays, out)
  } else for (let left = found; left != 0; left &= left - 1) addElement(tile, delays, ctz(left), out)
  return found
}

/** Float64 [cells][delays] at `out` += G2 of the elements of `tiles` tiles from `first` on; int32 `cellOf`, -1 = none. */
export function addCells(g2: usize, delays: usize, first: usize, tiles: usize, cellOf: usize, out: usize): void {
  const tileBytes = bytesOf(16 * delays)
  let tile = g2 + tileBytes * first
  for (const end = cellOf + 64 * tiles; cellOf < end; cellOf += 64, tile += tileBytes) {
    for (let left = ~inCell(cellOf, -1, false) & 0xffff; left != 0; ) {
      const cell = load<i32>(cellOf + 4 * <usize>ctz(left))
      left &= ~addCell(tile, delays, cellOf, cell, out + 8 * delays * <usize>cell)
    }
  }
}
