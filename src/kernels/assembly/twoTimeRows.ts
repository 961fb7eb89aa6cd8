// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The row of one frame as float64: gathered from events in the order of colors, looked at, and given away in a narrow type.

/** row[k] += source[order[k]], T = type of the source. */
export function gatherOf<T>(row: usize, source: usize, order: usize, count: usize): void {
  const end = order + 4 * count
  for (; order < end; order += 4, row += 8) {
    store<f64>(row, load<f64>(row) + <f64>load<T>(source + <usize>load<u32>(order) * sizeof<T>()))
  }
}

/** row[k] += values[k], T = type of the values. */
export function addOf<T>(row: usize, values: usize, count: usize): void {
  for (let k: usize = 0; k < count; k++) {
    store<f64>(row + 8 * k, load<f64>(row + 8 * k) + <f64>load<T>(values + k * sizeof<T>()))
  }
}

export const hasNegative: u32 = 1
export const hasFraction: u32 = 2
export const isBeyondFloat32: u32 = 4

/** Writes largest finite |value|, holes and values that are not 0 to `out` as float64; returns what else is there. Reads pairs: 0 behind the end. */
export function look(row: usize, count: usize, out: usize): u32 {
  const zero = f64x2.splat(0)
  let largest = zero
  let negative = zero
  let fraction = zero
  let beyond = zero
  let holes = i64x2.splat(0)
  let empty = i64x2.splat(0)
  for (let k: usize = 0; k < count; k += 2) {
    const values = v128.load(row + 8 * k)
    const finite = f64x2.eq(f64x2.sub(values, values), zero)
    const kept = v128.and(values, finite)
    largest = f64x2.max(largest, f64x2.abs(kept))
    negative = v128.or(negative, f64x2.lt(kept, zero))
    fraction = v128.or(fraction, f64x2.ne(kept, f64x2.trunc(kept)))
    beyond = v128.or(beyond, f64x2.ne(kept, f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(kept))))
    holes = i64x2.sub(holes, v128.not(finite))
    empty = i64x2.sub(empty, f64x2.eq(values, zero))
  }
  const pairs = (count + 1) & ~1
  store<f64>(out, Math.max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)))
  store<f64>(out, <f64>(i64x2.extract_lane(holes, 0) + i64x2.extract_lane(holes, 1)), 8)
  store<f64>(out, <f64>(<i64>pairs - i64x2.extract_lane(empty, 0) - i64x2.extract_lane(empty, 1)), 16)
  return (
    (v128.any_true(negative) ? hasNegative : 0) |
    (v128.any_true(fraction) ? hasFraction : 0) |
    (v128.any_true(beyond) ? isBeyondFloat32 : 0)
  )
}

/** Values that are not finite become 0, and 0 among the bytes `valid`. */
export function dropHoles(row: usize, count: usize, valid: usize): void {
  for (let k: usize = 0; k < count; k++) {
    const value = load<f64>(row + 8 * k)
    if (value - value == 0) continue
    store<f64>(row + 8 * k, 0)
    store<u8>(valid + k, 0)
  }
}

@inline
function fourWords(row: usize): v128 {
  const low = i32x4.trunc_sat_f64x2_s_zero(v128.load(row))
  const high = i32x4.trunc_sat_f64x2_s_zero(v128.load(row, 16))
  return i64x2.shuffle(low, high, 0, 2)
}

/** Integers of at most 8 bits; writes whole vectors of 8. */
export function giveBytes(row: usize, count: usize, out: usize): void {
  for (let k: usize = 0; k < count; k += 8, row += 64) {
    const words = i16x8.narrow_i32x4_s(fourWords(row), fourWords(row + 32))
    v128.store64_lane(out + k, i8x16.narrow_i16x8_u(words, words), 0)
  }
}

/** Integers of at most 16 bits and a sign; writes whole vectors of 8. */
export function giveWords(row: usize, count: usize, out: usize): void {
  for (let k: usize = 0; k < count; k += 8, row += 64) {
    v128.store(out + 2 * k, i16x8.narrow_i32x4_s(fourWords(row), fourWords(row + 32)))
  }
}

export function giveFloats(row: usize, count: usize, out: usize): void {
  for (let k: usize = 0; k < count; k += 2) {
    v128.store64_lane(out + 4 * k, f32x4.demote_f64x2_zero(v128.load(row + 8 * k)), 0)
  }
}

/** Position (uint32) and value (uint16) of what is not 0; returns how many. */
export function filledOf(row: usize, count: usize, position: usize, value: usize): usize {
  const zero = f64x2.splat(0)
  let found: usize = 0
  for (let k: usize = 0; k < count; k += 8) {
    const at = row + 8 * k
    const low = v128.or(v128.load(at), v128.load(at, 16))
    const high = v128.or(v128.load(at, 32), v128.load(at, 48))
    if (!v128.any_true(f64x2.ne(v128.or(low, high), zero))) continue
    for (let i = k; i < min(k + 8, count); i++) {
      const filled = load<f64>(row + 8 * i)
      if (filled == 0) continue
      store<u32>(position + 4 * found, <u32>i)
      store<u16>(value + 2 * found, <u16>filled)
      found++
    }
  }
  return found
}
