// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Folding of rings of bits. Where counts above 1 are few and only products are wanted, these are taken from the bits; else
// a row becomes uint8 in the ring's work row and is folded as such.
import {
  chunkBehind, isPlain, listOf, presence, ringElements, ringMirror, ringSpan, rowOf, valueAt, work,
} from './bitPlaces'
import { unpackVectors } from './bits'
import { mayUseBits } from './choice'
import { creditElement } from './credit'
import { creditsOf } from './moments'
import { beginFold, foldBits, foldElement, highest, lowest, productsOnly } from './ringIntegers'

/** The values at [from, to) and up to whole vectors, as uint8 in the work row; `to` is not beyond the mirror. */
function unpackRow(element: usize, from: usize, to: usize): void {
  unpackVectors(rowOf(element), from >> 4, (to >> 4) + 1, work)
  const list = listOf(element)
  if (isPlain(list)) return
  for (let chunk = list; chunk != 0; chunk = chunkBehind(chunk)) {
    for (let at = chunk + 4; at < chunk + 32; at += 4) {
      const exception = load<u32>(at)
      if (exception == 0) continue
      const position = <usize>(exception >> 8)
      const value = <u8>(1 + (exception & 255))
      store<u8>(work + position, value)
      if (position < ringMirror) store<u8>(work + position + ringSpan, value)
    }
  }
}

@inline
function tileOf(element: usize, delays: usize): usize {
  return ((element >> 4) * delays * 16 + (element & 15)) * 8
}

function foldOne(
  element: usize, fixedPosition: usize, ticks: usize, delays: usize, sign: f64, g2: usize, fixed: usize, moving: usize,
): void {
  const tile = tileOf(element, delays)
  if (productsOnly && mayUseBits()) {
    if (foldBits(rowOf(element), listOf(element), fixedPosition, tile, sign, g2, fixed)) return
  }
  unpackRow(element, lowest, highest)
  unpackRow(element, fixedPosition, fixedPosition + ticks)
  foldElement<u8>(work, fixedPosition, tile, sign, g2, fixed, moving)
}

export function foldBitRing(
  fixedPosition: usize, ticks: usize, moves: usize, count: usize, sign: f64, delays: usize, g2: usize, fixed: usize, moving: usize,
): void {
  beginFold<u8>(presence, fixedPosition, ticks, moves, count, 255)
  if (ringElements > 0) foldOne(0, fixedPosition, ticks, delays, sign, g2, fixed, moving)
  for (let element: usize = 1; element < ringElements; element++) {
    foldOne(element, fixedPosition, ticks, delays, sign, g2, fixed, moving)
  }
}

export function creditBits(
  moves: usize, count: usize, end: i32, sign: f64, delays: usize, fixed: usize, moving: usize, values: usize,
): void {
  for (let element: usize = 0; element < ringElements; element++) {
    unpackRow(element, 0, ringSpan)
    const total = load<f64>(values + 8 * element)
    creditElement<u8>(work, ringSpan, moves, count, end, sign, tileOf(element, delays), fixed, moving, total)
  }
}

/** As `tileCredits`. */
export function tileCreditsOfBits(
  element: usize, last: usize, starts: usize, count: usize, later: i32, end: i32, values: usize, to: usize,
): void {
  for (let e = element; e < last; e++) {
    unpackRow(e, 0, ringSpan)
    creditsOf<u8>(work, ringSpan, starts, count, later, end, load<f64>(values + 8 * e), to + 8 * (e - element))
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
