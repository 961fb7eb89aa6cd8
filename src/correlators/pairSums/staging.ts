// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * From blocks to shards: a *run* is a stretch of events whose blocks have the same kind and type. It is staged in every
 * shard, looked at (so that the store can be widened before anything is written) and then put into the ring.
 */
import type { DenseBlock, EventBlock, StoredEvents, ValueBlock } from '../../kernels/contract.js'
import { dtypeCode } from '../../kernels/pairKernels.js'
import { joinRanges, noValues, type ValueRange } from '../../kernels/values.js'
import { dtypeOf, type TypedArray } from '../../units.js'
import type { RingMemory } from './ringMemory.js'
import { type Shard, scanPhotons } from './shard.js'

/** Stored events [from, to) of one `insert`. */
export interface Run {
  readonly events: StoredEvents
  readonly blocks: readonly ValueBlock[]
  readonly from: number
  readonly to: number
  /** Ranges of the photon blocks that were looked at in this insert. */
  readonly ranges: Map<number, ValueRange>
}

/** All events of one `insert`. */
export function wholeRun(events: StoredEvents, blocks: readonly ValueBlock[]): Run {
  return { events, blocks, from: 0, to: events.count, ranges: new Map() }
}

/** The longest run from `from` that ends at `to` or before. */
export function runFrom(whole: Run, from: number, to: number): Run {
  const { events, blocks } = whole
  const first = blocks[events.block[from]]
  let end = from + 1
  for (; end < to; end++) {
    const block = blocks[events.block[end]]
    if (block.kind !== first.kind || block.dtype !== first.dtype) break
  }
  return { ...whole, from, to: end }
}

/** One dense event as a run. */
export function singleEvent(counter: number, row: number, values: TypedArray): Run {
  const block: DenseBlock = { kind: 'dense', events: 1, elements: values.length, dtype: dtypeOf(values), data: values }
  const events: StoredEvents = {
    count: 1,
    counter: Float64Array.of(counter),
    evicted: Float64Array.of(Number.NaN),
    row: Int32Array.of(row),
    block: Uint16Array.of(0),
    position: Uint16Array.of(0),
  }
  return wholeRun(events, [block])
}

/** Stage the dense events of a run in all shards, from place `slot` on; returns the range of the values. Photon events are only looked at. */
export function stageRun(shards: readonly Shard[], run: Run, slot: number): ValueRange {
  const { events, blocks, from, to } = run
  if (blocks[events.block[from]].kind === 'events') return photonRange(run)
  let range = noValues
  for (const shard of shards) {
    for (let e = from; e < to; e++)
      shard.stageDense(blocks[events.block[e]] as DenseBlock, events.position[e], slot + e - from)
    range = joinRanges(range, shard.scan(blocks[events.block[from]].dtype, slot, to - from))
  }
  return range
}

/** How many values of a run, staged from place `slot` on, exceed 1, per shard, or more: what a ring of bits must have room for. */
export function countAboveOne(shards: readonly Shard[], run: Run, slot: number): number[] {
  const { blocks, events, from, to } = run
  const { kind, dtype } = blocks[events.block[from]]
  return shards.map((shard) => {
    if (kind === 'dense') {
      return shard.kernels.countAboveOne(dtypeCode(dtype), shard.stagedAt(dtype, slot), (to - from) * shard.elements)
    }
    let count = 0
    for (const index of blocksOf(run)) {
      const block = blocks[index] as EventBlock
      for (const value of block.value.subarray(...shard.photons(block))) if (value > 1) count++
    }
    return count
  })
}

function photonRange(run: Run): ValueRange {
  let range = noValues
  for (const block of blocksOf(run)) {
    const known = run.ranges.get(block) ?? scanPhotons(run.blocks[block] as EventBlock)
    run.ranges.set(block, known)
    range = joinRanges(range, known)
  }
  return range
}

/** Put photon events into the ring; event from + i goes to `positions`[i]. */
export function putPhotonRun(shard: Shard, ring: RingMemory, run: Run, positions: Int32Array): void {
  for (const index of blocksOf(run)) {
    const block = run.blocks[index] as EventBlock
    const at = shard.layout.positions
    const positionOf = shard.i32(at, block.events).fill(-1)
    for (let e = run.from; e < run.to; e++) {
      if (run.events.block[e] === index) positionOf[run.events.position[e]] = positions[e - run.from]
    }
    const [first, last] = shard.photons(block)
    for (let from = first; from < last; from += shard.stagedPhotons) {
      const to = Math.min(last, from + shard.stagedPhotons)
      const { event, element, value } = shard.stagePhotons(block, from, to)
      shard.kernels.eventsToRing(event, element, value, to - from, shard.first, at, ring.place(shard), shard.totals)
    }
  }
  ring.markPresent(shard, positions)
}

/** Numbers of the blocks that a run reads. */
function blocksOf(run: Run): Set<number> {
  return new Set(run.events.block.subarray(run.from, run.to))
}
