// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Products of small counts without widening them. Two ticks of the fixed window, exchanged, and two of a moving one are numbers
// of 16 bits each; where no product of two counts exceeds 127, the high byte of their product is the sum that is wanted:
//
//     (x1 + 256 x0) (y0 + 256 y1)  =  x1 y0 + 256 (x0 y0 + x1 y1)  + a multiple of 65536
//
// Half the instructions of multiplyDense, and none of those that widen bytes. `out` and the windows as in multiply.ts.
import { sumLanes } from './dense'
import { position } from './foldCall'
import { storeLanes } from './multiply'
import { fixedWindow, lowHalves } from './scratch'

/** The largest product of two counts. */
export const largestTwo: u32 = 127
/** Bytes until a lane of 16 bits, which grows by 255 at most, must be emptied: a multiple of 32. */
const most: usize = 4096

/** The fixed window with neighbours exchanged, as multiplyTwos wants it, up to a multiple of 32. */
export function exchangeFixed(length: usize): void {
  for (let t: usize = 0; t < length; t += 32) {
    exchange(t)
    exchange(t + 16)
  }
}

@inline
function exchange(t: usize): void {
  const x = v128.load(fixedWindow + t)
  v128.store(lowHalves + t, i8x16.shuffle(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))
}

@inline
function addTwo(sum: v128, a: v128, b: v128, y: usize): v128 {
  const first = i16x8.shr_u(i16x8.mul(a, v128.load(y)), 8)
  return i16x8.add(i16x8.add(sum, first), i16x8.shr_u(i16x8.mul(b, v128.load(y, 16)), 8))
}

@inline
function empty(sum: v128, words: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(words))
}

/** Counts of which no two, one of either side, have a product above `largestTwo`; after exchangeFixed. */
export function multiplyTwos(row: usize, moves: usize, length: usize, out: usize): void {
  for (let m: usize = 0; m < moves; m += 4, out += 256) {
    let y0 = row + position(m)
    let y1 = row + position(m + 1)
    let y2 = row + position(m + 2)
    let y3 = row + position(m + 3)
    let sum0 = i32x4.splat(0)
    let sum1 = i32x4.splat(0)
    let sum2 = i32x4.splat(0)
    let sum3 = i32x4.splat(0)
    for (let x = lowHalves; x < lowHalves + length; ) {
      let a0 = i16x8.splat(0)
      let a1 = i16x8.splat(0)
      let a2 = i16x8.splat(0)
      let a3 = i16x8.splat(0)
      for (const end = min(lowHalves + length, x + most); x < end; x += 32) {
        const a = v128.load(x)
        const b = v128.load(x, 16)
        a0 = addTwo(a0, a, b, y0)
        a1 = addTwo(a1, a, b, y1)
        a2 = addTwo(a2, a, b, y2)
        a3 = addTwo(a3, a, b, y3)
        y0 += 32
        y1 += 32
        y2 += 32
        y3 += 32
      }
      sum0 = empty(sum0, a0)
      sum1 = empty(sum1, a1)
      sum2 = empty(sum2, a2)
      sum3 = empty(sum3, a3)
    }
    storeLanes(out, sumLanes(sum0, sum1, sum2, sum3))
  }
}
