// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The STREAM yardsticks in WebAssembly: what memory gives when nothing else is asked for. `length` in bytes, a multiple of 64.

/** Sum of 64-bit words: reads `length` bytes. */
export function read(at: usize, length: usize): i64 {
  let a = i64x2.splat(0)
  let b = a
  for (let end = at + length; at < end; at += 64) {
    a = i64x2.add(a, i64x2.add(v128.load(at), v128.load(at, 16)))
    b = i64x2.add(b, i64x2.add(v128.load(at, 32), v128.load(at, 48)))
  }
  a = i64x2.add(a, b)
  return i64x2.extract_lane(a, 0) + i64x2.extract_lane(a, 1)
}

/** out = x: reads and writes `length` bytes. */
export function copy(out: usize, x: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += 64) {
    v128.store(out + at, v128.load(x + at))
    v128.store(out + at, v128.load(x + at, 16), 16)
    v128.store(out + at, v128.load(x + at, 32), 32)
    v128.store(out + at, v128.load(x + at, 48), 48)
  }
}

/** float64 out = x + factor * y: reads twice and writes once `length` bytes. */
export function triad(out: usize, x: usize, y: usize, factor: f64, length: usize): void {
  const f = f64x2.splat(factor)
  for (let at: usize = 0; at < length; at += 32) {
    v128.store(out + at, f64x2.add(v128.load(x + at), f64x2.mul(f, v128.load(y + at))))
    v128.store(out + at, f64x2.add(v128.load(x + at, 16), f64x2.mul(f, v128.load(y + at, 16))), 16)
  }
}
