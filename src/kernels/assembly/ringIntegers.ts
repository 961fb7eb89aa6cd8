// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Block folding of integer rings. Every product and sum is exact: 32-bit lanes are emptied into 64 bits in time.

/** Scratch: the fixed window of one element and of the presence row, followed by zeros up to whole vectors. */
const fixedWindow: usize = 65536
const fixedPresence: usize = 65536 + 16384

@inline
function lanes32(sum: v128): i64 {
  return <i64>i32x4.extract_lane(sum, 0) + <i64>i32x4.extract_lane(sum, 1) +
    <i64>i32x4.extract_lane(sum, 2) + <i64>i32x4.extract_lane(sum, 3)
}

@inline
function lanes64(sum: v128): i64 {
  return i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1)
}

/** uint8: products up to 255 x 255, at most 1040 of them, fit 31 bits. */
function dotU8(x: usize, y: usize, length: usize): i64 {
  let a = i32x4.splat(0)
  let b = i32x4.splat(0)
  for (let t: usize = 0; t < length; t += 16) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load_ext<u8>(x + t), v128.load_ext<u8>(y + t)))
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load_ext<u8>(x + t, 8), v128.load_ext<u8>(y + t, 8)))
  }
  return lanes32(i32x4.add(a, b))
}

/** Values of at most 15 bits and a sign: `steps` vectors fit 31 bits per lane. */
function dotI16(x: usize, y: usize, length: usize, steps: usize): i64 {
  let total = i64x2.splat(0)
  const end: usize = length << 1
  for (let from: usize = 0; from < end; ) {
    const to = min(end, from + 16 * steps)
    let sum = i32x4.splat(0)
    for (; from < to; from += 16) sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(x + from), v128.load(y + from)))
    total = i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_s(sum), i64x2.extend_high_i32x4_s(sum)))
  }
  return lanes64(total)
}

/** -32768 x -32768 twice does not fit a signed lane: every product goes to 64 bits. */
function dotWideI16(x: usize, y: usize, length: usize): i64 {
  let total = i64x2.splat(0)
  for (let t: usize = 0; t < 2 * length; t += 16) {
    const a = v128.load(x + t)
    const b = v128.load(y + t)
    const low = i32x4.extmul_low_i16x8_s(a, b)
    const high = i32x4.extmul_high_i16x8_s(a, b)
    total = i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_s(low), i64x2.extend_high_i32x4_s(low)))
    total = i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_s(high), i64x2.extend_high_i32x4_s(high)))
  }
  return lanes64(total)
}

/** uint16 above 32767: products up to 65535 x 65535 fill an unsigned lane. */
function dotWideU16(x: usize, y: usize, length: usize): i64 {
  let total = i64x2.splat(0)
  for (let t: usize = 0; t < 2 * length; t += 16) {
    const a = v128.load(x + t)
    const b = v128.load(y + t)
    const low = i32x4.extmul_low_i16x8_u(a, b)
    const high = i32x4.extmul_high_i16x8_u(a, b)
    total = i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_u(low), i64x2.extend_high_i32x4_u(low)))
    total = i64x2.add(total, i64x2.add(i64x2.extend_low_i32x4_u(high), i64x2.extend_high_i32x4_u(high)))
  }
  return lanes64(total)
}

/** `steps` as for dotI16; 0 = the values need 64 bits at once. */
@inline
function dot<T>(x: usize, y: usize, length: usize, steps: usize): i64 {
  if (sizeof<T>() == 1) return dotU8(x, y, length)
  if (steps > 0) return dotI16(x, y, length, steps)
  return isSigned<T>() ? dotWideI16(x, y, length) : dotWideU16(x, y, length)
}

/** Sum of the values where `presence` is 1. 16-bit lanes of uint8 take 64 vectors of at most 510. */
@inline
function sumPresent<T>(values: usize, presence: usize, length: usize): i64 {
  let sum = i32x4.splat(0)
  if (sizeof<T>() == 1) {
    for (let from: usize = 0; from < length; ) {
      const to = min(length, from + 1024)
      let part = i16x8.splat(0)
      for (; from < to; from += 16) {
        const kept = v128.and(v128.load(values + from), i8x16.neg(v128.load(presence + from)))
        part = i16x8.add(part, i16x8.extadd_pairwise_i8x16_u(kept))
      }
      sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(part))
    }
  } else {
    for (let t: usize = 0; t < 2 * length; t += 16) {
      const kept = v128.and(v128.load(values + t), i16x8.neg(v128.load(presence + t)))
      sum = i32x4.add(sum, isSigned<T>() ? i32x4.extadd_pairwise_i16x8_s(kept) : i32x4.extadd_pairwise_i16x8_u(kept))
    }
  }
  return lanes32(sum)
}

/** Copy a window and zero what follows up to a whole vector. */
@inline
function takeWindow<T>(to: usize, from: usize, length: usize, whole: usize): void {
  memory.copy(to, from, length * sizeof<T>())
  memory.fill(to + length * sizeof<T>(), 0, (whole - length) * sizeof<T>())
}

@inline
function addTo(at: usize, sum: i64, sign: f64): void {
  store<f64>(at, load<f64>(at) + sign * <f64>sum)
}

/** T = u8, u16 or i16. */
export function foldIntegers<T>(
  ring: usize, rowLength: usize, elements: usize, fixedPosition: usize, length: usize,
  moves: usize, count: usize, sign: f64, largest: f64, delays: usize, g2: usize, fixed: usize, moving: usize,
): void {
  const rowBytes = rowLength * sizeof<T>()
  const presence = ring + elements * rowBytes
  const whole = (length + 15) & ~15
  const steps = <usize>Math.min(1024.0, Math.floor(2147483647.0 / (2.0 * Math.max(1.0, largest * largest))))
  takeWindow<T>(fixedPresence, presence + fixedPosition * sizeof<T>(), length, whole)
  for (let element: usize = 0; element < elements; element++) {
    const row = ring + element * rowBytes
    takeWindow<T>(fixedWindow, row + fixedPosition * sizeof<T>(), length, whole)
    const fixedSum = sumPresent<T>(fixedWindow, fixedPresence, whole)
    const tile = ((element >> 4) * delays * 16 + (element & 15)) * 8
    for (let m: usize = 0; m < count; m++) {
      const at = tile + <usize>load<i32>(moves + 12 * m) * 128
      const y = <usize>load<i32>(moves + 12 * m, 4) * sizeof<T>()
      const full = load<i32>(moves + 12 * m, 8) != 0
      addTo(g2 + at, dot<T>(fixedWindow, row + y, whole, steps), sign)
      addTo(moving + at, sumPresent<T>(row + y, fixedPresence, whole), sign)
      addTo(fixed + at, full ? fixedSum : sumPresent<T>(fixedWindow, presence + y, whole), sign)
    }
  }
}
