// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Block folding of integer rings, element by element. Every product and sum is exact.
import { bitProduct, listedExceptions, prepareBits, prepareRing, unpackFixed } from './bits'
import { bits, bitsPay, choose, dense, fallback, lookup, mayLookUp, small } from './choice'
import { denseBytes, denseLargeWords, denseSmallBytes, denseWide, denseWords, storeFour } from './dense'
import { fewPhotons } from './crossovers'
import { listPhotons, lookUp } from './lookup'
import { atHoles, atMissing, fewest, firstHole, listHoles, listMissing, many } from './presence'
import {
  batch, fixedPresence, fixedWindow, movingSums, products, vectorsMost,
} from './scratch'
import { mostOf, sumPresent, sumRow, sumWindows } from './windows'

/** What is the same for all elements of a call. */
let length: usize = 0
/** `length` up to whole vectors. */
let whole: usize = 0
let moves: usize = 0
let count: usize = 0
let presence: usize = 0
/** Missing fixed ticks, or `many`. */
let missing: usize = 0
/** First and last vector of the rows that moving windows touch; last = 0: rows are too long to be summed. */
let firstVector: usize = 0
let lastVector: usize = 0
/** Moving windows touch the positions [lowest, highest). */
export let lowest: usize = 0
export let highest: usize = 0
/** Every moving tick is present. */
let allFull: bool = false
/** Vectors of 16-bit values until a lane must be emptied; 0 = a product may not fit; `many` = the whole block fits. */
let steps: usize = 0
/** The moves are marked: only products, and what is missing from fixed sums. */
export let productsOnly: bool = false
/** How the products of the current element are taken, and how many photons are listed. */
let way: i32 = 0
let listed: usize = 0

/** Copy a window and zero what follows up to a whole vector and four more. */
@inline
function takeWindow<T>(to: usize, from: usize): void {
  memory.copy(to, from, length * sizeof<T>())
  memory.fill(to + length * sizeof<T>(), 0, (whole - length + 64) * sizeof<T>())
}

/** Position of the window of move m; behind the end that of the last. */
@inline
function position(m: usize): usize {
  return <usize>load<i32>(moves + 12 * min(m, count - 1), 4)
}

/** Behind the moves there is room for two uint32 per move: where the holes of its window lie in the list. */
@inline
function holesOf(m: usize): usize {
  return moves + 12 * count + 8 * m
}

