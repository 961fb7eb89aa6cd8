// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// IP and IF of shards of integers, delay by delay. The total of a level, and what of it lies before the last `lag` samples, are kept between
// calls, so that delays in their order cost one sample each.
import { elements, history, slotOf, sumsIF, sumsIP, sumsOf, totals, values } from './multiTauPlace'
import { keptTwo } from './multiTauState'

/** Whose totals lie at `totals`, float64 [tiles][16]; -1 = nobody's. Behind them those before the last `heldLag` samples. */
let heldLevel: i32 = -1
let heldLag: usize = 0

/** Sums have changed. */
export function forgetTotals(): void {
  heldLevel = -1
}

@inline
function tileCount(): usize {
  return (elements + 15) / 16
}

/** Sum of the samples of a level: of all values without those that wait below. */
function holdLevel(level: usize, waits: u32): void {
  const tiles = tileCount()
  for (let tile: usize = 0; tile < tiles; tile++) {
    for (let column: usize = 0; column < 128; column += 16) {
      let total = v128.load(values + tile * 128 + column)
      for (let below: usize = 0; below < level; below++) {
        if ((waits >> <u32>below) & 1) total = f64x2.sub(total, keptTwo(slotOf(tile, below), history, column))
      }
      v128.store(totals + tile * 128 + column, total)
    }
  }
  heldLevel = <i32>level
  beginLags()
}

function beginLags(): void {
  const bytes = 128 * tileCount()
  memory.copy(totals + bytes, totals, bytes)
  heldLag = 0
}

/** Take the samples up to the `lag`-th from the last off. */
function holdLag(level: usize, lag: usize): void {
  if (lag < heldLag) beginLags()
  const tiles = tileCount()
  const past = totals + 128 * tiles
  for (let tile: usize = 0; tile < tiles; tile++) {
    const slot = slotOf(tile, level)
    for (let column: usize = 0; column < 128; column += 16) {
      let total = v128.load(past + tile * 128 + column)
      for (let i = heldLag + 1; i <= lag; i++) total = f64x2.sub(total, keptTwo(slot, history - i, column))
      v128.store(past + tile * 128 + column, total)
    }
  }
  heldLag = lag
}

/** IP (`past`) or IF: float64 [tiles][16] to `at`; `sums` = byte offset of the delay in a tile, `waits` = levels whose sample waits, as bits. */
export function read(past: bool, level: usize, lag: usize, sums: usize, waits: u32, tile: usize, tiles: usize, at: usize): void {
  if (heldLevel != <i32>level) holdLevel(level, waits)
  if (past && heldLag != lag) holdLag(level, lag)
  const scale = f64x2.splat(<f64>((<u64>1) << level))
  const lacks = past ? sumsIP : sumsIF
  let from = totals + (past ? 128 * tileCount() : 0) + 128 * tile
  for (const end = tile + tiles; tile < end; tile++) {
    const lack = lacks + sumsOf(tile, 0) + sums
    for (let column: usize = 0; column < 128; column += 16, at += 16, from += 16) {
      v128.store(at, f64x2.sub(f64x2.mul(scale, v128.load(from)), v128.load(lack + column)))
    }
  }
}
