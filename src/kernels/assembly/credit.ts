// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// IP and IF of many blocks at once: what an element collected in all ticks before a window of its ring.
import { addTo, bytesOf, sumAt } from './sumWidth'
import { sumBefore, sumRow } from './windows'

/** Sum of the window from position `start` up to `end`, around the ring. */
@inline
function around<T>(row: usize, start: i32, beforeEnd: i32, end: i32, all: i32): f64 {
  const before = sumBefore<T>(row, <usize>start * sizeof<T>())
  return <f64>(beforeEnd - before + (start > end ? all : 0))
}

/** One element, whose sums lie at `tile`. Two callers keep it a function of its own, as foldElement of ringIntegers.ts. */
export function creditElement<T>(
  row: usize, span: usize, moves: usize, count: usize, end: i32, sign: f64, tile: usize,
  fixed: usize, moving: usize, total: f64,
): void {
  sumRow<T>(row, 0, (span * sizeof<T>()) >> 4)
  const all = sumBefore<T>(row, span * sizeof<T>())
  const beforeEnd = sumBefore<T>(row, <usize>end * sizeof<T>())
  for (let m: usize = 0; m < count; m++) {
    const move = moves + 12 * m
    const at = tile + bytesOf(<usize>load<i32>(move) << 4)
    const later = total - around<T>(row, load<i32>(move, 8), beforeEnd, end, all)
    addTo(fixed + at, sign * later)
    const start = load<i32>(move, 4)
    if (start < 0) continue
    const earlier = total - around<T>(row, start, beforeEnd, end, all)
    addTo(moving + at, sign * earlier)
  }
}

/** T = u8, u16 or i16; a sum over a row fits 31 bits. */
export function creditOf<T>(
  ring: usize, rowLength: usize, elements: usize, span: usize, moves: usize, count: usize, end: i32, sign: f64,
  delays: usize, fixed: usize, moving: usize, values: usize,
): void {
  if (elements > 0) creditElement<T>(ring, span, moves, count, end, sign, 0, fixed, moving, load<f64>(values))
  for (let element: usize = 1; element < elements; element++) {
    const row = ring + element * rowLength * sizeof<T>()
    const tile = sumAt(element, delays, 0)
    creditElement<T>(row, span, moves, count, end, sign, tile, fixed, moving, load<f64>(values + 8 * element))
  }
}
