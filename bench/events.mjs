// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `count` events of one block from `first` on, one after the other, in a buffer of `times`: what a worker's `insert` gets. */
export function inOrder(first, count, times = Number.POSITIVE_INFINITY) {
  const numbers = Float64Array.from({ length: count }, (_, e) => first + e)
  return {
    count,
    counter: numbers,
    evicted: numbers.map((number) => (number < times ? Number.NaN : number - times)),
    row: Int32Array.from(numbers, (number) => number % times),
    block: new Uint16Array(count),
    position: Uint16Array.from(numbers, (number) => number - first),
  }
}
