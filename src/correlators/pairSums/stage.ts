// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Dense events wait in the staging areas, time-major, until there are enough of them: writing one event into a ring touches a
 * cache line of every element, writing 64 of them touches the same lines.
 */
import { dtypeCode } from '../../kernels/pairKernels.js'
import type { DType } from '../../units.js'
import type { RingMemory } from './ringMemory.js'
import type { Shard } from './shard.js'
import { putPhotonRun, type Run } from './staging.js'

export class Stage {
  readonly #shards: readonly Shard[]
  readonly #memory: RingMemory
  #dtype: DType = 'uint8'
  /** Ring positions of the events that wait. */
  #positions: number[] = []

  constructor(shards: readonly Shard[], memory: RingMemory) {
    this.#shards = shards
    this.#memory = memory
  }

  /** Events of `dtype` that may be staged now, at least one. */
  room(dtype: DType): number {
    const most = this.#shards.reduce((least, shard) => Math.min(least, shard.stagedEvents(dtype)), 65536)
    if (dtype !== this.#dtype || this.#positions.length >= most) this.flush()
    return most - this.#positions.length
  }

  /** Place of the first event of `run` in the staging areas. A ring of bits wants to know each run's counts above 1 by itself. */
  slotOf({ blocks, events, from }: Run): number {
    const { kind, dtype } = blocks[events.block[from]]
    if (kind === 'events' || dtype !== this.#dtype || this.#memory.store === 'bit') this.flush()
    this.#dtype = dtype
    return this.#positions.length
  }

  /** Take a run whose values fit the ring; event from + i goes to `positions`[i]. Dense ones were staged at `slotOf`. */
  take(run: Run, positions: Int32Array): void {
    if (run.blocks[run.events.block[run.from]].kind === 'dense') this.#positions.push(...positions)
    else for (const shard of this.#shards) putPhotonRun(shard, this.#memory, run, positions)
    if (this.#memory.store === 'bit') this.flush()
  }

  /** Put what waits into the ring and the totals. */
  flush(): void {
    if (this.#positions.length === 0) return
    const positions = Int32Array.from(this.#positions)
    this.#positions = []
    for (const shard of this.#shards) {
      const { layout, kernels, elements, totals } = shard
      shard.i32(layout.positions, positions.length).set(positions)
      kernels.toRing(
        dtypeCode(this.#dtype),
        layout.staging,
        elements,
        positions.length,
        layout.positions,
        this.#memory.place(shard),
        totals,
      )
      this.#memory.markPresent(shard, positions)
    }
  }
}
