// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Kernels of two-time sums; what they must do stands in ../twoTimeReference.ts, where things lie in twoTimePlace.ts.
import { multiplyBits } from './twoTimeBits'
import { multiplyDoubles } from './twoTimeDoubles'
import { multiplyBytes, multiplyShort, multiplyWords } from './twoTimeDots'
import { packBits, packBytes, packDoubles, packPhotons, packWords } from './twoTimePack'
import * as place from './twoTimePlace'
import { addOf, dropHoles, filledOf, gatherOf, giveBytes, giveFloats, giveWords, look } from './twoTimeRows'
import { scatter, scatterExceptions } from './twoTimeScatter'

export { mapBlock, useMaps } from './twoTimeMaps'
export { longProduct, shortProduct } from './twoTimeDots'
export { dropHoles as takeHoles, filledOf as giveFilled, look as facts }

export function isRelaxed(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 1 : 0
}

export function areaOf(name: i32): usize {
  if (name == 0) return place.sumsAt
  if (name == 1) return place.pastAt
  if (name == 2) return place.futureAt
  return name == 3 ? place.rowsAt : place.leavesAt
}

/** Types by their numbers in ../pairKernels.ts. */
export function gather(dtype: i32, row: usize, source: usize, order: usize, count: usize): void {
  if (dtype == 0) gatherOf<u8>(row, source, order, count)
  else if (dtype == 1) gatherOf<i8>(row, source, order, count)
  else if (dtype == 2) gatherOf<u16>(row, source, order, count)
  else if (dtype == 3) gatherOf<i16>(row, source, order, count)
  else if (dtype == 4) gatherOf<u32>(row, source, order, count)
  else if (dtype == 5) gatherOf<i32>(row, source, order, count)
  else if (dtype == 6) gatherOf<f32>(row, source, order, count)
  else gatherOf<f64>(row, source, order, count)
}

/** Types of rows: uint8, int16, float32, float64. */
export function addRow(dtype: i32, row: usize, values: usize, count: usize): void {
  if (dtype == 0) addOf<u8>(row, values, count)
  else if (dtype == 3) addOf<i16>(row, values, count)
  else if (dtype == 6) addOf<f32>(row, values, count)
  else addOf<f64>(row, values, count)
}

export function give(dtype: i32, row: usize, count: usize, out: usize): void {
  if (dtype == 0) giveBytes(row, count, out)
  else if (dtype == 3) giveWords(row, count, out)
  else if (dtype == 6) giveFloats(row, count, out)
  else memory.copy(out, row, 8 * count)
}

/** Kinds: 0 words, 1 bytes, 2 bits, 3 doubles, 5 bytes with sums of 16 bits (packed as bytes); `type` of the staged rows, -1 = photons. */
function pack(kind: i32, type: i32, staged: usize, rowBytes: usize, count: usize, used: usize, packed: usize): void {
  const whole = (used + 3) & ~3
  memory.fill(packed, 0, whole * groupBytes(kind, count) / (kind == 2 ? 2 : 4))
  if (type == -1) packPhotons(kind, staged, count, packed)
  else if (kind == 0) {
    if (type == 0) packWords<u8>(staged, rowBytes, count, used, packed)
    else packWords<i16>(staged, rowBytes, count, used, packed)
  } else if (kind == 1) packBytes(staged, rowBytes, count, used, packed)
  else if (kind == 2) packBits(staged, rowBytes, count, used, packed)
  else if (type == 0) packDoubles<u8>(staged, rowBytes, count, used, packed)
  else if (type == 3) packDoubles<i16>(staged, rowBytes, count, used, packed)
  else if (type == 6) packDoubles<f32>(staged, rowBytes, count, used, packed)
  else packDoubles<f64>(staged, rowBytes, count, used, packed)
}

/** Bytes of the frames that lie side by side: four of words and bytes, two of bits. */
function groupBytes(kind: i32, count: usize): usize {
  if (kind == 0) return ((count + 7) >> 3) << 6
  if (kind == 3) return count << 5
  return kind == 1 ? ((count + 15) >> 4) << 6 : ((count + 63) >> 6) << 4
}

export function clearSums(rows: usize): void {
  memory.fill(place.sumsAt, 0, 8 * place.frames * rows)
}

/**
 * Add the products of a staged panel of `count` elements; `same`: the future is the past and not staged. `exceptions`: both are
 * photons, of which some are above 1. `leaves` of the tree, for doubles.
 */
export function multiply(
  kind: i32, pastType: i32, futureType: i32, rowBytes: usize, futureRowBytes: usize, count: usize, rows: usize, columns: usize,
  same: bool, exceptions: bool, leaves: usize,
): void {
  const packing = kind == 5 ? 1 : kind
  pack(packing, pastType, place.pastAt, rowBytes, count, rows, place.pastPacked)
  if (!same) pack(packing, futureType, place.futureAt, futureRowBytes, count, columns, place.futurePacked)
  const past = place.pastPacked
  const future = same ? past : place.futurePacked
  if (kind == 0) multiplyWords(past, future, groupBytes(0, count), rows, columns, same)
  else if (kind == 1) multiplyBytes(past, future, groupBytes(1, count), rows, columns, same)
  else if (kind == 2) multiplyBits(past, future, groupBytes(2, count), rows, columns, same)
  else if (kind == 5) multiplyShort(past, future, groupBytes(1, count), rows, columns, same)
  else multiplyDoubles(past, future, count, rows, columns, same, leaves)
  if (exceptions) scatterExceptions(place.pastAt, same ? place.pastAt : place.futureAt, count, same)
}

export function scatterPhotons(count: usize, same: bool): void {
  scatter(place.pastAt, same ? place.pastAt : place.futureAt, count, same)
}
