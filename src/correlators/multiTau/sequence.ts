// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { StoredEvents } from '../../kernels/contract.js'

/** How many events from `e` on, `most` at most, have consecutive counters and positions in one block. */
export function sequence({ count, counter, block, position }: StoredEvents, e: number, most: number): number {
  let length = 1
  for (; length < most && e + length < count; length++) {
    const next = e + length
    const apart = counter[next] - counter[e] !== length || position[next] - position[e] !== length
    if (apart || block[next] !== block[e]) break
  }
  return length
}
