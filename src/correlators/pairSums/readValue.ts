// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Single values of stored events, for the few elements that need a look. */
import type { TickClock } from '../../buffers/tickClock.js'
import type { TimeIndex } from '../../buffers/timeIndex.js'
import type { ValueBlock } from '../../kernels/contract.js'
import type { ReadValue } from './holeBook.js'
import type { RingMemory } from './ringMemory.js'
import type { RowBuffer } from './rows.js'
import type { Shard } from './shard.js'

const noElement = new Uint32Array(0)

/** Elements without value in the event at `position` of a block, ascending. */
export function holesOf({ holes }: ValueBlock, position: number): Uint32Array {
  return holes === undefined ? noElement : holes.element.subarray(holes.start[position], holes.start[position + 1])
}

/** Reads from the ring, where what waits in its stage has been put into it, or from rows. Valid until an event is stored. */
export function valueReader(
  shards: readonly Shard[],
  index: TimeIndex,
  clock: TickClock,
  ring: RingMemory | null,
  rows: RowBuffer | null,
): ReadValue {
  const readers = shards.map((shard) => ring?.values(shard) ?? null)
  return (counter, element) => {
    const s = shards.findLastIndex(({ first }) => first <= element)
    const within = element - shards[s].first
    const read = readers[s]
    if (read !== null) return read(clock.tick(counter), within)
    return rows?.view(shards[s], index.rowOf(counter))[within] ?? 0
  }
}
