// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Block folding of uint8 rows, 16 elements at a time.
import { combine, prepareBits } from './bits'
import { asksForSmall, bits, chooseForBytes, dense, lookup, mayUse, pairs, small, Work } from './choice'
import {
  allFull, beginFold, count, firstVector, highest, isFull, largestValue, lastVector, length, lowest, productsOnly,
  sumFixed, sumMoving, sumsOf, takeWindow, whole,
} from './foldCall'
import { listPhotons } from './lookup'
import { multiplyDense, multiplyListed, multiplySmall, relaxed, widenFixed } from './multiply'
import { addPairs, listRow, mayPair, prepareDistances, tooMany } from './pairs'
import { batch, fixedWindow, movingSums, photons, rowPhotons, work as workAt } from './scratch'
import { addTo, bytesOf, sumAt } from './sumWidth'
import { exchangeFixed, largestTwo, multiplyTwos } from './twos'
import { flushTile, laneOf } from './tile'
import { largestLane, mostOf, sumBytes, sumRow, touchRow } from './windows'

export const work = changetype<Work>(workAt)
/** So few photons look up less than a row has lines. */
const fewPhotons: f64 = 3
/** The way of the last element. */
let taken: i32 = 0
/** Positions in the ring before they repeat. */
let span: usize = 0

/** Number of values of the fixed window that are not 0. */
export function occupied(): usize {
  const zero = i8x16.splat(0)
  let count: usize = 0
  for (let t: usize = 0; t < whole; t += 16) {
    count += 16 - <usize>popcnt(i8x16.bitmask(i8x16.eq(v128.load(fixedWindow + t), zero)))
  }
  return count
}

function largestOfFixed(): v128 {
  let most = i8x16.splat(0)
  for (let t: usize = 0; t < whole; t += 16) most = i8x16.max_u(most, v128.load(fixedWindow + t))
  return most
}

@inline
function largestOfRow(row: usize): v128 {
  return mostOf(row + (firstVector << 4), (highest >> 4) - firstVector)
}

/** The largest value of the fixed window and of what moving windows touch, or more where that is below 128. */
function largestOf(row: usize): u32 {
  if (largestValue <= 127) return <u32>largestValue
  return largestLane(i8x16.max_u(largestOfRow(row), largestOfFixed()))
}

/** True when counts are small enough for multiplyTwos. */
function areTwos(row: usize): bool {
  return work.areTwos || largestLane(largestOfFixed()) * largestLane(largestOfRow(row)) <= largestTwo
}

/** Products of all moves of one element whose fixed window is taken and not empty; true when they went to its lane `out`. */
export function multiplyBytes(row: usize, all: i64, out: usize, sign: f64, g2: usize): bool {
  const largest: u32 = asksForSmall() ? largestOf(row) : 255
  work.isSmall = largest <= 127
  // Where the mean is above 2, nothing but multiplying pays.
  work.occupied = all > 2 * <i64>length ? work.length : <f64>occupied()
  work.exceptions = (<f64>all - work.occupied) * Math.max(1, work.touched / work.length)
  let way = chooseForBytes(work)
  if (way == pairs) {
    const listed = listRow(row, false)
    if (listed != tooMany) {
      taken = pairs
      addPairs(photons, listPhotons<u8>(whole), rowPhotons, listed, sign, g2)
      return false
    }
    way = lookup
  }
  taken = way
  if (work.occupied > fewPhotons) touchRow(row + lowest, highest - lowest)
  if (way == bits && mayPair && lastVector > 0 && prepareBits(row, whole, span)) {
    combine(true, whole, out)
    return true
  }
  if (way == lookup) multiplyListed(row, count, listPhotons<u8>(whole), out)
  else {
    taken = work.isSmall && way != dense ? small : dense
    if (taken == small) multiplySmall(row, count, whole, largest, out)
    else if (!relaxed && areTwos(row)) {
      exchangeFixed(whole)
      multiplyTwos(row, count, whole, out)
    } else {
      widenFixed(whole)
      multiplyDense(row, count, whole, out)
    }
  }
  return true
}

