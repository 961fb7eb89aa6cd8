// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Photon blocks on their way into a stretch: the ticks of their events, and their photons in every shard. */
import type { EventBlock } from '../../kernels/contract.js'
import type { PhotonList } from '../../kernels/multiTauKernels.js'
import type { MultiTauShard } from './shard.js'

export class PhotonStage {
  readonly #shards: readonly MultiTauShard[]
  #lists: PhotonList[][]
  /** Of the blocks with events in the stretch that are not staged yet: the ticks of their events, or -1. */
  readonly #ticks = new Map<EventBlock, Int32Array>()

  constructor(shards: readonly MultiTauShard[]) {
    this.#shards = shards
    this.#lists = shards.map(() => [])
  }

  /** The event at `position` of a block lies at `tick` of the stretch. */
  note(block: EventBlock, position: number, tick: number): void {
    let ticks = this.#ticks.get(block)
    if (ticks === undefined) {
      ticks = new Int32Array(block.events).fill(-1)
      this.#ticks.set(block, ticks)
    }
    ticks[position] = tick
  }

  /** Copy the photons of all noted events; returns the largest value. */
  stage(): number {
    let largest = 0
    for (const [block, ticks] of this.#ticks) {
      this.#shards.forEach((shard, s) => {
        const list = shard.stagePhotons(block, ticks)
        this.#lists[s].push(list)
        largest = Math.max(largest, shard.kernels.largest('uint16', list.value, list.count))
      })
    }
    this.#ticks.clear()
    return largest
  }

  /** Of one shard, since the last `drop`. */
  lists(shard: number): readonly PhotonList[] {
    return this.#lists[shard]
  }

  drop(): void {
    for (const shard of this.#shards) shard.dropPhotons()
    this.#lists = this.#shards.map(() => [])
  }
}
