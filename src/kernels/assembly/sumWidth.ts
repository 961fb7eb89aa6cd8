// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How wide the sums of a call are: float64, or int32 while no sum can exceed 2^31 - 1. Half the bytes are touched, read and
// written then; sums that pass below 0 or beyond on the way come back, because int32 goes around.

/** Sums are int32. */
export let narrow: bool = false
/** Bytes of a sum, as a power of two. */
let power: usize = 3

/** Calls with such sums follow. */
export function openSums(isNarrow: bool): void {
  narrow = isNarrow
  power = isNarrow ? 2 : 3
}

/** Bytes that so many sums take. */
@inline
export function bytesOf(sums: usize): usize {
  return sums << power
}

/** Bytes from the begin of a sum to that of one element and delay. */
@inline
export function sumAt(element: usize, delays: usize, delay: usize): usize {
  return bytesOf(((element >> 4) * delays + delay) * 16 + (element & 15))
}

@inline
export function addTo(at: usize, sum: f64): void {
  if (narrow) store<i32>(at, load<i32>(at) + <i32>sum)
  else store<f64>(at, load<f64>(at) + sum)
}

/** Float64 of two sums, the first of which is number `k` behind `at`. */
@inline
export function twoSums(at: usize, k: usize): v128 {
  return narrow ? f64x2.convert_low_i32x4_s(v128.load64_zero(at + 4 * k)) : v128.load(at + 8 * k)
}
