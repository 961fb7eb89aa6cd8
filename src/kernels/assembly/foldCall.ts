// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One call of fold over an integer ring: what is the same for all elements, and the sums of windows. Every sum is exact.
import { storeFour } from './dense'
import { atHoles, atMissing, fewest, firstHole, listHoles, listMissing, many } from './presence'
import { fixedPresence, fixedWindow, holesOfMoves, positions, vectorsMost } from './scratch'
import { bytesOf } from './sumWidth'
import { ones, sumPresent, sumWindows } from './windows'

export let length: usize = 0
/** `length` up to whole vectors. */
export let whole: usize = 0
export let moves: usize = 0
export let count: usize = 0
let presence: usize = 0
/** Missing fixed ticks, or `many`. */
let missing: usize = 0
/** First and last vector of the rows that moving windows touch; last = 0: rows are too long to be summed. */
export let firstVector: usize = 0
export let lastVector: usize = 0
/** Moving windows touch the positions [lowest, highest). */
export let lowest: usize = 0
export let highest: usize = 0
/** Every moving tick is present. */
export let allFull: bool = false
/** Vectors of 16-bit values until a lane must be emptied; 0 = a product may not fit; `many` = the whole block fits. */
export let steps: usize = 0
/** The moves are marked: only products, and what is missing from fixed sums. */
export let productsOnly: bool = false
/** No value of the ring is larger. */
export let largestValue: f64 = 0

/** Copy a window and zero what follows up to a whole vector and four more. */
@inline
export function takeWindow<T>(to: usize, from: usize): void {
  const bytes = length * sizeof<T>()
  let t: usize = 0
  for (; t + 16 <= bytes; t += 16) v128.store(to + t, v128.load(from + t))
  if (t < bytes) {
    v128.store(to + t, v128.and(v128.load(from + t), v128.load(ones + 16 - (bytes & 15))))
    t += 16
  }
  for (const end = t + 64 * sizeof<T>(); t < end; t += 16) v128.store(to + t, i8x16.splat(0))
}

/** Position of the window of move m; for up to three behind the end that of the last. */
@inline
export function position(m: usize): usize {
  return <usize>load<u32>(positions + 4 * m)
}

@inline
function holesOf(m: usize): usize {
  return holesOfMoves + 8 * m
}

@inline
export function isFull(m: usize): bool {
  return (load<i32>(moves + 12 * m, 8) & 1) != 0
}

/** Bytes from the sums of a tile to those of a move. */
@inline
export function sumsOf(m: usize): usize {
  return bytesOf(<usize>load<i32>(moves + 12 * m) << 4)
}

function prepare<T>(largest: f64): void {
  productsOnly = (load<i32>(moves, 8) & 2) != 0
  for (let m: usize = 0; m < count + 3; m++) store<i32>(positions + 4 * m, load<i32>(moves + 12 * min(m, count - 1), 4))
  largestValue = largest
  let low = position(0)
  let high = low
  allFull = true
  for (let m: usize = 0; m < count; m++) {
    low = min(low, position(m))
    high = max(high, position(m))
    if (!isFull(m)) allFull = false
  }
  lowest = low
  highest = high + length
  missing = listMissing<T>(length)
  const holes = listHoles<T>(presence, low, high + length)
  for (let m: usize = 0; m < count; m++) {
    const first: usize = holes == many ? 0 : firstHole(holes, position(m))
    const last: usize = holes == many ? 0 : firstHole(holes, position(m) + length)
    const few = holes != many && last - first <= fewest(length)
    store<u32>(holesOf(m), few ? <u32>first : u32.MAX_VALUE)
    store<u32>(holesOf(m), <u32>last, 4)
  }
  firstVector = (low * sizeof<T>()) >> 4
  lastVector = ((high + length) * sizeof<T>()) >> 4
  // Summing a row pays when it is shorter than all its windows together.
  if (lastVector - firstVector + 4 > min(vectorsMost, (count * length * sizeof<T>()) >> 4)) lastVector = 0
  const square = Math.max(1.0, largest * largest)
  steps = square * <f64>whole <= 2147483647.0 ? many : <usize>Math.floor(2147483647.0 / (2.0 * square))
}

/** Sums of the moving values of moves m..m+3, opposite to events. */
@inline
export function sumMoving<T>(row: usize, m: usize, out: usize): void {
  if (missing == many || lastVector == 0) {
    for (let j: usize = 0; j < 4; j++) {
      store<f64>(out + 8 * j, <f64>sumPresent<T>(row + position(m + j) * sizeof<T>(), fixedPresence, whole))
    }
    return
  }
  const base: usize = firstVector << 4
  const y0 = position(m) * sizeof<T>() - base
  const y1 = position(m + 1) * sizeof<T>() - base
  const y2 = position(m + 2) * sizeof<T>() - base
  const y3 = position(m + 3) * sizeof<T>() - base
  storeFour(out, sumWindows<T>(row + base, y0, y1, y2, y3, length * sizeof<T>()))
  for (let j: usize = 0; missing > 0 && j < 4; j++) {
    const missed = <f64>atMissing<T>(row + position(m + j) * sizeof<T>(), missing)
    store<f64>(out + 8 * j, load<f64>(out + 8 * j) - missed)
  }
}

/** Sum of the fixed values opposite to events of the window of move m. */
@inline
export function sumFixed<T>(m: usize, all: i64): i64 {
  if (isFull(m)) return all
  const first = load<u32>(holesOf(m))
  const y = position(m)
  if (first == u32.MAX_VALUE) return sumPresent<T>(fixedWindow, presence + y * sizeof<T>(), whole)
  return all - atHoles<T>(fixedWindow, y, <usize>first, <usize>load<u32>(holesOf(m), 4))
}

/** What is the same for all elements of a call. `presenceRow` = the row of the ring that tells where events are. */
export function beginFold<T>(
  presenceRow: usize, fixedPosition: usize, ticks: usize, moveList: usize, moveCount: usize, largest: f64,
): void {
  length = ticks
  whole = (ticks + 15) & ~15
  moves = moveList
  count = moveCount
  presence = presenceRow
  takeWindow<T>(fixedPresence, presence + fixedPosition * sizeof<T>())
  prepare<T>(largest)
}
