// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What calibrate.wasm exports: common-mode sums and the calibration of pieces of frames, as calibrationReference.ts defines them.
// All arithmetic is float32 in the order of the reference, sums are float64 in its order, so results are equal bit for bit.

/** Modes: 0 floats, 1 round, 2 threshold. Set once by `configure`. */
let lld: f32 = 0
/** Values below the lld are to become 0. */
let cuts: bool = false
let scale: f32 = 1
let limit: f32 = 0

export function configure(limitOf: f32, scaleOf: f32, lldOf: f32): void {
  limit = limitOf
  scale = scaleOf
  lld = lldOf
  cuts = lldOf > -Infinity
}

/** Four values of S as float32. */
@inline
function four<S>(at: usize): v128 {
  if (isFloat<S>()) return v128.load(at)
  if (sizeof<S>() == 2) return f32x4.convert_i32x4_s(isSigned<S>() ? v128.load16x4_s(at) : v128.load16x4_u(at))
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_u(v128.load32_zero(at))))
}

/** All bits set in the first `count` of four lanes. */
@inline
function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count))
}

/** Values minus pedestal where they lie within the limit of `center`, and which lanes those are. */
@inline
function near(value: v128, center: v128): v128 {
  return f32x4.lt(f32x4.abs(f32x4.sub(value, center)), f32x4.splat(limit))
}

function sumLinesOf<S>(raw: usize, offset: usize, length: usize, lines: usize, centers: usize, sums: usize, counts: usize): void {
  for (let line: usize = 0; line < lines; line++, centers += 4, sums += 32, counts += 4) {
    if (load<i32>(counts) < 0) {
      raw += length * sizeof<S>()
      offset += 4 * length
      continue
    }
    const center = f32x4.splat(load<f32>(centers))
    let low = v128.load(sums)
    let high = v128.load(sums, 16)
    let count = i32x4.splat(0)
    for (let i: usize = 0; i < length; i += 4, raw += 4 * sizeof<S>(), offset += 16) {
      let value = f32x4.sub(four<S>(raw), v128.load(offset))
      let taken = near(value, center)
      if (i + 4 > length) taken = v128.and(taken, firstLanes(<i32>(length - i)))
      value = v128.and(value, taken)
      count = i32x4.sub(count, taken)
      low = f64x2.add(low, f64x2.promote_low_f32x4(value))
      high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(value, value, 2, 3, 2, 3)))
    }
    const past = (4 - (length & 3)) & 3
    raw -= past * sizeof<S>()
    offset -= past * 4
    v128.store(sums, low)
    v128.store(sums, high, 16)
    const found = i32x4.extract_lane(count, 0) + i32x4.extract_lane(count, 1) + i32x4.extract_lane(count, 2) + i32x4.extract_lane(count, 3)
    store<i32>(counts, load<i32>(counts) + found)
  }
}

function sumColumnsOf<S>(raw: usize, offset: usize, width: usize, rows: usize, centers: usize, sums: usize, counts: usize): void {
  for (let column: usize = 0; column < width; column += 4) {
    const wanted = i32x4.ge_s(v128.load(counts + 4 * column), i32x4.splat(0))
    if (!v128.any_true(wanted)) continue
    const there = v128.and(wanted, firstLanes(<i32>(width - column)))
    const center = v128.load(centers + 4 * column)
    let low = v128.load(sums + 8 * column)
    let high = v128.load(sums + 8 * column, 16)
    let count = v128.load(counts + 4 * column)
    for (let row: usize = 0; row < rows; row++) {
      const at = row * width + column
      let value = f32x4.sub(four<S>(raw + at * sizeof<S>()), v128.load(offset + 4 * at))
      const taken = v128.and(near(value, center), there)
      value = v128.and(value, taken)
      count = i32x4.sub(count, taken)
      low = f64x2.add(low, f64x2.promote_low_f32x4(value))
      high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(value, value, 2, 3, 2, 3)))
    }
    v128.store(sums + 8 * column, low)
    v128.store(sums + 8 * column, high, 16)
    v128.store(counts + 4 * column, count)
  }
}

