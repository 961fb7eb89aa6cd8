// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { TickClock } from '../../buffers/tickClock.js'
import type { TimeIndex } from '../../buffers/timeIndex.js'
import type { RingMemory } from './ringMemory.js'
import type { RowBuffer } from './rows.js'
import type { Shard } from './shard.js'

/** Move the stored events from the ring to rows, through a copy of one shard's ring after another; `open` makes room for the rows in the same shards. */
export function rowsOfRing(
  memory: RingMemory,
  shards: readonly Shard[],
  index: TimeIndex,
  clock: TickClock,
  open: () => RowBuffer,
): RowBuffer {
  const rows = open()
  for (const shard of shards) {
    const read = memory.reader(shard, true)
    for (const [counter, row] of index) read(clock.tick(counter), rows.view(shard, row))
  }
  return rows
}
