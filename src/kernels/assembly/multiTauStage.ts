// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Rows of values on their way into tiles of 16 elements, where a tile's stretch lies together: [tiles][stretchTicks][16], uint8 as
// quads of ticks, [tiles][stretchTicks / 4][16][4], so that 32 bits are four samples of an element.
import { elements } from './multiTauPlace'
import { stretchTicks } from './multiTauSizes'

/** Where the first staged tick of a tile lies. */
@inline
export function stagedTile(at: usize, tile: usize, bytes: usize): usize {
  return at + tile * stretchTicks * 16 * bytes
}

/** Sixteen values of a row to a tick. */
@inline
function copySixteen<T>(to: usize, from: usize): void {
  for (let byte: usize = 0; byte < 16 * sizeof<T>(); byte += 16) v128.store(to + byte, v128.load(from + byte))
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

/** Rows of T to ticks of T from `to` on; returns the largest |value|, for floats 1 when one is not finite. */
export function stageRows<T>(row: usize, stride: usize, count: usize, columns: usize, to: usize): f64 {
  let most = i32x4.splat(0)
  const tiles = (columns + 15) / 16
  for (let tile: usize = 0; tile < tiles; tile++) {
    let from = row + tile * 16 * sizeof<T>()
    let tick = stagedTile(to, tile, sizeof<T>())
    for (let t: usize = 0; t < count; t++) {
      most = seen<T>(most, from)
      copySixteen<T>(tick, from)
      from += stride
      tick += 16 * sizeof<T>()
    }
  }
  return largestLane<T>(most)
}

/** Where the tick after the one at `tick` lies. */
@inline
function nextTick(tick: usize): usize {
  return (tick & 3) == 3 ? tick + 61 : tick + 1
}

@inline
function stageTick<T>(from: usize, tick: usize): void {
  for (let element: usize = 0; element < 16; element++) store<u8>(tick + 4 * element, <u8>load<T>(from + element * sizeof<T>()))
}

/** Eight values as int16. */
@inline
function words<T>(at: usize): v128 {
  return sizeof<T>() == 2 ? v128.load(at) : v128.load8x8_u(at)
}

/** Eight elements of four ticks; returns their largest values. */
@inline
function stageHalf<T>(first: usize, second: usize, third: usize, fourth: usize, to: usize): v128 {
  const a = words<T>(first)
  const b = words<T>(second)
  const c = words<T>(third)
  const d = words<T>(fourth)
  const early = v128.or(a, i16x8.shl(b, 8))
  const late = v128.or(c, i16x8.shl(d, 8))
  v128.store(to, i16x8.shuffle(early, late, 0, 8, 1, 9, 2, 10, 3, 11))
  v128.store(to, i16x8.shuffle(early, late, 4, 12, 5, 13, 6, 14, 7, 15), 16)
  return i16x8.max_u(i16x8.max_u(a, b), i16x8.max_u(c, d))
}

/** Whole quads of a tile. */
@inline
function stageWhole<T>(from: usize, stride: usize, quads: usize, to: usize): v128 {
  let most = i16x8.splat(0)
  const right = 8 * sizeof<T>()
  for (const end = to + 64 * quads; to < end; to += 64) {
    const second = from + stride
    const third = second + stride
    const fourth = third + stride
    most = i16x8.max_u(most, stageHalf<T>(from, second, third, fourth, to))
    most = i16x8.max_u(most, stageHalf<T>(from + right, second + right, third + right, fourth + right, to + 32))
    from = fourth + stride
  }
  return most
}

/** Rows of T to quads of uint8 from tick `to` on; returns the largest value. */
export function stageQuads<T>(row: usize, stride: usize, count: usize, columns: usize, to: usize): f64 {
  let most = i16x8.splat(0)
  const tiles = (columns + 15) / 16
  const before = min((4 - (to & 3)) & 3, count)
  const quads = (count - before) / 4
  for (let tile: usize = 0; tile < tiles; tile++) {
    let from = row + tile * 16 * sizeof<T>()
    let tick = stagedTile(to, tile, 1)
    for (let t: usize = 0; t < count; t++) {
      if (t == before && quads > 0) {
        most = i16x8.max_u(most, stageWhole<T>(from, stride, quads, tick))
        from += 4 * stride * quads
        tick += 64 * quads
        t += 4 * quads
        if (t == count) break
      }
      most = i16x8.max_u(most, i16x8.max_u(words<T>(from), words<T>(from + 8 * sizeof<T>())))
      stageTick<T>(from, tick)
      from += stride
      tick = nextTick(tick)
    }
  }
  return largestLane<u16>(most)
}

/** Make `count` ticks from `to` on of all tiles 0. */
export function clear(to: usize, bytes: usize, quads: bool, count: usize): void {
  const tiles = (elements + 15) / 16
  for (let tile: usize = 0; tile < tiles; tile++) {
    if (quads) clearQuads(stagedTile(to, tile, 1), count)
    else memory.fill(stagedTile(to, tile, bytes), 0, 16 * bytes * count)
  }
}

function clearQuads(tick: usize, count: usize): void {
  for (; count > 0 && (tick & 3) != 0; count--) {
    clearTick(tick)
    tick = nextTick(tick)
  }
  memory.fill(tick, 0, 16 * (count & ~3))
  tick += 16 * (count & ~3)
  for (count &= 3; count > 0; count--) clearTick(tick++)
}

@inline
function clearTick(tick: usize): void {
  for (let element: usize = 0; element < 16; element++) store<u8>(tick + 4 * element, 0)
}
