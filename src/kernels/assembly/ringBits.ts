// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Folding of rings of bits. Where counts above 1 are few and only products are wanted, these are taken from the bits; else
// a row becomes uint8 in the ring's work row and is folded as such.
import {
  chunkBehind, isPlain, listOf, presence, ringElements, ringMirror, ringSpan, rowOf, valueAt, workRow,
} from './bitPlaces'
import { beginElement, sumBelow } from './bitCredits'
import { combine, listedExceptions, listFixed, takeExceptions, takeFixed, unpackFixed, unpackVectors } from './bits'
import { asksForSmall, bits, chooseForBits, pairs } from './choice'
import { creditElement } from './credit'
import { allFull, highest, length, lowest, productsOnly, whole } from './foldCall'
import { addExceptions, addPairs, listRow, tooMany } from './pairs'
import { beginRows, foldRow, sumElement, work } from './ringBytes'
import { movingExceptions, photons, rowPhotons } from './scratch'
import { addTo, bytesOf, sumAt } from './sumWidth'
import { tailBits } from './tailBits'
import { tailsOfRow } from './tailSums'
import { flushTile, laneOf } from './tile'

/** The values at [from, to) and up to whole vectors, as uint8 in the work row; `to` is not beyond the mirror. */
function unpackRow(element: usize, from: usize, to: usize): void {
  unpackVectors(rowOf(element), from >> 4, (to >> 4) + 1, workRow)
  const list = listOf(element)
  if (isPlain(list)) return
  for (let chunk = list; chunk != 0; chunk = chunkBehind(chunk)) {
    for (let at = chunk + 4; at < chunk + 32; at += 4) {
      const exception = load<u32>(at)
      if (exception == 0) continue
      const position = <usize>(exception >> 8)
      const value = <u8>(1 + (exception & 255))
      store<u8>(workRow + position, value)
      if (position < ringMirror) store<u8>(workRow + position + ringSpan, value)
    }
  }
}

/** What foldElement did. */
const unable: i32 = 0
const done: i32 = 1
const doneInLane: i32 = 2

/** Only products, from the bits as they lie; `lane` = that of the element, g2 and fixed = its sums. */
function foldElement(element: usize, fixedPosition: usize, lane: usize, sign: f64, g2: usize, fixed: usize): i32 {
  const bitRow = rowOf(element)
  const ones = takeFixed(bitRow, fixedPosition, length)
  if (ones == 0) return done
  const more = takeExceptions(listOf(element), fixedPosition, length, ringSpan)
  if (more < 0) return unable
  work.occupied = <f64>ones
  work.exceptions = <f64>listedExceptions()
  work.isSmall = asksForSmall()
  const way = chooseForBits(work)
  if (way != pairs && way != bits) return unable
  const listed: usize = way == pairs ? listRow(bitRow, true) : 0
  if (listed == tooMany) return unable
  if (way == pairs) {
    addExceptions(rowPhotons, listed, movingExceptions, listedExceptions())
    addPairs(photons, listFixed(), rowPhotons, listed, sign, g2)
  } else combine(false, whole, lane)
  if (!allFull) {
    unpackFixed(length, whole)
    sumElement(0, ones + more, sign, fixed, 0)
  }
  return way == pairs ? done : doneInLane
}

/** Up to 16 elements from `first`. Two callers keep it a function of its own, as foldTile of ringBytes.ts. */
function foldTile(first: usize, lanes: usize, fixedPosition: usize, sign: f64, g2: usize, fixed: usize, moving: usize): void {
  let flush = false
  for (let lane: usize = 0; lane < lanes; lane++) {
    const element = first + lane
    const at = bytesOf(lane)
    let result = unable
    if (productsOnly) result = foldElement(element, fixedPosition, laneOf(lane), sign, g2 + at, fixed + at)
    if (result == unable) {
      unpackRow(element, lowest, highest)
      if (highest > ringSpan) unpackRow(element, 0, highest - ringSpan)
      unpackRow(element, fixedPosition, fixedPosition + length)
      if (foldRow(workRow, fixedPosition, lane, sign, g2, fixed, moving)) flush = true
    } else if (result == doneInLane) flush = true
  }
  if (flush) flushTile(g2, sign)
}