/** Types: 0 uint8, 1 uint16, 2 int16, 3 float32. Lines with a count below 0 are left out. Adds to float64 [lines][4] by position in the line modulo 4, and to int32 [lines]. */
export function sumLines(type: i32, raw: usize, offset: usize, length: usize, lines: usize, centers: usize, sums: usize, counts: usize): void {
  if (type == 0) sumLinesOf<u8>(raw, offset, length, lines, centers, sums, counts)
  else if (type == 1) sumLinesOf<u16>(raw, offset, length, lines, centers, sums, counts)
  else if (type == 2) sumLinesOf<i16>(raw, offset, length, lines, centers, sums, counts)
  else sumLinesOf<f32>(raw, offset, length, lines, centers, sums, counts)
}

/** Adds to float64 [width] and int32 [width]; adds 0 to up to three behind them. */
export function sumColumns(type: i32, raw: usize, offset: usize, width: usize, rows: usize, centers: usize, sums: usize, counts: usize): void {
  if (type == 0) sumColumnsOf<u8>(raw, offset, width, rows, centers, sums, counts)
  else if (type == 1) sumColumnsOf<u16>(raw, offset, width, rows, centers, sums, counts)
  else if (type == 2) sumColumnsOf<i16>(raw, offset, width, rows, centers, sums, counts)
  else sumColumnsOf<f32>(raw, offset, width, rows, centers, sums, counts)
}

/** int32 [4] lanes changed by lld, int32 [4] lanes that are NaN (of float frames only), largest results as float32 [4] and int32 [4]. */
let changed: v128 = i32x4.splat(0)
let holes: v128 = i32x4.splat(0)
let most: v128 = f32x4.splat(0)
let mostWhole: v128 = i32x4.splat(0)

/** Writes changed, holes (int32) and the largest result (float32), and begins anew. */
export function takeStatistics(to: usize): void {
  most = f32x4.pmax(most, f32x4.convert_i32x4_s(mostWhole))
  const largest = f32x4.pmax(most, i32x4.shuffle(most, most, 2, 3, 0, 1))
  store<i32>(to, i32x4.extract_lane(changed, 0) + i32x4.extract_lane(changed, 1) + i32x4.extract_lane(changed, 2) + i32x4.extract_lane(changed, 3))
  store<i32>(to, i32x4.extract_lane(holes, 0) + i32x4.extract_lane(holes, 1) + i32x4.extract_lane(holes, 2) + i32x4.extract_lane(holes, 3), 4)
  store<f32>(to, max<f32>(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)), 8)
  changed = i32x4.splat(0)
  holes = i32x4.splat(0)
  most = f32x4.splat(0)
  mostWhole = i32x4.splat(0)
}

/** 2^23: a float32 from 0 to 2^22 plus this has its nearest whole number (halves to the even one) in its low bits. */
const whole: f32 = 8388608
/** Larger counts than integers of 16 bits hold; what exceeds them is only known to do so. */
const beyondWords: f32 = 65536

/** int32 of photon counts to be rounded, negative ones and NaN as 0. */
@inline
function wholeOf(value: v128): v128 {
  const bounded = f32x4.pmin(f32x4.splat(beyondWords), f32x4.pmax(f32x4.splat(0), value))
  return v128.and(f32x4.add(bounded, f32x4.splat(whole)), i32x4.splat(0x7fffff))
}

/** What the lld and photonisation make of a calibrated value: float32, or int32 where T is an integer; lanes outside `there` count in no statistics. */
@inline
function finish<S, T>(mode: i32, value: v128, there: v128): v128 {
  const zero = f32x4.splat(0)
  let result = value
  if (mode == 2) {
    result = f32x4.max(f32x4.add(f32x4.floor(f32x4.sub(value, f32x4.splat(lld))), f32x4.splat(1)), zero)
    const other = f32x4.ne(result, f32x4.max(f32x4.nearest(value), zero))
    changed = i32x4.sub(changed, v128.and(v128.and(other, f32x4.eq(value, value)), there))
  } else {
    if (mode == 1 && (isFloat<T>() || cuts)) result = f32x4.nearest(value)
    if (cuts) {
      const low = v128.and(f32x4.lt(value, f32x4.splat(lld)), there)
      const other = mode == 1 ? f32x4.ge(result, f32x4.splat(1)) : f32x4.ne(value, zero)
      changed = i32x4.sub(changed, v128.and(low, other))
      result = v128.andnot(result, low)
    }
    if (mode == 1 && isFloat<T>()) result = f32x4.max(result, zero)
  }
  if (isFloat<S>()) holes = i32x4.sub(holes, v128.and(f32x4.ne(value, value), there))
  if (isFloat<T>()) {
    most = f32x4.pmax(most, v128.and(result, there))
    return result
  }
  const counts = wholeOf(result)
  mostWhole = i32x4.max_s(mostWhole, v128.and(counts, there))
  return counts
}

