// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What 16 elements of a ring of uint8 collected before their last ticks, for ascending numbers of ticks: the sums grow back
// from the end. Blocks of 16 ticks without a wanted number are added row by row, the others tick by tick after a transpose.
import { sumLanes } from './dense'
import { columnTotals, fixedWindow } from './scratch'
import { transposeBytes } from './transpose'

/** Int32 sums of the 16 elements so far, the 16 bits of the block at hand, and totals as float64[16]. */
let base0 = i32x4.splat(0)
let base1 = i32x4.splat(0)
let base2 = i32x4.splat(0)
let base3 = i32x4.splat(0)
let low = i16x8.splat(0)
let high = i16x8.splat(0)
let totals: usize = 0

@inline
function storeFour(at: usize, total: usize, sum: v128): void {
  v128.store(at, f64x2.sub(v128.load(total), f64x2.convert_low_i32x4_s(sum)))
  const upper = f64x2.convert_low_i32x4_s(i32x4.shuffle(sum, sum, 2, 3, 2, 3))
  v128.store(at, f64x2.sub(v128.load(total, 16), upper), 16)
}

@inline
function flush(): void {
  base0 = i32x4.add(base0, i32x4.extend_low_i16x8_u(low))
  base1 = i32x4.add(base1, i32x4.extend_high_i16x8_u(low))
  base2 = i32x4.add(base2, i32x4.extend_low_i16x8_u(high))
  base3 = i32x4.add(base3, i32x4.extend_high_i16x8_u(high))
  low = i16x8.splat(0)
  high = i16x8.splat(0)
}

@inline
function emit(at: usize): void {
  storeFour(at, totals, i32x4.add(base0, i32x4.extend_low_i16x8_u(low)))
  storeFour(at + 32, totals + 32, i32x4.add(base1, i32x4.extend_high_i16x8_u(low)))
  storeFour(at + 64, totals + 64, i32x4.add(base2, i32x4.extend_low_i16x8_u(high)))
  storeFour(at + 96, totals + 96, i32x4.add(base3, i32x4.extend_high_i16x8_u(high)))
}

/** Sum of `blocks` <= 128 vectors of one row, from `at` down. */
@inline
function rowSum(at: usize, blocks: usize): v128 {
  let sum = i16x8.splat(0)
  for (let b: usize = 0; b < blocks; b++) sum = i16x8.add(sum, i16x8.extadd_pairwise_i8x16_u(v128.load(at - (b << 4))))
  return i32x4.extadd_pairwise_i16x8_u(sum)
}

@inline
function fourRows(at: usize, rowBytes: usize, blocks: usize): v128 {
  return sumLanes(
    rowSum(at, blocks), rowSum(at + rowBytes, blocks), rowSum(at + 2 * rowBytes, blocks), rowSum(at + 3 * rowBytes, blocks),
  )
}

@inline
function addBlocks(at: usize, rowBytes: usize, blocks: usize): void {
  base0 = i32x4.add(base0, fourRows(at, rowBytes, blocks))
  base1 = i32x4.add(base1, fourRows(at + 4 * rowBytes, rowBytes, blocks))
  base2 = i32x4.add(base2, fourRows(at + 8 * rowBytes, rowBytes, blocks))
  base3 = i32x4.add(base3, fourRows(at + 12 * rowBytes, rowBytes, blocks))
}

/** Ticks back from `end` to ring position `start`. */
@inline
export function ticksBack(start: i32, end: i32, span: usize): usize {
  return <usize>(start > end ? end + <i32>span - start : end - start)
}

/** True when the positions `starts` lie ever further behind `end`. */
export function areOrdered(starts: usize, count: usize, end: i32, span: usize): bool {
  for (let m: usize = 1; m < count; m++) {
    const before = ticksBack(load<i32>(starts + 4 * m - 4), end, span)
    if (ticksBack(load<i32>(starts + 4 * m), end, span) < before) return false
  }
  return true
}

/** For each of `count` ordered positions float64[16] to `to`, 128 bytes apart: `totals` less the values from there to `end`. */
export function tails(rows: usize, rowBytes: usize, span: usize, starts: usize, count: usize, end: i32, values: usize, to: usize): void {
  base0 = base1 = base2 = base3 = i32x4.splat(0)
  totals = values
  let position = <usize>end
  let ticks: usize = 0
  let m: usize = 0
  while (m < count) {
    const missing = ticksBack(load<i32>(starts + 4 * m), end, span) - ticks
    if (missing == 0) {
      emit(to + 128 * m++)
      continue
    }
    if (position == 0) position = span
    const inBlock = ((position - 1) & 15) + 1
    if (inBlock == 16 && missing >= 16) {
      const blocks = min(128, min(missing >> 4, position >> 4))
      addBlocks(rows + position - 16, rowBytes, blocks)
      position -= blocks << 4
      ticks += blocks << 4
      continue
    }
    const start = position - inBlock
    transposeBytes<u8>(rows + start, rowBytes, fixedWindow, 16, columnTotals)
    while (position > start && m < count) {
      position--
      ticks++
      const values16 = v128.load(fixedWindow + ((position - start) << 4))
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(values16))
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(values16))
      while (m < count && ticksBack(load<i32>(starts + 4 * m), end, span) == ticks) emit(to + 128 * m++)
    }
    flush()
  }
}
