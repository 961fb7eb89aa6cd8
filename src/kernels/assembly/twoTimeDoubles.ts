// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of a block of float64, the products of every pair of frames added one at a time in the order of the elements.
import { frames, sumsAt } from './twoTimePlace'

@inline
function fused(sum: v128, a: v128, b: v128): v128 {
  return f64x2.add(sum, f64x2.mul(a, b))
}

/** Four frames of the past with four of the future, in the order of `count` elements, behind what the block holds. */
export function multiplyDoubles(past: usize, future: usize, count: usize, rows: usize, columns: usize, same: bool): void {
  const step = 8 * frames
  for (let t1: usize = 0; t1 < rows; t1 += 4) {
    for (let t2: usize = same ? t1 : 0; t2 < columns; t2 += 4) {
      const at = sumsAt + 8 * (t1 * frames + t2)
      let a0 = v128.load(at)
      let b0 = v128.load(at, 16)
      let a1 = v128.load(at + step)
      let b1 = v128.load(at + step, 16)
      let a2 = v128.load(at + 2 * step)
      let b2 = v128.load(at + 2 * step, 16)
      let a3 = v128.load(at + 3 * step)
      let b3 = v128.load(at + 3 * step, 16)
      let x = past + 8 * t1
      let y = future + 8 * t2
      for (const end = x + count * step; x < end; x += step, y += step) {
        const low = v128.load(y)
        const high = v128.load(y, 16)
        const x0 = v128.load64_splat(x)
        a0 = fused(a0, x0, low)
        b0 = fused(b0, x0, high)
        const x1 = v128.load64_splat(x, 8)
        a1 = fused(a1, x1, low)
        b1 = fused(b1, x1, high)
        const x2 = v128.load64_splat(x, 16)
        a2 = fused(a2, x2, low)
        b2 = fused(b2, x2, high)
        const x3 = v128.load64_splat(x, 24)
        a3 = fused(a3, x3, low)
        b3 = fused(b3, x3, high)
      }
      v128.store(at, a0)
      v128.store(at, b0, 16)
      v128.store(at + step, a1)
      v128.store(at + step, b1, 16)
      v128.store(at + 2 * step, a2)
      v128.store(at + 2 * step, b2, 16)
      v128.store(at + 3 * step, a3)
      v128.store(at + 3 * step, b3, 16)
    }
  }
}
