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
import { addTo, allFull, highest, length, lowest, productsOnly, whole } from './foldCall'
import { addExceptions, addPairs, listRow, tooMany } from './pairs'
import { beginRows, foldRow, sumElement, work } from './ringBytes'
import { movingExceptions, photons, rowPhotons } from './scratch'
import { flushTile, laneOf } from './tile'
import { sumBefore, sumRow } from './windows'

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

@inline
function tileOf(element: usize, delays: usize): usize {
  return ((element >> 4) * delays * 16 + (element & 15)) * 8
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
  } else combine(false, whole, lane, sign, g2)
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
    const at = 8 * lane
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
    const tile = first * delays * 8
    foldTile(first, min(ringElements - first, 16), fixedPosition, sign, g2 + tile, fixed + tile, moving + tile)
  }
}

export function creditBits(
  moves: usize, count: usize, end: i32, sign: f64, delays: usize, fixed: usize, moving: usize, values: usize,
): void {
  for (let element: usize = 0; element < ringElements; element++) {
    const total = load<f64>(values + 8 * element)
    const tile = tileOf(element, delays)
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
    const at = <usize>load<i32>(move) * 128
    const start = load<i32>(move, 4)
    const later = load<i32>(move, 8)
    addTo(fixed + at, sign * (total - <f64>(beforeEnd - sumBelow(row, later) + (later > end ? all : 0))))
    if (start >= 0) addTo(moving + at, sign * (total - <f64>(beforeEnd - sumBelow(row, start) + (start > end ? all : 0))))
  }
}

/** int32 [1 + count][16] of a tile: the windows up to the end. */
const windows: usize = photons

/** The windows of one element from `later` and from `starts` on up to `end`, to its lane `to`. */
function windowsOf(element: usize, starts: usize, count: usize, later: i32, end: i32, to: usize): void {
  const row = rowOf(element)
  const all = sumBelow(row, <i32>ringSpan)
  const beforeEnd = sumBelow(row, end)
  store<i32>(to, beforeEnd - sumBelow(row, later) + (later > end ? all : 0))
  for (let m: usize = 0; m < count; m++) {
    to += 64
    const start = load<i32>(starts + 4 * m)
    store<i32>(to, beforeEnd - sumBelow(row, start) + (start > end ? all : 0))
  }
}

/** The same from the row as uint8. */
function windowsOfBytes(element: usize, starts: usize, count: usize, later: i32, end: i32, to: usize): void {
  unpackRow(element, 0, ringSpan)
  sumRow<u8>(workRow, 0, ringSpan >> 4)
  const all = sumBefore<u8>(workRow, ringSpan)
  const beforeEnd = sumBefore<u8>(workRow, <usize>end)
  store<i32>(to, beforeEnd - sumBefore<u8>(workRow, <usize>later) + (later > end ? all : 0))
  for (let m: usize = 0; m < count; m++) {
    to += 64
    const start = load<i32>(starts + 4 * m)
    store<i32>(to, beforeEnd - sumBefore<u8>(workRow, <usize>start) + (start > end ? all : 0))
  }
}

@inline
function creditFour(to: usize, from: usize, totals: usize): void {
  const window = v128.load(from)
  const high = i32x4.shuffle(window, window, 2, 3, 2, 3)
  v128.store(to, f64x2.sub(v128.load(totals), f64x2.convert_low_i32x4_s(window)))
  v128.store(to, f64x2.sub(v128.load(totals, 16), f64x2.convert_low_i32x4_s(high)), 16)
}

/** As `tileCredits`. */
export function tileCreditsOfBits(
  element: usize, last: usize, starts: usize, count: usize, later: i32, end: i32, values: usize, to: usize,
): void {
  for (let e = element; e < last; e++) {
    const lane = windows + 4 * (e - element)
    if (beginElement(e)) windowsOf(e, starts, count, later, end, lane)
    else windowsOfBytes(e, starts, count, later, end, lane)
  }
  const totals = values + 8 * element
  for (let m: usize = 0; m <= count; m++) {
    const from = windows + 64 * m
    const row = to + 128 * m
    creditFour(row, from, totals)
    creditFour(row + 32, from + 16, totals + 32)
    creditFour(row + 64, from + 32, totals + 64)
    creditFour(row + 96, from + 48, totals + 96)
  }
}

/** Single pairs of one delay. */
export function foldListOfBits(
  pairs: usize, count: usize, delayIndex: usize, sign: f64, delays: usize, g2: usize, fixed: usize, moving: usize,
): void {
  for (let element: usize = 0; element < ringElements; element++) {
    const row = rowOf(element)
    const list = listOf(element)
    const sum = tileOf(element, delays) + delayIndex * 128
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
    store<f64>(g2 + sum, load<f64>(g2 + sum) + sign * <f64>products)
    store<f64>(fixed + sum, load<f64>(fixed + sum) + sign * <f64>fixedSum)
    store<f64>(moving + sum, load<f64>(moving + sum) + sign * <f64>movingSum)
  }
}

/** `count` bits, a multiple of 16, to uint8 in place: from the end, as values.ts does. */
export function widenBits(at: usize, count: usize): void {
  for (let v = count >> 4; v > 0; v--) unpackVectors(at, v - 1, v, at)
}