/** How the products of the last element of uint8 that had any were taken, as numbered in choice.ts: for benches. */
export function lastWay(): i32 {
  return taken
}

/** What an element adds to sums other than of products; `fixed` and `moving` = its sums. */
export function sumElement(row: usize, all: i64, sign: f64, fixed: usize, moving: usize): void {
  if (productsOnly) {
    for (let m: usize = 0; m < count; m++) {
      if (!isFull(m)) addTo(fixed + sumsOf(m), sign * <f64>(sumFixed<u8>(m, all) - all))
    }
    return
  }
  if (lastVector > 0) sumRow<u8>(row + (firstVector << 4), 0, lastVector - firstVector)
  for (let from: usize = 0; from < count; from += batch) {
    const to = min(count, from + batch)
    for (let m = from; m < to; m += 4) sumMoving<u8>(row, m, movingSums + 8 * (m - from))
    for (let m = from; m < to; m++) {
      addTo(moving + sumsOf(m), sign * load<f64>(movingSums + 8 * (m - from)))
      addTo(fixed + sumsOf(m), sign * <f64>sumFixed<u8>(m, all))
    }
  }
}

/** One element in lane `lane` of the tile whose sums lie at g2, fixed and moving; true when the tile must be flushed. */
export function foldRow(row: usize, fixedPosition: usize, lane: usize, sign: f64, g2: usize, fixed: usize, moving: usize): bool {
  takeWindow<u8>(fixedWindow, row + fixedPosition)
  const all = sumBytes(fixedWindow, whole)
  const at = bytesOf(lane)
  const flush = all > 0 && multiplyBytes(row, all, laneOf(lane), sign, g2 + at)
  if (!productsOnly || (all > 0 && !allFull)) sumElement(row, all, sign, fixed + at, moving + at)
  return flush
}

/** Up to 16 elements. Two callers keep it a function of its own, so that engines optimise it during a long first call. */
function foldTile(
  row: usize, rowBytes: usize, lanes: usize, fixedPosition: usize, sign: f64, g2: usize, fixed: usize, moving: usize,
): void {
  let flush = false
  for (let lane: usize = 0; lane < lanes; lane++, row += rowBytes) {
    if (foldRow(row, fixedPosition, lane, sign, g2, fixed, moving)) flush = true
  }
  if (flush) flushTile(g2, sign)
}

/** What is the same for all elements of a ring, as beginFold. */
export function beginRows(
  presenceRow: usize, fixedPosition: usize, ticks: usize, moves: usize, count: usize, largest: f64, ringSpan: usize,
): void {
  beginFold<u8>(presenceRow, fixedPosition, ticks, moves, count, largest)
  span = ringSpan
  prepareDistances(fixedPosition, span)
  work.length = <f64>length
  work.moves = <f64>count
  work.touched = <f64>(highest - lowest)
  work.areTwos = !relaxed && largestValue * largestValue <= <f64>largestTwo
  work.mayPair = mayPair && (mayUse(pairs) || mayUse(bits))
}

/** A ring of uint8. */
export function foldBytes(
  ring: usize, rowLength: usize, elements: usize, ringSpan: usize, fixedPosition: usize, ticks: usize,
  moves: usize, count: usize, sign: f64, largest: f64, delays: usize, g2: usize, fixed: usize, moving: usize,
): void {
  beginRows(ring + elements * rowLength, fixedPosition, ticks, moves, count, largest, ringSpan)
  if (elements == 0) return
  foldTile(ring, rowLength, min(elements, 16), fixedPosition, sign, g2, fixed, moving)
  for (let element: usize = 16; element < elements; element += 16) {
    const tile = sumAt(element, delays, 0)
    const row = ring + element * rowLength
    foldTile(row, rowLength, min(elements - element, 16), fixedPosition, sign, g2 + tile, fixed + tile, moving + tile)
  }
}
