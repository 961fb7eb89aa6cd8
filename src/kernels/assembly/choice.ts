// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Which way the products of one element and block are taken, from its photons and its largest values. All give the same.
import {
  costBit, costDense, costException, costLookUp, costPack, costPair, costRelaxed, costScanBits, costScanBytes, costTwos, costUnpack,
  costWindow,
} from './crossovers'
import { relaxed } from './multiply'

/** Ways, as numbered in wasm.ts. */
export const automatic: i32 = 0
export const dense: i32 = 1
export const small: i32 = 2
export const lookup: i32 = 3
export const bits: i32 = 4
export const pairs: i32 = 5

let forced: i32 = automatic

export function force(way: i32): void {
  forced = way
}

/** True when a way is not ruled out. */
@inline
export function mayUse(way: i32): bool {
  return forced == automatic || forced == way
}

/** True when it is of use to know that all values are below 128. */
@inline
export function asksForSmall(): bool {
  return relaxed && (forced == automatic || forced == small)
}

/** What one element and block have. */
@unmanaged
export class Work {
  /** Ticks, moves, and values of the row that moving windows touch. */
  length: f64
  moves: f64
  touched: f64
  /** Values of the fixed window that are not 0, and counts above 1 of the row. */
  occupied: f64
  exceptions: f64
  /** All values are below 128. */
  isSmall: bool
  /** No product of two values exceeds what twos.ts takes. */
  areTwos: bool
  /** A table of distances serves. */
  mayPair: bool
}

@inline
function costOfPairs(work: Work, scan: f64): f64 {
  const partners = 1 + work.occupied * work.touched / work.length
  return scan * work.touched + costPair * work.occupied * partners
}

@inline
function costOfTicks(work: Work): f64 {
  const costTick = work.isSmall ? costRelaxed : work.areTwos ? costTwos : costDense
  return work.moves * (costWindow + costTick * work.length)
}

/** Of the exceptions of the row, a part lies in the fixed window too. */
@inline
function costOfBits(work: Work): f64 {
  const each = costPair * work.occupied + costException * work.moves * Math.min(1, work.length / work.touched)
  return work.moves * (costWindow + costBit * work.length) + work.exceptions * each
}

/** The way for a row of uint8. `bits` may still meet too many exceptions, `pairs` too many photons. */
export function chooseForBytes(work: Work): i32 {
  if (forced == small) return work.isSmall ? small : dense
  if (forced == pairs) return work.mayPair ? pairs : lookup
  if (forced != automatic) return forced
  const multiply = work.isSmall ? small : dense
  const ticks = costOfTicks(work)
  const search = work.moves * (costWindow + costLookUp * work.occupied)
  const packed = work.mayPair ? costPack * work.touched + costOfBits(work) : Infinity
  const paired = work.mayPair ? costOfPairs(work, costScanBytes) : Infinity
  const least = Math.min(Math.min(ticks, search), Math.min(packed, paired))
  return least == paired ? pairs : least == search ? lookup : least == packed ? bits : multiply
}

/** The way for a row of bits; all but `pairs` and `bits` want it as uint8. */
export function chooseForBits(work: Work): i32 {
  if (!work.mayPair && work.exceptions > 0) return dense
  if (forced == pairs) return work.mayPair ? pairs : dense
  if (forced != automatic) return forced
  const combined = costOfBits(work)
  const paired = work.mayPair ? costOfPairs(work, costScanBits) : Infinity
  const unpacked = costUnpack * work.touched + costOfTicks(work)
  const least = Math.min(unpacked, Math.min(combined, paired))
  return least == paired ? pairs : least == combined ? bits : dense
}

/** True when photons of a row of 16 bits are to be looked up; `photons` = sum of its fixed window. */
export function looksUpWords(photons: f64, length: f64): bool {
  return forced == lookup || (forced == automatic && costLookUp * photons < 2 * costDense * length)
}
