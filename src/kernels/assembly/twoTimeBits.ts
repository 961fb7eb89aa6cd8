// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of a block of bits: two frames of the past with two of the future at a time.
import { frames, sumsAt } from './twoTimePlace'

@inline
function addTo(at: usize, low: u64, high: u64): void {
  store<f64>(at, load<f64>(at) + <f64>low)
  store<f64>(at, load<f64>(at, 8) + <f64>high, 8)
}

/** `bytes` of one pair of frames. */
export function multiplyBits(past: usize, future: usize, bytes: usize, rows: usize, columns: usize, same: bool): void {
  for (let t1: usize = 0; t1 < rows; t1 += 2) {
    const pair = past + (t1 >> 1) * bytes
    for (let t2: usize = same ? t1 : 0; t2 < columns; t2 += 2) {
      let a0: u64 = 0
      let a1: u64 = 0
      let b0: u64 = 0
      let b1: u64 = 0
      let x = pair
      let y = future + (t2 >> 1) * bytes
      for (const end = x + bytes; x < end; x += 16, y += 16) {
        const x0 = load<u64>(x)
        const x1 = load<u64>(x, 8)
        const y0 = load<u64>(y)
        const y1 = load<u64>(y, 8)
        a0 += popcnt(x0 & y0)
        a1 += popcnt(x0 & y1)
        b0 += popcnt(x1 & y0)
        b1 += popcnt(x1 & y1)
      }
      const at = sumsAt + 8 * (t1 * frames + t2)
      addTo(at, a0, a1)
      addTo(at + 8 * frames, b0, b1)
    }
  }
}
