// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of G2 over cells of elements: one pass over the sums in the order of memory.
import { groupValues } from './scratch'
import { bytesOf, narrow, twoSums } from './sumWidth'

/** Float64[16]: all bits where an element of the tile is in the cell. */
const masks: usize = groupValues

/** Fewer elements of a tile are added one by one. */
const fewest: i32 = 3

@inline
function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value)
}

@inline
function both(two: v128): f64 {
  return f64x2.extract_lane(two, 0) + f64x2.extract_lane(two, 1)
}

/** All 16 elements of a tile, delay after delay. */
function addWhole(tile: usize, delays: usize, out: usize): void {
  for (const end = tile + bytesOf(16 * delays); tile < end; tile += bytesOf(16), out += 8) {
    const a = f64x2.add(f64x2.add(twoSums(tile, 0), twoSums(tile, 2)), f64x2.add(twoSums(tile, 4), twoSums(tile, 6)))
    const b = f64x2.add(f64x2.add(twoSums(tile, 8), twoSums(tile, 10)), f64x2.add(twoSums(tile, 12), twoSums(tile, 14)))
    addTo(out, both(f64x2.add(a, b)))
  }
}

/** The elements under the masks. */
function addMasked(tile: usize, delays: usize, out: usize): void {
  for (const end = tile + bytesOf(16 * delays); tile < end; tile += bytesOf(16), out += 8) {
    let sum = v128.and(twoSums(tile, 0), v128.load(masks))
    for (let k: usize = 2; k < 16; k += 2) sum = f64x2.add(sum, v128.and(twoSums(tile, k), v128.load(masks + 8 * k)))
    addTo(out, both(sum))
  }
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
    v128.store(masks + 32 * k, i64x2.extend_low_i32x4_s(same))
    v128.store(masks + 32 * k, i64x2.extend_high_i32x4_s(same), 16)
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
