// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What multiTau.wasm exports: each kernel of multiTauKernels.ts. A tile of 16 elements goes through all levels while it is in the cache.
import { byteLevel, byteLevels } from './multiTauBytes'
import { area, compactLevel, compactPhotons, compactQuads, compactRows, groupBytes } from './multiTauCompact'
import { exactLevel, fillDense, fillPhotons, fillWaiting } from './multiTauExact'
import { delays, elements, history, levelCount, levels, slotOf, stateBytes, sumsG2, sumsOf, word } from './multiTauPlace'
import { forgetTotals } from './multiTauRead'
import { compactTiles } from './multiTauState'
import { listBytes, listPhotons, mayList, sparseLevel } from './multiTauSparse'
import { stagedTile, stageQuads, stageRows } from './multiTauStage'
import { largestOf } from './multiTauValues'

export { setPlace, setState } from './multiTauPlace'
export { read, settle } from './multiTauRead'
export { clear } from './multiTauStage'
export { shortProduct } from './multiTauBytes'

export function isRelaxed(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 1 : 0
}

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
  if (from == uint8) return stageQuads<u8>(row, stride, count, columns, at)
  if (from == int8) return stageRows<i8>(row, stride, count, columns, at)
  if (from == uint16 && to == uint8) return stageQuads<u16>(row, stride, count, columns, at)
  if (from == uint16) return stageRows<u16>(row, stride, count, columns, at)
  if (from == int16) return stageRows<i16>(row, stride, count, columns, at)
  if (from == uint32) return stageRows<u32>(row, stride, count, columns, at)
  if (from == int32) return stageRows<i32>(row, stride, count, columns, at)
  if (from == float32) return stageRows<f32>(row, stride, count, columns, at)
  return stageRows<f64>(row, stride, count, columns, at)
}

export function compact(level: usize, on: bool): void {
  compactTiles(level, (elements + 15) / 16, on)
}

function fillExact(tile: usize, start: usize, holes: bool): void {
  const kind = word(0)
  if (kind == dense) {
    const dtype = <i32>word(1)
    const at = word(2)
    const first = word(12)
    const count = levelCount(start)
    if (dtype == uint8) fillDense<u8>(tile, start, at, first, count, holes)
    else if (dtype == int8) fillDense<i8>(tile, start, at, first, count, holes)
    else if (dtype == uint16) fillDense<u16>(tile, start, at, first, count, holes)
    else if (dtype == int16) fillDense<i16>(tile, start, at, first, count, holes)
    else if (dtype == uint32) fillDense<u32>(tile, start, at, first, count, holes)
    else if (dtype == int32) fillDense<i32>(tile, start, at, first, count, holes)
    else if (dtype == float32) fillDense<f32>(tile, start, at, first, count, holes)
    else fillDense<f64>(tile, start, at, first, count, holes)
  } else if (kind == photons) fillPhotons(tile, start, word(5), word(12), levelCount(start), word(6), holes)
  else fillWaiting(tile, start, holes)
}

/** Where the first tick of a compact stretch lies, whose number is a multiple of 4. */
@inline
function stagedFrom(bytes: usize): usize {
  return word(2) + 16 * bytes * word(12)
}

function fillCompact(tile: usize, bytes: bool): void {
  if (word(0) == photons) {
    compactPhotons(tile, word(5), word(12), levelCount(0), word(6), bytes)
    return
  }
  if (bytes) return
  const dtype = <i32>word(1)
  if (dtype == uint8) compactQuads(tile, stagedFrom(1), levelCount(0))
  else if (dtype == int8) compactRows<i8>(tile, stagedFrom(1), levelCount(0))
  else compactRows<i16>(tile, stagedFrom(2), levelCount(0))
}

/** Photons of a tile that are listed for the sparse way, -1 = too many or not possible. */
function listed(tile: usize, compacted: usize): isize {
  if (!mayList(compacted)) return -1
  if (word(0) == photons) return listPhotons(tile, word(5), word(6))
  return <i32>word(1) == uint8 ? listBytes(tile, word(2)) : -1
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
  for (let level: usize = 0; level < levels && levelCount(level) > 0; level++) {
    sum = touch(slotOf(tile, level), level < compacted ? 32 * history : 16 * stateBytes * (history + 1), sum)
  }
  store<u32>(1040, sum)
}

/** Staged bytes are samples of level 0 as they are: even 5 photons in 1,000 samples are not worth a list then. */
@inline
function direct(bytes: usize): bool {
  return bytes > 0 && word(0) == dense
}

/** A level below `bytes`, whose quads lie where they were staged or in their area. */
@inline
function asBytes(tile: usize, group: usize, level: usize, bytes: usize): void {
  const staged = level == 0 && direct(bytes)
  const from = staged ? stagedTile(stagedFrom(1), tile, 1) + 16 * group : area(level) + 8 * history + group * groupBytes()
  byteLevel(tile, group, level, from, staged ? 64 : 16, level + 1 < bytes)
}

/** The compact levels of a tile, as bytes below `bytes`. */
function foldCompact(tile: usize, compacted: usize, bytes: usize): void {
  touchTile(tile, compacted)
  const few = direct(bytes) ? -1 : listed(tile, compacted)
  if (few >= 0) sparseLevel(tile, <usize>few, bytes > 1)
  else fillCompact(tile, bytes > 0)
  for (let group: usize = 0; group < 4; group++) {
    for (let level: usize = few >= 0 ? 1 : 0; level < compacted; level++) {
      if (level < bytes) asBytes(tile, group, level, bytes)
      else compactLevel(tile, group, level, level + 1 == compacted)
    }
  }
}

/** The plan's words: 0 kind, 1 type, 2 address, 4 first level, 5 photon lists, 6 first element, 7 compact levels, 8 holes, 9 largest value, 11 the lists, 12 first staged tick. */
export function fold(): void {
  forgetTotals()
  const start = word(4)
  const compacted = word(7)
  const holes = word(8) != 0
  const tiles = (elements + 15) / 16
  const bytes = word(0) == photons || <i32>word(1) == uint8 ? byteLevels(compacted, word(9)) : 0
  for (let tile: usize = 0; tile < tiles; tile++) {
    if (compacted > 0) foldCompact(tile, compacted, bytes)
    else fillExact(tile, start, holes)
    for (let level = max(start, compacted); level < levels && levelCount(level) > 0; level++) exactLevel(tile, level, holes)
  }
}
