// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Ticks without an event. Few of them are listed and taken off the sums of whole windows one by one; where there are many,
// the sums are taken value by value instead.
import { fixedPresence, holePositions, holesMost, missingFixed, missingMost } from './scratch'

/** "Too many to list." */
export const many: usize = usize.MAX_VALUE

/** More missing ticks than this in a window of `length` cost more one by one than a sum value by value. */
@inline
export function fewest(length: usize): usize {
  return 2 + length / 16
}

/** List the k of the fixed window at which there is no event; returns their number or `many`. */
export function listMissing<T>(length: usize): usize {
  const most = min(missingMost, fewest(length))
  let count: usize = 0
  for (let k: usize = 0; k < length; k++) {
    if (load<T>(fixedPresence + k * sizeof<T>()) != 0) continue
    if (count == most) return many
    store<u32>(missingFixed + 4 * count++, <u32>k)
  }
  return count
}

/** List the positions [from, to) of the presence row that hold no event; returns their number or `many`. */
export function listHoles<T>(presence: usize, from: usize, to: usize): usize {
  let count: usize = 0
  for (let position = from; position < to; position++) {
    if (load<T>(presence + position * sizeof<T>()) != 0) continue
    if (count == holesMost) return many
    store<u32>(holePositions + 4 * count++, <u32>position)
  }
  return count
}

/** Index of the first listed hole at or behind `position`. */
export function firstHole(count: usize, position: usize): usize {
  let low: usize = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (<usize>load<u32>(holePositions + 4 * middle) < position) low = middle + 1
    else high = middle
  }
  return low
}

/** Sum of the values of `window` at the missing fixed ticks. */
@inline
export function atMissing<T>(window: usize, count: usize): i64 {
  let sum: i64 = 0
  for (let i: usize = 0; i < count; i++) {
    sum += <i64>load<T>(window + <usize>load<u32>(missingFixed + 4 * i) * sizeof<T>())
  }
  return sum
}

/** Sum of the fixed values opposite to the holes [first, last) of the list, in a moving window from `position`. */
@inline
export function atHoles<T>(fixed: usize, position: usize, first: usize, last: usize): i64 {
  let sum: i64 = 0
  for (let i = first; i < last; i++) {
    sum += <i64>load<T>(fixed + (<usize>load<u32>(holePositions + 4 * i) - position) * sizeof<T>())
  }
  return sum
}
