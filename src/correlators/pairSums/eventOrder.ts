// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The photon events of one shard in a block, which are sorted by element, in the order of detector events. */
import type { EventBlock, ValueBlock } from '../../kernels/contract.js'
import type { TypedArray } from '../../units.js'
import type { Shard } from './shard.js'

export class EventOrder {
  /** Where the photon events of each detector event begin in `#order`; one more at the end. */
  readonly #starts: Uint32Array
  readonly #order: Uint32Array

  /** A counting sort of the photon events [from, to) of `block`; each event's stay sorted by element. */
  constructor(block: EventBlock, from: number, to: number) {
    const starts = new Uint32Array(block.events + 1)
    for (let i = from; i < to; i++) starts[block.event[i] + 1]++
    for (let event = 0; event < block.events; event++) starts[event + 1] += starts[event]
    const next = starts.slice()
    this.#order = new Uint32Array(to - from)
    for (let i = from; i < to; i++) this.#order[next[block.event[i]]++] = i
    this.#starts = starts
  }

  /** Range of the photon events of detector event `position`, for `copy`. */
  range(position: number): [number, number] {
    return [this.#starts[position], this.#starts[position + 1]]
  }

  /** Copy elements and values of `count` photon events from `start`. */
  copy(block: EventBlock, start: number, count: number, elements: TypedArray, values: TypedArray): void {
    for (let i = 0; i < count; i++) {
      const from = this.#order[start + i]
      elements[i] = block.element[from]
      values[i] = block.value[from]
    }
  }
}

/** Orders of several blocks, each made when it is needed. */
export class Orders {
  readonly #shards: readonly Shard[]
  readonly #blocks: readonly ValueBlock[]
  readonly #known = new Map<number, readonly EventOrder[]>()

  constructor(shards: readonly Shard[], blocks: readonly ValueBlock[]) {
    this.#shards = shards
    this.#blocks = blocks
  }

  /** Of block `number`, for every shard; none for a dense block, which needs no order. */
  of(number: number): readonly EventOrder[] {
    const known = this.#known.get(number) ?? this.#make(this.#blocks[number])
    this.#known.set(number, known)
    return known
  }

  #make(block: ValueBlock): readonly EventOrder[] {
    return block.kind === 'dense' ? [] : this.#shards.map((shard) => new EventOrder(block, ...shard.photons(block)))
  }
}
