// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Dense events wait in the staging areas, time-major, until there are enough of them: writing one event into a ring touches a
 * cache line of every element, writing 64 of them touches the same lines. Shards fold in turn, and one that folds takes what
 * waits for it alone.
 */
import { dtypeCode } from '../../kernels/pairKernels.js'
import type { DType } from '../../units.js'
import type { RingMemory } from './ringMemory.js'
import type { Shard } from './shard.js'
import { countAboveOne, putPhotonRun, type Run } from './staging.js'

export class Stage {
  readonly #shards: readonly Shard[]
  readonly #memory: RingMemory
  #dtype: DType = 'uint8'
  /** Ring positions of the staged events. */
  #positions: number[] = []
  /** How many of them each shard has in its ring already. */
  readonly #done: number[]
  /** Counts above 1 that wait for a ring of bits, per shard, or more. */
  readonly #aboveOne: number[]

  constructor(shards: readonly Shard[], memory: RingMemory) {
    this.#shards = shards
    this.#memory = memory
    this.#done = shards.map(() => 0)
    this.#aboveOne = shards.map(() => 0)
  }

  /** Events of `dtype` that may be staged now, at least one. */
  room(dtype: DType): number {
    const most = this.#shards.reduce((least, shard) => Math.min(least, shard.stagedEvents(dtype)), 65536)
    if (dtype !== this.#dtype || this.#positions.length >= most) this.flush()
    return most - this.#positions.length
  }

  /** Place of the first event of `run` in the staging areas. */
  slotOf({ blocks, events, from }: Run): number {
    const { kind, dtype } = blocks[events.block[from]]
    if (kind === 'events' || dtype !== this.#dtype) this.flush()
    this.#dtype = dtype
    return this.#positions.length
  }

  /** Make room in a ring of bits for a run staged at `slotOf`; false when its counts above 1 are too many, or a larger part of it than `most`. */
  fitsBits(run: Run, most: number): boolean {
    const counts = countAboveOne(this.#shards, run, this.#positions.length)
    counts.forEach((count, k) => {
      this.#aboveOne[k] += count
    })
    const values = this.#shards.reduce((sum, shard) => sum + shard.elements, 0) * (run.to - run.from)
    if (counts.reduce((sum, count) => sum + count, 0) > most * values) return false
    return this.#memory.makeRoom(this.#aboveOne)
  }

  /** Take a run whose values fit the ring; event from + i goes to `positions`[i]. Dense ones were staged at `slotOf`. */
  take(run: Run, positions: Int32Array): void {
    if (run.blocks[run.events.block[run.from]].kind === 'dense') this.#positions.push(...positions)
    else {
      for (const shard of this.#shards) putPhotonRun(shard, this.#memory, run, positions)
      this.#aboveOne.fill(0)
    }
  }

  /** Put what waits for all or some of the shards into their rings and totals. */
  flush(shards: readonly Shard[] = this.#shards): void {
    if (this.#positions.length === 0) return
    for (const shard of shards) this.#put(shard, this.#shards.indexOf(shard))
    if (this.#done.some((done) => done < this.#positions.length)) return
    this.#positions = []
    this.#done.fill(0)
  }

  #put(shard: Shard, k: number): void {
    const done = this.#done[k]
    const positions = Int32Array.from(this.#positions.slice(done))
    this.#done[k] = this.#positions.length
    this.#aboveOne[k] = 0
    if (positions.length === 0) return
    const { layout, kernels, elements, totals } = shard
    shard.i32(layout.positions, positions.length).set(positions)
    const staged = shard.stagedAt(this.#dtype, done)
    const ring = this.#memory.place(shard)
    kernels.toRing(dtypeCode(this.#dtype), staged, elements, positions.length, layout.positions, ring, totals)
    this.#memory.markPresent(shard, positions)
  }
}
