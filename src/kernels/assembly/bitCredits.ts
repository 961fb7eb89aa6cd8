// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of an element of a ring of bits below ring positions, from counts of ones: the row need not become uint8.
import { copyExceptions, isPlain, listOf, ringSpan, rowOf } from './bitPlaces'
import { bitRow, exceptionsMost, movingExceptions, prefix } from './scratch'

/** Int32 per word of the row: the sum of its exceptions. */
const extra: usize = bitRow

let exceptionsEnd: usize = movingExceptions

/** Sum of the exceptions below `position` in its own word. */
function exceptionsBelow(position: i32): i32 {
  let sum: i32 = 0
  for (let at = movingExceptions; at < exceptionsEnd; at += 8) {
    const place = load<i32>(at)
    if (place < position && place >= (position & ~63)) sum += load<i32>(at, 4)
  }
  return sum
}

/** Sum of the values of `row` at positions below `position`. */
@inline
export function sumBelow(row: usize, position: i32): i32 {
  const word = <usize>(position >> 6)
  const mask = (<u64>1 << <u64>(position & 63)) - 1
  const sum = load<i32>(prefix + (word << 2)) + <i32>popcnt(load<u64>(row + (word << 3)) & mask)
  return load<i32>(extra + (word << 2)) == 0 ? sum : sum + exceptionsBelow(position)
}

/** Calls of `sumBelow` on the row of an element follow; false when it has too many exceptions. */
export function beginElement(element: usize): bool {
  const words = (ringSpan >> 6) + 1
  memory.fill(extra, 0, words << 2)
  if (!isPlain(listOf(element))) {
    const count = copyExceptions(listOf(element), movingExceptions, exceptionsMost)
    if (count > exceptionsMost) return false
    exceptionsEnd = movingExceptions + (count << 3)
    for (let at = movingExceptions; at < exceptionsEnd; at += 8) {
      const word = extra + (<usize>(load<u32>(at) >> 6) << 2)
      store<i32>(word, load<i32>(word) + load<i32>(at, 4))
    }
  }
  const row = rowOf(element)
  let sum: i32 = 0
  for (let word: usize = 0; word < words; word++) {
    store<i32>(prefix + (word << 2), sum)
    sum += <i32>popcnt(load<u64>(row + (word << 3))) + load<i32>(extra + (word << 2))
  }
  return true
}
