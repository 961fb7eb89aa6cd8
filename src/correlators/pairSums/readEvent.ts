// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The values of one stored event, from wherever they lie. */
import { allocate, type RowDType, type TypedArray } from '../../units.js'
import type { RingMemory } from './ringMemory.js'
import type { RowBuffer } from './rows.js'
import type { Shard } from './shard.js'

/** [elements]; a view of the buffer where one shard keeps rows, else a copy. */
export function readEvent(
  shards: readonly Shard[],
  ring: RingMemory | null,
  rows: RowBuffer | null,
  dtype: RowDType,
  { elements, row, tick }: { elements: number; row: number; tick: number },
): TypedArray {
  if (shards.length === 1 && rows !== null) return rows.view(shards[0], row)
  const values = allocate(dtype, elements)
  for (const shard of shards) {
    const part = values.subarray(shard.first, shard.first + shard.elements)
    ring?.reader(shard, false)(tick, part)
    if (rows !== null) part.set(rows.view(shard, row))
  }
  return values
}
