// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Random words that are functions of where they are used, so that any block can be computed without the ones before it. */

/** A bijection of 32-bit words that flips every output bit with nearly equal probability (constants of "lowbias32"). */
export function mix(word: number): number {
  return scramble(word ^ (word >>> 16))
}

/** The cheaper core of `mix`, for words whose high bits are already well mixed. */
export function scramble(word: number): number {
  let x = Math.imul(word, 0x7feb352d)
  x ^= x >>> 15
  x = Math.imul(x, 0x846ca68b)
  return x ^ (x >>> 16)
}

/** A word for `step` of the sequence that `key` names. */
export function wordAt(key: number, step: number): number {
  return mix(mix(key) + Math.imul(step, golden))
}

/** An odd constant near 2^32 / golden ratio: its multiples are spread evenly. */
export const golden = 0x9e3779b9

/** A word as a number in (0, 1). */
export function unit(word: number): number {
  return ((word >>> 0) + 0.5) / 4_294_967_296
}
