// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { EventBlock } from './contract.js'

/** Where the photons of the elements [first, end) of a block lie: [from, to). */
export function photonRange({ element }: EventBlock, first: number, end: number): [from: number, to: number] {
  return [lowerBound(element, first), lowerBound(element, end)]
}

function lowerBound(sorted: Uint32Array, wanted: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < wanted) low = middle + 1
    else high = middle
  }
  return low
}