export function foldBitRing(
  fixedPosition: usize, ticks: usize, moves: usize, count: usize, sign: f64, largest: f64,
  delays: usize, g2: usize, fixed: usize, moving: usize,
): void {
  beginRows(presence, fixedPosition, ticks, moves, count, largest, ringSpan)
  if (ringElements == 0) return
  foldTile(0, min(ringElements, 16), fixedPosition, sign, g2, fixed, moving)
  for (let first: usize = 16; first < ringElements; first += 16) {
    const tile = sumAt(first, delays, 0)
    foldTile(first, min(ringElements - first, 16), fixedPosition, sign, g2 + tile, fixed + tile, moving + tile)
  }
}

export function creditBits(
  moves: usize, count: usize, end: i32, sign: f64, delays: usize, fixed: usize, moving: usize, values: usize,
): void {
  for (let element: usize = 0; element < ringElements; element++) {
    const total = load<f64>(values + 8 * element)
    const tile = sumAt(element, delays, 0)
    if (beginElement(element)) creditPlain(rowOf(element), moves, count, end, sign, fixed + tile, moving + tile, total)
    else {
      unpackRow(element, 0, ringSpan)
      creditElement<u8>(workRow, ringSpan, moves, count, end, sign, tile, fixed, moving, total)
    }
  }
}

/** As creditElement, after beginElement. */
function creditPlain(
  row: usize, moves: usize, count: usize, end: i32, sign: f64, fixed: usize, moving: usize, total: f64,
): void {
  const all = sumBelow(row, <i32>ringSpan)
  const beforeEnd = sumBelow(row, end)
  for (let move = moves; move < moves + 12 * count; move += 12) {
    const at = bytesOf(<usize>load<i32>(move) << 4)
    const start = load<i32>(move, 4)
    const later = load<i32>(move, 8)
    addTo(fixed + at, sign * (total - <f64>(beforeEnd - sumBelow(row, later) + (later > end ? all : 0))))
    if (start >= 0) addTo(moving + at, sign * (total - <f64>(beforeEnd - sumBelow(row, start) + (start > end ? all : 0))))
  }
}

/** The windows {position, place} of one element up to `end`, as in tailSums.ts, after beginElement. */
function tailsOfElement(element: usize, list: usize, count: usize, end: i32, to: usize): void {
  const row = rowOf(element)
  const all = sumBelow(row, <i32>ringSpan)
  const beforeEnd = sumBelow(row, end)
  for (const last = list + 8 * count; list < last; list += 8) {
    const start = load<i32>(list)
    store<i32>(to + (<usize>load<i32>(list, 4) << 8), beforeEnd - sumBelow(row, start) + (start > end ? all : 0))
  }
}

/** As `tailSums`; `short` = `beginTailBits` has taken the windows. */
export function tailSumsOfBits(
  first: usize, lanes: usize, short: bool, list: usize, count: usize, end: i32, to: usize,
): void {
  if (short) {
    tailBits(first, lanes, end, to)
    return
  }
  for (let lane: usize = 0; lane < lanes; lane++, to += 4) {
    if (beginElement(first + lane)) tailsOfElement(first + lane, list, count, end, to)
    else {
      unpackRow(first + lane, 0, ringSpan)
      tailsOfRow<u8>(workRow, ringSpan, list, count, end, to)
    }
  }
}

/** Single pairs of one delay. */
export function foldListOfBits(
  pairs: usize, count: usize, delayIndex: usize, sign: f64, delays: usize, g2: usize, fixed: usize, moving: usize,
): void {
  for (let element: usize = 0; element < ringElements; element++) {
    const row = rowOf(element)
    const list = listOf(element)
    const sum = sumAt(element, delays, delayIndex)
    let products: u64 = 0
    let fixedSum: u64 = 0
    let movingSum: u64 = 0
    for (let i: usize = 0; i < count; i++) {
      const a = <u64>valueAt(row, list, <usize>load<i32>(pairs + 8 * i))
      const b = <u64>valueAt(row, list, <usize>load<i32>(pairs + 8 * i, 4))
      products += a * b
      fixedSum += a
      movingSum += b
    }
    addTo(g2 + sum, sign * <f64>products)
    addTo(fixed + sum, sign * <f64>fixedSum)
    addTo(moving + sum, sign * <f64>movingSum)
  }
}

/** `count` bits, a multiple of 16, to uint8 in place: from the end, as values.ts does. */
export function widenBits(at: usize, count: usize): void {
  for (let v = count >> 4; v > 0; v--) unpackVectors(at, v - 1, v, at)
}
