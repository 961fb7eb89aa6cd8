// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What multiTau.wasm exports: each kernel of multiTauKernels.ts. A tile of 16 elements goes through all levels while it is in the cache.
import { compactLevel, compactPhotons, compactRows } from './multiTauCompact'
import { exactLevel, fillDense, fillPhotons, fillWaiting } from './multiTauExact'
import { delays, elements, history, levelCount, levelLagList, levelLags, levels, slotOf, state, sumsG2, sumsIF, sumsIP, sumsOf, word } from './multiTauPlace'
import { compactTiles } from './multiTauSettle'
import { stageRows } from './multiTauStage'
import { largestOf } from './multiTauValues'

export { setPlace } from './multiTauPlace'
export { clear } from './multiTauStage'

const uint8: i32 = 0
const int8: i32 = 1
const uint16: i32 = 2
const int16: i32 = 3
const uint32: i32 = 4
const int32: i32 = 5
const float32: i32 = 6

const dense: usize = 0
const photons: usize = 1

export function largest(dtype: i32, at: usize, count: usize): f64 {
  if (dtype == uint8) return largestOf<u8>(at, count)
  if (dtype == int8) return largestOf<i8>(at, count)
  if (dtype == uint16) return largestOf<u16>(at, count)
  if (dtype == int16) return largestOf<i16>(at, count)
  if (dtype == uint32) return largestOf<u32>(at, count)
  return largestOf<i32>(at, count)
}

export function stage(from: i32, to: i32, row: usize, stride: usize, count: usize, columns: usize, at: usize): f64 {
  if (from == uint8) return stageRows<u8, u8>(row, stride, count, columns, at)
  if (from == int8) return stageRows<i8, i8>(row, stride, count, columns, at)
  if (from == uint16 && to == uint8) return stageRows<u16, u8>(row, stride, count, columns, at)
  if (from == uint16) return stageRows<u16, u16>(row, stride, count, columns, at)
  if (from == int16) return stageRows<i16, i16>(row, stride, count, columns, at)
  if (from == uint32) return stageRows<u32, u32>(row, stride, count, columns, at)
  if (from == int32) return stageRows<i32, i32>(row, stride, count, columns, at)
  if (from == float32) return stageRows<f32, f32>(row, stride, count, columns, at)
  return stageRows<f64, f64>(row, stride, count, columns, at)
}

/** `list`: pairs of int32, as levelLagList. */
export function compact(level: usize, on: bool, list: usize, lags: usize): void {
  compactTiles(level, (elements + 15) / 16, on, list, lags)
}

function fillExact(tile: usize, start: usize, holes: bool): void {
  const kind = word(0)
  if (kind == dense) {
    const dtype = <i32>word(1)
    const at = word(2)
    const count = levelCount(start)
    if (dtype == uint8) fillDense<u8>(tile, start, at, count, holes)
    else if (dtype == int8) fillDense<i8>(tile, start, at, count, holes)
    else if (dtype == uint16) fillDense<u16>(tile, start, at, count, holes)
    else if (dtype == int16) fillDense<i16>(tile, start, at, count, holes)
    else if (dtype == uint32) fillDense<u32>(tile, start, at, count, holes)
    else if (dtype == int32) fillDense<i32>(tile, start, at, count, holes)
    else if (dtype == float32) fillDense<f32>(tile, start, at, count, holes)
    else fillDense<f64>(tile, start, at, count, holes)
  } else if (kind == photons) fillPhotons(tile, start, word(5), levelCount(start), word(6), holes)
  else fillWaiting(tile, start, holes)
}

function fillCompact(tile: usize): void {
  if (word(0) == photons) {
    compactPhotons(tile, word(5), levelCount(0), word(6))
    return
  }
  const dtype = <i32>word(1)
  if (dtype == uint8) compactRows<u8>(tile, word(2), levelCount(0))
  else if (dtype == int8) compactRows<i8>(tile, word(2), levelCount(0))
  else compactRows<i16>(tile, word(2), levelCount(0))
}

/** Read one byte of every cache line, so that all of them are on their way at once; the sum keeps the compiler from leaving it out. */
@inline
function touch(at: usize, bytes: usize, sum: u32): u32 {
  for (const end = at + bytes; at < end; at += 64) sum += load<u8>(at)
  return sum
}

/** What a full stretch of a tile is about to add to: sums and state. */
function touchTile(tile: usize, compacted: usize): void {
  let sum = touch(sumsG2 + sumsOf(tile, 0), delays * 128, 0)
  for (let level: usize = 0; level < compacted; level++) {
    const slot = state + slotOf(tile, level)
    sum = touch(slot, 32 * history, sum)
    sum = touch(slot + 128 * history, 128, sum)
  }
  for (let level = compacted; level < levels && levelCount(level) > 0; level++) {
    sum = touch(state + slotOf(tile, level), 128 * (history + 1), sum)
    const list = levelLagList(level)
    for (let at = list; at < list + 8 * levelLags(level); at += 8) {
      const sums = sumsOf(tile, 0) + <usize>load<i32>(at, 4)
      sum = touch(sumsIP + sums, 128, touch(sumsIF + sums, 128, sum))
    }
  }
  store<u32>(1040, sum)
}

/** The plan's words: 0 kind, 1 type, 2 address, 4 first level, 5 photon lists, 6 first element, 7 compact levels, 8 holes, 11 the lists. */
export function fold(): void {
  const start = word(4)
  const compacted = word(7)
  const holes = word(8) != 0
  const tiles = (elements + 15) / 16
  for (let tile: usize = 0; tile < tiles; tile++) {
    if (compacted > 0) {
      touchTile(tile, compacted)
      fillCompact(tile)
      for (let group: usize = 0; group < 4; group++) {
        for (let level: usize = 0; level < compacted; level++) compactLevel(tile, group, level, level + 1 == compacted)
      }
    } else fillExact(tile, start, holes)
    for (let level = max(start, compacted); level < levels && levelCount(level) > 0; level++) exactLevel(tile, level, holes)
  }
}
