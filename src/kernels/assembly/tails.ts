// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What 16 elements of a ring of uint8 hold behind given positions, for ascending numbers of ticks: the sums grow back from
// the end. Blocks of 16 ticks without a wanted position are added row by row; where there are few, what lies behind them is
// summed row by row; the others go tick by tick after a transpose.
import { sumLanes } from './dense'
import { columnTotals, fixedWindow } from './scratch'
import { transposeBytes } from './transpose'
import { ones } from './windows'

/** Positions in a block that are summed one by one. */
const fewest: usize = 4

/** Int32 sums of the 16 elements so far, and the 16 bits of the block at hand. */
let base0 = i32x4.splat(0)
let base1 = i32x4.splat(0)
let base2 = i32x4.splat(0)
let base3 = i32x4.splat(0)
let low = i16x8.splat(0)
let high = i16x8.splat(0)

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
  v128.store(at, i32x4.add(base0, i32x4.extend_low_i16x8_u(low)))
  v128.store(at, i32x4.add(base1, i32x4.extend_high_i16x8_u(low)), 16)
  v128.store(at, i32x4.add(base2, i32x4.extend_low_i16x8_u(high)), 32)
  v128.store(at, i32x4.add(base3, i32x4.extend_high_i16x8_u(high)), 48)
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

/** Sum of one vector without what `dropped` covers. */
@inline
function partOf(at: usize, dropped: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.andnot(v128.load(at), dropped)))
}

@inline
function fourParts(at: usize, rowBytes: usize, dropped: v128): v128 {
  return sumLanes(
    partOf(at, dropped), partOf(at + rowBytes, dropped), partOf(at + 2 * rowBytes, dropped), partOf(at + 3 * rowBytes, dropped),
  )
}

/** The sums so far and those of the last `ticks` < 16 values of the vectors at `at`. */
@inline
function emitPart(at: usize, rowBytes: usize, ticks: usize, to: usize): void {
  const dropped = v128.load(ones + ticks)
  v128.store(to, i32x4.add(base0, fourParts(at, rowBytes, dropped)))
  v128.store(to, i32x4.add(base1, fourParts(at + 4 * rowBytes, rowBytes, dropped)), 16)
  v128.store(to, i32x4.add(base2, fourParts(at + 8 * rowBytes, rowBytes, dropped)), 32)
  v128.store(to, i32x4.add(base3, fourParts(at + 12 * rowBytes, rowBytes, dropped)), 48)
}

/** Ticks back from `end` to ring position `start`. */
@inline
export function ticksBack(start: i32, end: i32, span: usize): usize {
  return <usize>(start > end ? end + <i32>span - start : end - start)
}

/** For each of `count` {position, place} in `list`, ever further behind `end`: int32[16] to `to` + 256 * place, the sums from the position to `end`. */
export function tails(rows: usize, rowBytes: usize, span: usize, list: usize, count: usize, end: i32, to: usize): void {
  base0 = base1 = base2 = base3 = i32x4.splat(0)
  const last = list + 8 * count
  let position = <usize>end
  let ticks: usize = 0
  while (list < last) {
    const missing = ticksBack(load<i32>(list), end, span) - ticks
    if (missing == 0) {
      emit(to + (<usize>load<i32>(list, 4) << 8))
      list += 8
      continue
    }
    if (position == 0) position = span
    const inBlock = ((position - 1) & 15) + 1
    if (inBlock == 16) {
      if (missing >= 16) {
        const blocks = min(128, min(missing >> 4, position >> 4))
        addBlocks(rows + position - 16, rowBytes, blocks)
        position -= blocks << 4
        ticks += blocks << 4
        continue
      }
      const behind = list + 8 * fewest
      if (behind >= last || ticksBack(load<i32>(behind), end, span) >= ticks + 16) {
        emitPart(rows + position - 16, rowBytes, missing, to + (<usize>load<i32>(list, 4) << 8))
        list += 8
        continue
      }
    }
    const start = position - inBlock
    transposeBytes<u8>(rows + start, rowBytes, fixedWindow, 16, columnTotals)
    while (position > start && list < last) {
      position--
      ticks++
      const values16 = v128.load(fixedWindow + ((position - start) << 4))
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(values16))
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(values16))
      while (list < last && ticksBack(load<i32>(list), end, span) == ticks) {
        emit(to + (<usize>load<i32>(list, 4) << 8))
        list += 8
      }
    }
    flush()
  }
}