function prepare<T>(largest: f64): void {
  productsOnly = (load<i32>(moves, 8) & 2) != 0
  let low = position(0)
  let high = low
  allFull = true
  for (let m: usize = 0; m < count; m++) {
    low = min(low, position(m))
    high = max(high, position(m))
    if ((load<i32>(moves + 12 * m, 8) & 1) == 0) allFull = false
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

/** Decide how the products of an element are taken. */
@inline
function decide<T>(row: usize, most: v128, photons: i64): void {
  way = dense
  if (sizeof<T>() == 1) {
    way = choose(whole, photons, most, lastVector > 0 ? lastVector - firstVector + 1 : 0, count)
    if (way == bits && !prepareBits(row, firstVector, lastVector, whole)) way = fallback
  }
  if (way == lookup) listed = listPhotons<T>(whole)
}

/** Products of the fixed window with the windows of moves m..m+3. */
@inline
function multiplyFour<T>(row: usize, m: usize, out: usize): void {
  const y0 = row + position(m) * sizeof<T>()
  const y1 = row + position(m + 1) * sizeof<T>()
  const y2 = row + position(m + 2) * sizeof<T>()
  const y3 = row + position(m + 3) * sizeof<T>()
  if (way == lookup) lookUp<T>(listed, y0, y1, y2, y3, out)
  else if (sizeof<T>() == 1 && way == bits) {
    for (let j: usize = 0; j < 4; j++) store<f64>(out + 8 * j, bitProduct(position(m + j), whole))
  } else if (sizeof<T>() == 1 && way == small) denseSmallBytes(fixedWindow, y0, y1, y2, y3, whole, out)
  else if (sizeof<T>() == 1) denseBytes(fixedWindow, y0, y1, y2, y3, whole, out)
  else if (steps == many) denseWords(fixedWindow, y0, y1, y2, y3, whole, out)
  else if (steps > 0) denseLargeWords(fixedWindow, y0, y1, y2, y3, whole, steps, out)
  else {
    denseWide<T>(fixedWindow, y0, whole, out)
    denseWide<T>(fixedWindow, y1, whole, out + 8)
    denseWide<T>(fixedWindow, y2, whole, out + 16)
    denseWide<T>(fixedWindow, y3, whole, out + 24)
  }
}

/** Sums of the moving values of moves m..m+3, opposite to events. */
@inline
function sumMoving<T>(row: usize, m: usize, out: usize): void {
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
function sumFixed<T>(m: usize, all: i64): i64 {
  if ((load<i32>(moves + 12 * m, 8) & 1) != 0) return all
  const first = load<u32>(holesOf(m))
  const y = position(m)
  if (first == u32.MAX_VALUE) return sumPresent<T>(fixedWindow, presence + y * sizeof<T>(), whole)
  return all - atHoles<T>(fixedWindow, y, <usize>first, <usize>load<u32>(holesOf(m), 4))
}

/** Look at a row: sum it unless only products are wanted; returns its largest uint8 in every lane. */
@inline
function look<T>(row: usize): v128 {
  const from = row + (firstVector << 4)
  if (lastVector == 0) return i8x16.splat(0)
  if (!productsOnly) return sumRow<T>(from, 0, lastVector - firstVector)
  return sizeof<T>() == 1 ? mostOf(from, lastVector - firstVector) : i8x16.splat(0)
}

@inline
function sumAt(tile: usize, m: usize): usize {
  return tile + <usize>load<i32>(moves + 12 * m) * 128
}

@inline
function addTo(at: usize, sum: f64): void {
  store<f64>(at, load<f64>(at) + sum)
}

/** Products of all moves, and sums where they are wanted; `all` = sum of the fixed window. */
function foldMoves<T>(
  row: usize, tile: usize, sign: f64, g2: usize, fixed: usize, moving: usize, all: i64,
): void {
  for (let from: usize = 0; from < count; from += batch) {
    const to = min(count, from + batch)
    for (let m = from; m < to; m += 4) multiplyFour<T>(row, m, products + 8 * (m - from))
    for (let m = from; m < to; m++) addTo(g2 + sumAt(tile, m), sign * load<f64>(products + 8 * (m - from)))
    if (productsOnly) {
      for (let m = from; !allFull && m < to; m++) {
        if ((load<i32>(moves + 12 * m, 8) & 1) == 0) addTo(fixed + sumAt(tile, m), sign * <f64>(sumFixed<T>(m, all) - all))
      }
    } else {
      for (let m = from; m < to; m += 4) sumMoving<T>(row, m, movingSums + 8 * (m - from))
      for (let m = from; m < to; m++) {
        addTo(moving + sumAt(tile, m), sign * load<f64>(movingSums + 8 * (m - from)))
        addTo(fixed + sumAt(tile, m), sign * <f64>sumFixed<T>(m, all))
      }
    }
  }
}

/** One element, whose sums lie at `tile`. Not inlined (it has two callers), so that engines optimise it during a long first call. */
export function foldElement<T>(
  row: usize, fixedPosition: usize, tile: usize, sign: f64, g2: usize, fixed: usize, moving: usize,
): void {
  takeWindow<T>(fixedWindow, row + fixedPosition * sizeof<T>())
  const all = sumPresent<T>(fixedWindow, fixedPresence, whole)
  if (productsOnly && !isSigned<T>() && all == 0) return
  if (productsOnly && sizeof<T>() == 1 && mayLookUp() && all <= fewPhotons) {
    way = lookup
    listed = listPhotons<T>(whole)
  } else decide<T>(row, look<T>(row), all)
  foldMoves<T>(row, tile, sign, g2, fixed, moving, all)
}

/** How the products of the last element that had any were taken, as numbered in choice.ts: for benches. */
export function lastWay(): i32 {
  return way
}

/** Only products of an element of a ring of bits, from its bits; false and nothing done where another way is better. */
export function foldBits(row: usize, list: usize, fixedPosition: usize, tile: usize, sign: f64, g2: usize, fixed: usize): bool {
  const all = prepareRing(row, list, fixedPosition, length)
  if (all <= 0) return all == 0
  if (!bitsPay(whole, listedExceptions(), count)) return false
  if (!allFull || listedExceptions() > 0) unpackFixed(length, whole)
  way = bits
  foldMoves<u8>(0, tile, sign, g2, fixed, 0, all)
  return true
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

/** T = u8, u16 or i16. */
export function foldIntegers<T>(
  ring: usize, rowLength: usize, elements: usize, fixedPosition: usize, ticks: usize,
  moveList: usize, moveCount: usize, sign: f64, largest: f64, delays: usize, g2: usize, fixed: usize, moving: usize,
): void {
  const rowBytes = rowLength * sizeof<T>()
  beginFold<T>(ring + elements * rowBytes, fixedPosition, ticks, moveList, moveCount, largest)
  if (elements > 0) foldElement<T>(ring, fixedPosition, 0, sign, g2, fixed, moving)
  for (let element: usize = 1; element < elements; element++) {
    const row = ring + element * rowBytes
    const tile = ((element >> 4) * delays * 16 + (element & 15)) * 8
    foldElement<T>(row, fixedPosition, tile, sign, g2, fixed, moving)
  }
}
