// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the elements of a ring hold from given positions to the last tick, int32 [places][64] for up to 64 elements.
import { tails } from './tails'
import { sumBefore, sumRow } from './windows'

/** One element, to its lane; windows {position, place} as for `tails`. */
export function tailsOfRow<T>(row: usize, span: usize, list: usize, count: usize, end: i32, to: usize): void {
  sumRow<T>(row, 0, (span * sizeof<T>()) >> 4)
  const all = sumBefore<T>(row, span * sizeof<T>())
  const beforeEnd = sumBefore<T>(row, <usize>end * sizeof<T>())
  for (const last = list + 8 * count; list < last; list += 8) {
    const start = load<i32>(list)
    const before = sumBefore<T>(row, <usize>start * sizeof<T>())
    store<i32>(to + (<usize>load<i32>(list, 4) << 8), beforeEnd - before + (start > end ? all : 0))
  }
}

/** `lanes` elements whose rows begin at `rows`. */
export function tailSums<T>(
  rows: usize, rowLength: usize, span: usize, lanes: usize, list: usize, count: usize, end: i32, to: usize,
): void {
  const rowBytes = rowLength * sizeof<T>()
  let lane: usize = 0
  if (sizeof<T>() == 1) {
    for (; lane + 16 <= lanes; lane += 16) tails(rows + lane * rowBytes, rowBytes, span, list, count, end, to + 4 * lane)
  }
  for (; lane < lanes; lane++) tailsOfRow<T>(rows + lane * rowBytes, span, list, count, end, to + 4 * lane)
}
