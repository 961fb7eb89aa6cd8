// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The state of a level on its way into the compact form of multiTauDots.ts and back.
import { history, scratch, slotOf, state, sumsIF, sumsIP, sumsOf, values } from './multiTauPlace'
import { compactBytes } from './multiTauSizes'
import { copyVectors } from './multiTauValues'

/**
 * State of a level of all tiles into the compact form, or back into rows. Between the two IP and IF lack what follows from the total
 * of the samples, which is gathered in place of the sample that waits (there is none): over n stretches in a row
 *
 *     IF += 2^level total     IP += 2^level (total + last samples before the first stretch - last samples after the last stretch)
 */
export function compactTiles(level: usize, tiles: usize, compact: bool, list: usize, lags: usize): void {
  const rows = scratch + compactBytes
  for (let tile: usize = 0; tile < tiles; tile++) {
    const slot = state + slotOf(tile, level)
    const total = slot + 128 * history
    copyVectors(rows, slot, 128 * history)
    if (!compact) {
      toRows(slot, rows)
      copyVectors(rows, slot, 128 * history)
    }
    for (let column: usize = 0; column < 128; column += 16) {
      settle(tile, level, rows + column, v128.load(total + column), column, list, lags, compact)
      v128.store(total + column, f64x2.splat(0))
    }
    if (compact) fromRows(slot, rows)
  }
}

/** Two elements of a tile, whose history ends the `rows`. */
function settle(tile: usize, level: usize, rows: usize, total: v128, column: usize, list: usize, lags: usize, compact: bool): void {
  const scale = f64x2.splat(<f64>((<u64>1) << level))
  let last = f64x2.splat(0)
  let reached: usize = 0
  for (let at = list + 8 * lags; at > list; ) {
    at -= 8
    const lag = <usize>load<i32>(at)
    for (; reached < lag; reached++) last = f64x2.add(last, v128.load(rows + 128 * (history - 1 - reached)))
    const sums = sumsOf(tile, 0) + <usize>load<i32>(at, 4) + column
    if (compact) addTwo(sumsIP + sums, f64x2.mul(scale, last))
    else {
      addTwo(sumsIP + sums, f64x2.mul(scale, f64x2.sub(total, last)))
      addTwo(sumsIF + sums, f64x2.mul(scale, total))
    }
  }
  if (!compact && level == 0) addTwo(values + tile * 128 + column, total)
}

@inline
function addTwo(at: usize, value: v128): void {
  v128.store(at, f64x2.add(v128.load(at), value))
}

/** Where sample `index` of an element lies in the compact form. */
@inline
function compactAt(index: usize, element: usize): usize {
  return (element >> 2) * 8 * history + 8 * (index & ~1) + 4 * (element & 3) + 2 * (index & 1)
}

function fromRows(slot: usize, rows: usize): void {
  for (let i: usize = 0; i < history; i++) {
    for (let element: usize = 0; element < 16; element++) {
      store<i16>(slot + compactAt(i, element), <i16>load<f64>(rows + 128 * i + 8 * element))
    }
  }
}

function toRows(slot: usize, copy: usize): void {
  for (let i: usize = 0; i < history; i++) {
    for (let element: usize = 0; element < 16; element++) {
      store<f64>(slot + 128 * i + 8 * element, <f64>load<i16>(copy + compactAt(i, element)))
    }
  }
}
