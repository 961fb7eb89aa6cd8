// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Which way the products of one element and block are taken, from its photons and its largest values. All give the same.
import { costBit, costBits, costBitVector, costDense, costException, costLookUp, costRelaxed, costUnpack } from './crossovers'
import { relaxed } from './dense'
import { fixedWindow } from './scratch'

/** Ways, as numbered in wasm.ts. */
export const automatic: i32 = 0
export const dense: i32 = 1
export const small: i32 = 2
export const lookup: i32 = 3
export const bits: i32 = 4

let forced: i32 = automatic
/** The way instead of `bits` for the element of the last `choose`. */
export let fallback: i32 = dense

export function force(way: i32): void {
  forced = way
}

/** True when looking up is not ruled out. */
@inline
export function mayLookUp(): bool {
  return forced == automatic || forced == lookup
}

/** True when taking products from bits is not ruled out. */
@inline
export function mayUseBits(): bool {
  return forced == automatic || forced == bits
}

/** Number of values of the uint8 fixed window that are not 0. */
@inline
function occupied(length: usize): usize {
  const zero = i8x16.splat(0)
  let count: usize = 0
  for (let t: usize = 0; t < length; t += 16) {
    count += 16 - <usize>popcnt(i8x16.bitmask(i8x16.eq(v128.load(fixedWindow + t), zero)))
  }
  return count
}

/** True when no byte of the fixed window or of `most` is above 127. */
@inline
function areSmall(length: usize, most: v128): bool {
  let all = most
  for (let t: usize = 0; t < length; t += 16) all = v128.or(all, v128.load(fixedWindow + t))
  return i8x16.bitmask(all) == 0
}

/**
 * The way for one element of a uint8 ring and `moves` windows: `photons` = sum of its fixed window, `most` = the largest
 * values of the `vectors` that the windows touch; 0 vectors = unknown. `bits` may still meet too many exceptions.
 */
export function choose(length: usize, photons: i64, most: v128, vectors: usize, moves: usize): i32 {
  const mayRelax = relaxed && vectors > 0 && forced != dense && areSmall(length, most)
  fallback = mayRelax ? small : dense
  if (forced == lookup) return lookup
  if (forced == bits) return vectors > 0 ? bits : fallback
  if (forced != automatic) return fallback
  if (photons == 0) return lookup
  const multiply = (mayRelax ? costRelaxed : costDense) * <f64>length
  if (2 * <f64>photons > <f64>length) return fallback
  const count = <i64>occupied(length)
  const search = costLookUp * <f64>count
  let combine = costBits + costBit * <f64>length + costBitVector * <f64>vectors / <f64>moves
  combine += costException * <f64>(photons - count) * (1.0 + <f64>(vectors << 4) / <f64>length)
  if (vectors > 0 && combine < multiply && combine < search) return bits
  return search < multiply ? lookup : fallback
}

/** True when products of an element of a ring of bits with so many exceptions are to be taken from its bits. */
export function bitsPay(length: usize, exceptions: usize, moves: usize): bool {
  if (forced != automatic) return forced == bits
  const combine = costBits + costBit * <f64>length + costException * <f64>exceptions
  const tick = relaxed ? costRelaxed : costDense
  return combine < tick * <f64>length + costUnpack / <f64>moves
}
