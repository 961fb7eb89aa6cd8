// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The state of a level: as float64 rows of 16 elements at work, as float64 or int32 rows or in the compact form of multiTauDots.ts where
// it is kept.
import { history, scratch, slotOf, stateBytes } from './multiTauPlace'
import { compactBytes } from './multiTauSizes'
import { copyVectors } from './multiTauValues'

/** Two elements, 16 bytes of float64 from `column` on, of a kept row. */
@inline
export function keptTwo(slot: usize, row: usize, column: usize): v128 {
  if (stateBytes == 8) return v128.load(slot + 128 * row + column)
  return f64x2.convert_low_i32x4_s(v128.load64_zero(slot + 64 * row + column / 2))
}

/** Rows of a slot from `row` on, as float64. */
export function loadRows(to: usize, slot: usize, row: usize, count: usize): void {
  if (stateBytes == 8) {
    copyVectors(to, slot + 128 * row, 128 * count)
    return
  }
  for (const end = to + 128 * count; to < end; row++) {
    for (let column: usize = 0; column < 128; column += 16, to += 16) v128.store(to, keptTwo(slot, row, column))
  }
}

/** The same the other way: integers fit. */
export function storeRows(slot: usize, row: usize, from: usize, count: usize): void {
  if (stateBytes == 8) {
    copyVectors(slot + 128 * row, from, 128 * count)
    return
  }
  let to = slot + 64 * row
  for (const end = from + 128 * count; from < end; from += 32, to += 16) {
    const low = i32x4.trunc_sat_f64x2_s_zero(v128.load(from))
    v128.store(to, i64x2.shuffle(low, i32x4.trunc_sat_f64x2_s_zero(v128.load(from, 16)), 0, 2))
  }
}

/** State of a level of all tiles, where no sample waits, into the compact form, or back into rows. */
export function compactTiles(level: usize, tiles: usize, compact: bool): void {
  const work = scratch + compactBytes
  for (let tile: usize = 0; tile < tiles; tile++) {
    const slot = slotOf(tile, level)
    if (stateBytes == 4) {
      if (compact) packWords(slot, work)
      else unpackWords(slot, work)
    } else if (compact) {
      copyVectors(work, slot, 128 * history)
      packDoubles(slot, work)
    } else {
      unpackDoubles(slot, work)
      copyVectors(slot, work, 128 * history)
    }
  }
}

/** Rows of int32, two of which make a row of pairs of int16; `work` holds what is read while the slot is written. */
function packWords(slot: usize, work: usize): void {
  const low = i32x4.splat(0xffff)
  copyVectors(work, slot, 64 * history)
  for (let group: usize = 0; group < 4; group++) {
    let to = slot + 8 * history * group
    let from = work + 16 * group
    for (const end = from + 64 * history; from < end; from += 128, to += 16) {
      v128.store(to, v128.or(v128.and(v128.load(from), low), i32x4.shl(v128.load(from, 64), 16)))
    }
  }
}

/** The same the other way. */
function unpackWords(slot: usize, work: usize): void {
  copyVectors(work, slot, 32 * history)
  for (let group: usize = 0; group < 4; group++) {
    let from = work + 8 * history * group
    let to = slot + 16 * group
    for (const end = to + 64 * history; to < end; from += 16, to += 128) {
      const pair = v128.load(from)
      v128.store(to, i32x4.shr_s(i32x4.shl(pair, 16), 16))
      v128.store(to, i32x4.shr_s(pair, 16), 64)
    }
  }
}

/** Where sample `index` of an element lies in the compact form. */
@inline
function compactAt(index: usize, element: usize): usize {
  return (element >> 2) * 8 * history + 8 * (index & ~1) + 4 * (element & 3) + 2 * (index & 1)
}

function packDoubles(slot: usize, rows: usize): void {
  for (let i: usize = 0; i < history; i++) {
    for (let element: usize = 0; element < 16; element++) {
      store<i16>(slot + compactAt(i, element), <i16>load<f64>(rows + 128 * i + 8 * element))
    }
  }
}

function unpackDoubles(slot: usize, rows: usize): void {
  for (let i: usize = 0; i < history; i++) {
    for (let element: usize = 0; element < 16; element++) {
      store<f64>(rows + 128 * i + 8 * element, <f64>load<i16>(slot + compactAt(i, element)))
    }
  }
}
