// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The part of `elements`, ascending, that lies in a worker's share: a view. */
export function elementsWithin(
  elements: Int32Array,
  { first, count }: { readonly first: number; readonly count: number },
): Int32Array {
  return elements.subarray(firstFrom(elements, first), firstFrom(elements, first + count))
}

/** Place of the first element that is not below `least`. */
function firstFrom(elements: Int32Array, least: number): number {
  let [from, to] = [0, elements.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (elements[middle] < least) from = middle + 1
    else to = middle
  }
  return from
}
