// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What addRows.wasm exports: the sums of ../addRows.ts over one chunk. Counts are multiples of 16.

@inline
function addTo16(to: usize, values: v128): void {
  v128.store(to, i16x8.add(v128.load(to), values))
}

@inline
function addTo32(to: usize, values: v128): void {
  v128.store(to, i32x4.add(v128.load(to), values))
}

/** Values of T to sums of the same sign and twice the width. */
@inline
function twice<T>(from: usize, to: usize, count: usize): void {
  for (const end = from + sizeof<T>() * count; from < end; from += 8, to += 16) {
    if (sizeof<T>() == 1) addTo16(to, isSigned<T>() ? v128.load8x8_s(from) : v128.load8x8_u(from))
    else addTo32(to, isSigned<T>() ? v128.load16x4_s(from) : v128.load16x4_u(from))
  }
}

/** Values of 8 bits to sums of 32. */
@inline
function fourTimes<T>(from: usize, to: usize, count: usize): void {
  for (const end = from + count; from < end; from += 8, to += 32) {
    const wide = isSigned<T>() ? v128.load8x8_s(from) : v128.load8x8_u(from)
    addTo32(to, isSigned<T>() ? i32x4.extend_low_i16x8_s(wide) : i32x4.extend_low_i16x8_u(wide))
    addTo32(to + 16, isSigned<T>() ? i32x4.extend_high_i16x8_s(wide) : i32x4.extend_high_i16x8_u(wide))
  }
}

/** `pair`: 0 uint8 to uint16, 1 int8 to int16, 2 uint16 to uint32, 3 int16 to int32, 4 uint8 to uint32, 5 int8 to int32. */
export function add(pair: i32, from: usize, to: usize, count: usize): void {
  if (pair == 0) twice<u8>(from, to, count)
  else if (pair == 1) twice<i8>(from, to, count)
  else if (pair == 2) twice<u16>(from, to, count)
  else if (pair == 3) twice<i16>(from, to, count)
  else if (pair == 4) fourTimes<u8>(from, to, count)
  else fourTimes<i8>(from, to, count)
}

@inline
function anyAtLeast<T>(from: usize, count: usize, limit: i32): bool {
  let found = i8x16.splat(0)
  for (const end = from + sizeof<T>() * count; from < end; from += 16) {
    found = v128.or(found, v128.ge<T>(v128.load(from), v128.splat<T>(<T>limit)))
  }
  return v128.any_true(found)
}

/** 1 where some value of a type (0 uint8, 1 int8, 2 uint16, 3 int16) is at least `limit`, which the type holds. */
export function reaches(type: i32, from: usize, count: usize, limit: i32): bool {
  if (type == 0) return anyAtLeast<u8>(from, count, limit)
  if (type == 1) return anyAtLeast<i8>(from, count, limit)
  if (type == 2) return anyAtLeast<u16>(from, count, limit)
  return anyAtLeast<i16>(from, count, limit)
}
