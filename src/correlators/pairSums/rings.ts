// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The rings of all shards. They hold the same events, but each folds its block in its turn: a fold is a fraction of the work of
 * all, what is pending is half a block on average, and blocks can be as long as suits the cache.
 */
import type { Pairing } from '../../kernels/contract.js'
import type { StoreDType } from '../../units.js'
import type { OpenDelays } from './credits.js'
import { type PairSumsPlan, ringTicksOf, roundUp, spanMost } from './plan.js'
import { TickRing } from './ring.js'
import { RingMemory } from './ringMemory.js'
import type { Shard } from './shard.js'
import { Stage } from './stage.js'

/** Time to fold what is pending everywhere, on average, to aim at, so that a run that is told to stop can. */
const pendingMilliseconds = 1000

export class Rings {
  readonly memory: RingMemory
  /** What is not in the rings yet. */
  readonly stage: Stage
  readonly #shards: readonly Shard[]
  readonly #rings: readonly TickRing[]

  constructor(
    shards: readonly Shard[],
    delays: Float64Array,
    pairing: Pairing,
    { rows, blockTicks, ringTicks, ofValues, narrow }: PairSumsPlan,
  ) {
    this.memory = new RingMemory(shards, { blockTicks, ringTicks }, ofValues, narrow)
    this.stage = new Stage(shards, this.memory)
    this.#shards = shards
    const groups = shards.length > 1 ? shards.map((shard) => [shard]) : [shards]
    const milliseconds = (pendingMilliseconds * Math.min(2, groups.length)) / groups.length
    this.#rings = groups.map((group, k) => {
      const turn = { milliseconds, firstBlock: (k + 1) / groups.length }
      return new TickRing(this.memory, group, delays, pairing, rows, blockTicks, turn)
    })
  }

  /** Milliseconds to fold what is pending, about. */
  get owed(): number {
    return this.#rings.reduce((sum, ring) => sum + ring.owed, 0)
  }

  /** Values up to `largest` follow, stored as `store`. */
  expect(store: StoreDType, largest: number): void {
    for (const ring of this.#rings) ring.expect(store, largest)
  }

  /**
   * How many of the events `ticks`[from..to) can be taken now, once what is full has been folded; none when the first is
   * late, or takes a span of many more ticks than `events`, or too much memory.
   */
  makeRoom(ticks: Float64Array, from: number, to: number, events: number): number {
    const full = this.#rings.filter((ring) => ring.accepts(ticks, from, from + 1) === 0)
    for (const ring of full) {
      this.stage.flush(ring.shards)
      ring.fold()
    }
    let count = this.#accepts(ticks, from, to)
    if (count === 0) {
      this.fold()
      if (this.#grow(ticks[from], spanMost * events)) count = this.#accepts(ticks, from, to)
    }
    if (count > 0) this.memory.newest = ticks[from + count - 1]
    return count
  }

  /** Take one event, whose values follow; `floor` = smallest tick stored now, `evicted` NaN = none. */
  note(tick: number, evicted: number, floor: number): void {
    for (const ring of this.#rings) ring.note(tick, evicted, floor)
  }

  /** Bring the sums up to the last event and forget evicted values. */
  fold(): void {
    this.stage.flush()
    for (const ring of this.#rings) ring.fold()
  }

  /** All pairs inside the buffer, after `fold`, into zeroed sums. */
  foldAll(): void {
    for (const ring of this.#rings) ring.foldAll()
  }

  /** After `fold`: IP and IF of what is folded become current. */
  settle(): void {
    for (const ring of this.#rings) ring.settle()
  }

  /** After `fold`: the delays of a shard whose IP and IF are not current, null = none. */
  openDelays(shard: Shard): OpenDelays | null {
    return this.#rings[this.#shards.indexOf(shard)].openDelays()
  }

  #accepts(ticks: Float64Array, from: number, to: number): number {
    return this.#rings.reduce((least, ring) => Math.min(least, ring.accepts(ticks, from, to)), to - from)
  }

  /** Make room for `tick` after a fold. */
  #grow(tick: number, spanMax: number): boolean {
    const { head, oldest } = this.#rings[0]
    if (tick <= head) return false
    if (this.#rings[0].hasRoom(tick)) return true
    const span = tick - oldest + 1
    if (span > spanMax) return false
    this.settle()
    const needed = ringTicksOf(span, this.memory.block)
    const wanted = roundUp(Math.max(needed, 1.5 * this.memory.span), 16)
    return this.memory.grow(wanted, oldest, head + 1) || this.memory.grow(needed, oldest, head + 1)
  }
}
