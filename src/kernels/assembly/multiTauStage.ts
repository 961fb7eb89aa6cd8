// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Rows of values on their way into tiles of 16 elements, [tiles][stretchTicks][16], where a tile's stretch lies together.
import { elements } from './multiTauPlace'
import { stretchTicks } from './multiTauSizes'

/** Where the first staged tick of a tile lies. */
@inline
export function stagedTile(at: usize, tile: usize, bytes: usize): usize {
  return at + tile * stretchTicks * 16 * bytes
}

/** Sixteen values of a row to a tick: as they are, or uint16 as uint8. */
@inline
function copySixteen<T, U>(to: usize, from: usize): void {
  if (sizeof<T>() == sizeof<U>()) {
    for (let byte: usize = 0; byte < 16 * sizeof<T>(); byte += 16) v128.store(to + byte, v128.load(from + byte))
  } else v128.store(to, i8x16.narrow_i16x8_u(v128.load(from), v128.load(from, 16)))
}

/** For each lane of 16 bytes: values so far that are large, or float values that are not finite. */
@inline
function seen<T>(before: v128, from: usize): v128 {
  for (let byte: usize = 0; byte < 16 * sizeof<T>(); byte += 16) {
    const found = v128.load(from + byte)
    if (isFloat<T>()) {
      const zero = sizeof<T>() == 4 ? f32x4.sub(found, found) : f64x2.sub(found, found)
      before = v128.or(before, zero)
    } else if (sizeof<T>() == 1) before = i8x16.max_u(before, isSigned<T>() ? i8x16.abs(found) : found)
    else if (sizeof<T>() == 2) before = i16x8.max_u(before, isSigned<T>() ? i16x8.abs(found) : found)
    else before = i32x4.max_u(before, isSigned<T>() ? i32x4.abs(found) : found)
  }
  return before
}

/** 16 bytes below all areas. */
const spare: usize = 1024

function largestLane<T>(lanes: v128): f64 {
  store<v128>(spare, lanes)
  if (isFloat<T>()) return v128.any_true(lanes) ? 1 : 0
  let largest: f64 = 0
  for (let lane: usize = 0; lane < 16; lane += sizeof<T>()) {
    const value = sizeof<T>() == 1 ? <f64>load<u8>(spare + lane) : sizeof<T>() == 2 ? <f64>load<u16>(spare + lane) : <f64>load<u32>(spare + lane)
    largest = Math.max(largest, value)
  }
  return largest
}

/** Rows of T to ticks of U from `to` on; returns the largest |value|, for floats 1 when one is not finite. */
export function stageRows<T, U>(row: usize, stride: usize, count: usize, columns: usize, to: usize): f64 {
  let most = i32x4.splat(0)
  const tiles = (columns + 15) / 16
  for (let tile: usize = 0; tile < tiles; tile++) {
    let from = row + tile * 16 * sizeof<T>()
    let tick = stagedTile(to, tile, sizeof<U>())
    for (let t: usize = 0; t < count; t++) {
      most = seen<T>(most, from)
      copySixteen<T, U>(tick, from)
      from += stride
      tick += 16 * sizeof<U>()
    }
  }
  return largestLane<T>(most)
}

/** Make `count` ticks from `to` on of all tiles 0. */
export function clear(to: usize, bytes: usize, count: usize): void {
  const tiles = (elements + 15) / 16
  for (let tile: usize = 0; tile < tiles; tile++) memory.fill(stagedTile(to, tile, bytes), 0, 16 * bytes * count)
}
