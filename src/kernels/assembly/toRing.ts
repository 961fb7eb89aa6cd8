// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Staged values into the ring: integers of 8 and 16 bits in square tiles, everything else value by value.
import { columnTotals } from './scratch'
import { transposeBytes, transposeWords } from './transpose'
import { toRingOf } from './values'

/** True when a tile of S may become one of T by moving bits. */
@inline
function tiled<S, T>(): bool {
  if (isFloat<S>() || isFloat<T>()) return false
  if (sizeof<T>() == 1) return sizeof<S>() <= 2 && !(sizeof<S>() == 1 && isSigned<S>())
  return sizeof<S>() == 1 || (sizeof<S>() == 2 && isSigned<S>() == isSigned<T>())
}

/** One tile of events and elements, and its copy in the mirror. */
@inline
function tileTo<S, T>(from: usize, stride: usize, to: usize, rowBytes: usize): void {
  if (sizeof<T>() == 1) transposeBytes<S>(from, stride, to, rowBytes, columnTotals)
  else transposeWords<S, T>(from, stride, to, rowBytes, columnTotals)
}

/** Whole tiles of `side` elements; what is left of elements and events goes value by value. */
export function intoRing<S, T>(
  staged: usize, stride: usize, events: usize, positions: usize,
  ring: usize, rowLength: usize, elements: usize, span: i32, mirror: i32, values: usize, holes: usize,
): void {
  const side: usize = 16 / sizeof<T>()
  const rowBytes = rowLength * sizeof<T>()
  const tiles: usize = tiled<S, T>() ? elements / side : 0
  for (let tile: usize = 0; tile < tiles; tile++) {
    const first = tile * side
    memory.fill(columnTotals, 0, 64)
    for (let event: usize = 0; event < events; ) {
      const from = staged + (event * stride + first) * sizeof<S>()
      const begin = load<i32>(positions + 4 * event)
      const row = ring + first * rowBytes
      const straight = event + side <= events && load<i32>(positions + 4 * (event + side - 1)) - begin == <i32>side - 1
      if (straight && (begin >= mirror || begin + <i32>side <= mirror)) {
        const to = row + <usize>begin * sizeof<T>()
        tileTo<S, T>(from, stride * sizeof<S>(), to, rowBytes)
        if (begin < mirror) {
          const copy = to + <usize>span * sizeof<T>()
          for (let e: usize = 0; e < side; e++) v128.store(copy + e * rowBytes, v128.load(to + e * rowBytes))
        }
        event += side
      } else {
        const at = positions + 4 * event
        toRingOf<S, T>(from, stride, 1, at, row, rowLength, side, span, mirror, values + 8 * first, holes + 8 * first)
        event += 1
      }
    }
    for (let e: usize = 0; e < side; e++) {
      const at = values + 8 * (first + e)
      store<f64>(at, load<f64>(at) + <f64>load<i32>(columnTotals + 4 * e))
    }
  }
  const done = tiles * side
  if (done < elements) {
    toRingOf<S, T>(
      staged + done * sizeof<S>(), stride, events, positions, ring + done * rowBytes, rowLength, elements - done, span, mirror,
      values + 8 * done, holes + 8 * done,
    )
  }
}
