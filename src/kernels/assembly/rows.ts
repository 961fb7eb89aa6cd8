// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Folding of time-major rows: one event against its partners, a tile of 16 elements at a time, two elements per vector.

/** Scratch: the fixed event's tile as float64. */
const fixedTile: usize = 65536

/** Two neighbouring values as float64. */
@inline
function two<T>(at: usize): v128 {
  if (sizeof<T>() == 8) return v128.load(at)
  if (isFloat<T>()) return f64x2.promote_low_f32x4(v128.load_zero<u64>(at))
  if (sizeof<T>() == 1) {
    const words = i16x8.extend_low_i8x16_u(v128.load_splat<u16>(at))
    return f64x2.convert_low_i32x4_u(i32x4.extend_low_i16x8_u(words))
  }
  const words = v128.load_zero<u32>(at)
  return isSigned<T>()
    ? f64x2.convert_low_i32x4_s(i32x4.extend_low_i16x8_s(words))
    : f64x2.convert_low_i32x4_u(i32x4.extend_low_i16x8_u(words))
}

@inline
function add(at: usize, value: v128): void {
  v128.store(at, f64x2.add(v128.load(at), value))
}

/** One partner in one tile. */
@inline
function addTile<T>(y: usize, sign: v128, g2: usize, fixed: usize, moving: usize): void {
  for (let k: usize = 0; k < 8; k++) {
    const a = v128.load(fixedTile + 16 * k)
    const b = two<T>(y + 2 * k * sizeof<T>())
    add(g2 + 16 * k, f64x2.mul(sign, f64x2.mul(a, b)))
    add(fixed + 16 * k, f64x2.mul(sign, a))
    add(moving + 16 * k, f64x2.mul(sign, b))
  }
}

/** The same where values may be holes. */
@inline
function addTileWithHoles<T>(y: usize, sign: v128, g2: usize, fixed: usize, moving: usize, lost: usize): void {
  for (let k: usize = 0; k < 8; k++) {
    const a = v128.load(fixedTile + 16 * k)
    const b = two<T>(y + 2 * k * sizeof<T>())
    const valid = v128.and(f64x2.eq(a, a), f64x2.eq(b, b))
    add(g2 + 16 * k, v128.and(valid, f64x2.mul(sign, f64x2.mul(a, b))))
    add(fixed + 16 * k, v128.and(valid, f64x2.mul(sign, a)))
    add(moving + 16 * k, v128.and(valid, f64x2.mul(sign, b)))
    add(lost + 16 * k, v128.andnot(sign, valid))
  }
}

export function foldRowsOf<T>(
  rows: usize, stride: usize, row: usize, tiles: usize, partners: usize, count: usize, sign: f64,
  delays: usize, g2: usize, fixed: usize, moving: usize, lost: usize,
): void {
  const signs = f64x2.splat(sign)
  const rowBytes = stride * sizeof<T>()
  for (let tile: usize = 0; tile < tiles; tile++) {
    const column = rows + tile * 16 * sizeof<T>()
    for (let k: usize = 0; k < 8; k++) v128.store(fixedTile + 16 * k, two<T>(column + row * rowBytes + 2 * k * sizeof<T>()))
    for (let i: usize = 0; i < count; i++) {
      const at = (tile * delays + <usize>load<i32>(partners + 12 * i)) * 128
      const y = column + <usize>load<i32>(partners + 12 * i, 4) * rowBytes
      const swap = load<i32>(partners + 12 * i, 8) != 0
      const fixedSum = (swap ? moving : fixed) + at
      const movingSum = (swap ? fixed : moving) + at
      if (lost == 0) addTile<T>(y, signs, g2 + at, fixedSum, movingSum)
      else addTileWithHoles<T>(y, signs, g2 + at, fixedSum, movingSum, lost + at)
    }
  }
}
