// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What rowSums.wasm exports: the sums of ../rowSums.ts over one chunk of eight rows: what a piece costs beside its values is paid once for all of them.
//
// A piece is 8 bytes: uint16 first vector (of 8 values), uint16 kind, uint32 column. Kinds from `wholeVectors` on are that many whole
// vectors; those below say which values of one vector count: the masks lie at `masks`, 16 bytes each.

const wholeVectors: u32 = 81
const rowsAtOnce: usize = 8

@inline
function eight<T>(at: usize): v128 {
  if (sizeof<T>() == 2) return v128.load(at)
  return isSigned<T>() ? v128.load8x8_s(at) : v128.load8x8_u(at)
}

/** Four sums of two neighbours each. */
@inline
function pairs<T>(eightValues: v128): v128 {
  return isSigned<T>() ? i32x4.extadd_pairwise_i16x8_s(eightValues) : i32x4.extadd_pairwise_i16x8_u(eightValues)
}

/** Part of one vector of every row. */
@inline
function addPart<T>(at: usize, stride: usize, mask: v128, sums: usize): void {
  for (const end = sums + 16 * rowsAtOnce; sums < end; sums += 16, at += stride) {
    v128.store(sums, i32x4.add(v128.load(sums), pairs<T>(v128.and(eight<T>(at), mask))))
  }
}

/** `bytes` of every row in whole vectors. */
@inline
function addWhole<T>(at: usize, stride: usize, bytes: usize, sums: usize): void {
  for (const end = sums + 16 * rowsAtOnce; sums < end; sums += 16, at += stride) {
    let sum = v128.load(sums)
    for (let value = at, last = at + bytes; value < last; value += 8 * sizeof<T>()) sum = i32x4.add(sum, pairs<T>(eight<T>(value)))
    v128.store(sums, sum)
  }
}

/** Add the pieces of a chunk to `sums`, int32 [columns][rowsAtOnce][4]: 65536 values of 16 bits never reach 2^31 there. */
function addPieces<T>(rows: usize, stride: usize, piece: usize, count: usize, masks: usize, sums: usize): void {
  for (const end = piece + 8 * count; piece < end; piece += 8) {
    const at = rows + 8 * sizeof<T>() * <usize>load<u16>(piece)
    const kind = <u32>load<u16>(piece, 2)
    const column = sums + 16 * rowsAtOnce * <usize>load<u32>(piece, 4)
    if (kind < wholeVectors) addPart<T>(at, stride, v128.load(masks + 16 * <usize>kind), column)
    else addWhole<T>(at, stride, 8 * sizeof<T>() * <usize>(kind - wholeVectors), column)
  }
}

/** `type`: 0 uint8, 1 int8, 2 uint16, 3 int16; rows are `stride` bytes apart. */
export function add(type: i32, rows: usize, stride: usize, piece: usize, count: usize, masks: usize, sums: usize): void {
  if (type == 0) addPieces<u8>(rows, stride, piece, count, masks, sums)
  else if (type == 1) addPieces<i8>(rows, stride, piece, count, masks, sums)
  else if (type == 2) addPieces<u16>(rows, stride, piece, count, masks, sums)
  else addPieces<i16>(rows, stride, piece, count, masks, sums)
}

/** Move the int32 sums of `count` columns (uint32 at `list`) to the float64 `totals` [rowsAtOnce][columns]. */
export function flush(list: usize, count: usize, sums: usize, totals: usize, columns: usize): void {
  for (const end = list + 4 * count; list < end; list += 4) {
    const column = <usize>load<u32>(list)
    let from = sums + 16 * rowsAtOnce * column
    let total = totals + 8 * column
    for (const last = from + 16 * rowsAtOnce; from < last; from += 16, total += 8 * columns) {
      const four = v128.load(from)
      const two = f64x2.add(f64x2.convert_low_i32x4_s(four), f64x2.convert_low_i32x4_s(i32x4.shuffle(four, four, 2, 3, 2, 3)))
      store<f64>(total, load<f64>(total) + f64x2.extract_lane(two, 0) + f64x2.extract_lane(two, 1))
      v128.store(from, i32x4.splat(0))
    }
  }
}
