// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What narrow.wasm exports: values of 16 bits as bytes, in place.

/** `count` uint16 from `at` on, a multiple of 32, become uint8 from `at` on; returns 1 where each of them fits. */
export function narrow(at: usize, count: usize): bool {
  let all = i8x16.splat(0)
  let to = at
  for (const end = at + 2 * count; at < end; at += 64, to += 32) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    all = v128.or(all, v128.or(v128.or(a, b), v128.or(c, d)))
    v128.store(to, i8x16.narrow_i16x8_u(a, b))
    v128.store(to, i8x16.narrow_i16x8_u(c, d), 16)
  }
  return !v128.any_true(i16x8.shr_u(all, 8))
}
