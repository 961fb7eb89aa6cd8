// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Staged values into the ring: integers of 8 and 16 bits in square tiles, everything else value by value.
import { columnTotals, partIn, partOut } from './scratch'
import { bytesAt, transposeBytes, transposeWords, wordsAt } from './transpose'
import { toRingOf } from './values'
import { ones } from './windows'

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

/** Events from `event` at positions in a row, at most a tile of `side`, all of them mirrored or none. */
@inline
function runOf(event: usize, events: usize, positions: usize, side: usize, mirror: i32): usize {
  const begin = load<i32>(positions + 4 * event)
  const most = begin < mirror ? min(side, <usize>(mirror - begin)) : side
  let run: usize = 1
  while (run < most && event + run < events && load<i32>(positions + 4 * (event + run)) == begin + <i32>run) run++
  return run
}

/** A tile of fewer events, through a tile of zeros; what lies behind them in the rows stays. */
function partTo<S, T>(from: usize, stride: usize, run: usize, to: usize, rowBytes: usize, copy: usize): void {
  const side: usize = 16 / sizeof<T>()
  for (let k: usize = 0; k < side; k++) {
    const values = k >= run ? i8x16.splat(0) : sizeof<T>() == 1 ? bytesAt<S>(from + k * stride) : wordsAt<S>(from + k * stride)
    v128.store(partIn + (k << 4), values)
  }
  tileTo<T, T>(partIn, 16, partOut, 16)
  const mask = v128.load(ones + 16 - run * sizeof<T>())
  for (let e: usize = 0; e < side; e++, to += rowBytes) {
    const values = v128.load(partOut + (e << 4))
    v128.store(to, v128.bitselect(values, v128.load(to), mask))
    if (copy != 0) v128.store(to + copy, v128.bitselect(values, v128.load(to + copy), mask))
  }
}

/** Whole tiles of `side` elements, by runs of events; what is left of elements goes value by value. */
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
        const run = runOf(event, events, positions, side, mirror)
        const copy: usize = begin < mirror ? <usize>span * sizeof<T>() : 0
        partTo<S, T>(from, stride * sizeof<S>(), run, row + <usize>begin * sizeof<T>(), rowBytes, copy)
        event += run
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