@inline
function calibrated<S>(raw: usize, offset: usize, common: usize, background: usize, factor: usize): v128 {
  let net = f32x4.sub(f32x4.sub(four<S>(raw), v128.load(offset)), v128.load(common))
  if (background != 0) net = f32x4.sub(net, v128.load(background))
  return f32x4.mul(f32x4.mul(net, v128.load(factor)), f32x4.splat(scale))
}

/** Eight results as T. */
@inline
function put<T>(to: usize, a: v128, b: v128): void {
  if (isFloat<T>()) {
    v128.store(to, a)
    v128.store(to, b, 16)
  } else if (sizeof<T>() == 2) {
    v128.store(to, i16x8.narrow_i32x4_u(a, b))
  } else {
    const words = i16x8.narrow_i32x4_s(a, b)
    v128.store64_lane(to, i8x16.narrow_i16x8_u(words, words), 0)
  }
}

/** `scratch`: 16 bytes for the common mode of a line, 32 for the end of one. */
@inline
function lines<S, T>(
  mode: i32, raw: usize, offset: usize, background: usize, factor: usize,
  length: usize, count: usize, common: usize, vertical: i32, to: usize, scratch: usize,
): void {
  const all = i32x4.splat(-1)
  const step: usize = vertical ? 16 : 0
  for (let line: usize = 0; line < count; line++) {
    let mode4 = common
    if (!vertical) {
      v128.store(scratch, f32x4.splat(load<f32>(common + 4 * line)))
      mode4 = scratch
    }
    let i: usize = 0
    for (; i + 8 <= length; i += 8) {
      const a = calibrated<S>(raw, offset, mode4, background, factor)
      const b = calibrated<S>(raw + 4 * sizeof<S>(), offset + 16, mode4 + step, background == 0 ? 0 : background + 16, factor + 16)
      put<T>(to, finish<S, T>(mode, a, all), finish<S, T>(mode, b, all))
      raw += 8 * sizeof<S>()
      to += 8 * sizeof<T>()
      offset += 32
      factor += 32
      mode4 += 2 * step
      if (background != 0) background += 32
    }
    const rest = length - i
    if (rest == 0) continue
    const a = calibrated<S>(raw, offset, mode4, background, factor)
    const b = calibrated<S>(raw + 4 * sizeof<S>(), offset + 16, mode4 + step, background == 0 ? 0 : background + 16, factor + 16)
    put<T>(scratch + 16, finish<S, T>(mode, a, firstLanes(<i32>rest)), finish<S, T>(mode, b, firstLanes(<i32>rest - 4)))
    memory.copy(to, scratch + 16, rest * sizeof<T>())
    raw += rest * sizeof<S>()
    to += rest * sizeof<T>()
    offset += 4 * rest
    factor += 4 * rest
    if (background != 0) background += 4 * rest
  }
}

function applyTo<S>(
  form: i32, raw: usize, offset: usize, background: usize, factor: usize,
  length: usize, count: usize, common: usize, vertical: i32, to: usize, scratch: usize,
): void {
  if (form == 0) lines<S, f32>(0, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else if (form == 1) lines<S, u8>(1, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else if (form == 2) lines<S, u16>(1, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else if (form == 3) lines<S, f32>(1, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else if (form == 4) lines<S, u8>(2, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else if (form == 5) lines<S, u16>(2, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else lines<S, f32>(2, raw, offset, background, factor, length, count, common, vertical, to, scratch)
}

/**
 * Calibrate `count` lines of `length` values of one frame. `form`: 0 floats; 1, 2, 3 rounded to uint8, uint16, float32; 4, 5, 6 by
 * threshold. `background` 0 = none. `vertical`: the common mode is per column, else per line.
 */
export function apply(
  type: i32, form: i32, raw: usize, offset: usize, background: usize, factor: usize,
  length: usize, count: usize, common: usize, vertical: i32, to: usize, scratch: usize,
): void {
  if (type == 0) applyTo<u8>(form, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else if (type == 1) applyTo<u16>(form, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else if (type == 2) applyTo<i16>(form, raw, offset, background, factor, length, count, common, vertical, to, scratch)
  else applyTo<f32>(form, raw, offset, background, factor, length, count, common, vertical, to, scratch)
}
