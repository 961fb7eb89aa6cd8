// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { TimeIndex } from '../../buffers/timeIndex.js'
import type { RingMemory } from './ringMemory.js'
import type { RowBuffer } from './rows.js'
import type { Shard } from './shard.js'

/** Move the stored events from the ring to rows, through a copy of the ring; `open` makes the rows in the same shards. */
export function rowsOfRing(
  memory: RingMemory,
  shards: readonly Shard[],
  index: TimeIndex,
  origin: number,
  open: () => RowBuffer,
): RowBuffer {
  const readers = shards.map((shard) => memory.reader(shard, true))
  const rows = open()
  shards.forEach((shard, k) => {
    const read = readers[k]
    for (const [counter, row] of index) read(counter - origin, rows.view(shard, row))
  })
  return rows
}
