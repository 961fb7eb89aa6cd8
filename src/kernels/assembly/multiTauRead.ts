// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// IP and IF of shards of integers: delay by delay, or of some tiles at once. Delay by delay the total of a level, and what of it lies before the last `lag` samples are kept between
// calls, so that delays in their order cost one sample each.
import { delays, elements, history, scratch, slotOf, sumsIF, sumsIP, sumsOf, totals, values } from './multiTauPlace'
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

/** Sum of the samples of a level, float64 [16] to `to`: of all values without those that wait below. */
@inline
function sumLevel(tile: usize, level: usize, waits: u32, to: usize): void {
  for (let column: usize = 0; column < 128; column += 16) {
    let total = v128.load(values + tile * 128 + column)
    for (let below: usize = 0; below < level; below++) {
      if ((waits >> <u32>below) & 1) total = f64x2.sub(total, keptTwo(slotOf(tile, below), history, column))
    }
    v128.store(to + column, total)
  }
}

/** Make the sums of all tiles those of a level. */
function holdLevel(level: usize, waits: u32): void {
  const tiles = tileCount()
  for (let tile: usize = 0; tile < tiles; tile++) sumLevel(tile, level, waits, totals + tile * 128)
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

/** Sum of a level's samples of the tile at work, float64 [16], then the same without the last ones. */
@inline
function wholeAt(): usize {
  return scratch
}

/** IP and IF of one delay of a tile, float64 [16] each, after the samples up to the `held`-th from the last were taken off. */
@inline
function settleDelay(tile: usize, index: usize, level: usize, held: usize, lag: usize, past: usize, future: usize): void {
  const slot = slotOf(tile, level)
  const scale = f64x2.splat(<f64>((<u64>1) << level))
  const lacks = sumsOf(tile, index)
  for (let column: usize = 0; column < 128; column += 16) {
    let before = v128.load(wholeAt() + 128 + column)
    for (let i = held + 1; i <= lag; i++) before = f64x2.sub(before, keptTwo(slot, history - i, column))
    v128.store(wholeAt() + 128 + column, before)
    v128.store(past + column, f64x2.sub(f64x2.mul(scale, before), v128.load(sumsIP + lacks + column)))
    v128.store(future + column, f64x2.sub(f64x2.mul(scale, v128.load(wholeAt() + column)), v128.load(sumsIF + lacks + column)))
  }
}

/** IP and IF of all delays of some tiles: float64 [tiles][delays][16] each; `places` = int32 [delays][index, level, lag] by ascending level and lag. */
export function settle(places: usize, waits: u32, tile: usize, tiles: usize, past: usize, future: usize): void {
  for (const end = tile + tiles; tile < end; tile++) {
    let level: i32 = -1
    let held: usize = 0
    for (let place = places, last = places + 12 * delays; place < last; place += 12) {
      const index = <usize>load<i32>(place)
      const lag = <usize>load<i32>(place, 8)
      if (load<i32>(place, 4) != level) {
        level = load<i32>(place, 4)
        held = 0
        sumLevel(tile, <usize>level, waits, wholeAt())
        memory.copy(wholeAt() + 128, wholeAt(), 128)
      }
      settleDelay(tile, index, <usize>level, held, lag, past + 128 * index, future + 128 * index)
      held = lag
    }
    past += 128 * delays
    future += 128 * delays
  }
}
