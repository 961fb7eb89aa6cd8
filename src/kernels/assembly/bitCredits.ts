// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What an element of a ring of bits collected before a ring position, from counts of ones: the row need not become uint8.
import { copyExceptions, isPlain, listOf, ringSpan, rowOf } from './bitPlaces'
import { movingExceptions, prefix } from './scratch'

/** With more exceptions a row is faster summed as uint8. */
const exceptionsFew: usize = 12

let row: usize = 0
let exceptionsEnd: usize = movingExceptions
let total: f64 = 0
/** Sums of the whole ring and before its end. */
let all: i32 = 0
let beforeEnd: i32 = 0
let endPosition: i32 = 0

/** Sum of the values at positions below `position`. */
@inline
function sumBelow(position: i32): i32 {
  const word = <usize>(position >> 6)
  const mask = (<u64>1 << <u64>(position & 63)) - 1
  let sum = load<i32>(prefix + (word << 2)) + <i32>popcnt(load<u64>(row + (word << 3)) & mask)
  for (let at = movingExceptions; at < exceptionsEnd; at += 8) {
    if (load<i32>(at) < position) sum += load<i32>(at, 4)
  }
  return sum
}

/** Calls of `collectedBefore` on an element follow, whose values have the sum `elementTotal`; false when it has too many exceptions. */
export function beginElement(element: usize, end: i32, elementTotal: f64): bool {
  row = rowOf(element)
  exceptionsEnd = movingExceptions
  if (!isPlain(listOf(element))) {
    const count = copyExceptions(listOf(element), movingExceptions, exceptionsFew)
    if (count > exceptionsFew) return false
    exceptionsEnd += count << 3
  }
  let sum: i32 = 0
  for (let word: usize = 0; word <= ringSpan >> 6; word++) {
    store<i32>(prefix + (word << 2), sum)
    sum += <i32>popcnt(load<u64>(row + (word << 3)))
  }
  total = elementTotal
  endPosition = end
  all = sumBelow(<i32>ringSpan)
  beforeEnd = sumBelow(end)
  return true
}

/** The total less the window from `position` up to the end, around the ring. */
@inline
export function collectedBefore(position: i32): f64 {
  return total - <f64>(beforeEnd - sumBelow(position) + (position > endPosition ? all : 0))
}
