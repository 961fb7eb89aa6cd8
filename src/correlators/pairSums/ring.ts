// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The block path: pairs folded a block of ticks at a time over pixel-major rings. Serves events in order.
 *
 * Ticks count from the first counter. A pair (t - d, t) counts only while t - d is stored, so every pending event remembers
 * the smallest tick stored with it (*floor*): a delay allowed for all pending events goes through the block kernel, one
 * allowed for some goes pair by pair. Evicted ticks keep their values until the block is folded and are zeroed then, so
 * that after a fold the ring equals the buffer.
 */
import type { Pairing } from '../../kernels/contract.js'
import { moveFlags } from '../../kernels/pairKernels.js'
import { bytesOf, type StoreDType } from '../../units.js'
import { BlockLength, type Turn } from './blockLength.js'
import { Credits, type OpenDelays } from './credits.js'
import { mayHaveHoles, rowDtype } from './plan.js'
import { Presence } from './presence.js'
import type { RingMemory } from './ringMemory.js'
import type { Shard } from './shard.js'

interface Pending {
  readonly tick: number
  /** Smallest tick stored together with it. */
  readonly floor: number
}

interface Evicted {
  readonly tick: number
  /** Tick of the event that took its place. */
  readonly by: number
}

type Role = 'later' | 'earlier'
type Wanted = (delay: number, index: number) => boolean

const int32Largest = 2 ** 31 - 1

export class TickRing {
  readonly #memory: RingMemory
  readonly shards: readonly Shard[]
  readonly #delays: Float64Array
  readonly #pairing: Pairing
  readonly #rows: number
  readonly #length: BlockLength
  readonly #present = new Presence()
  readonly #credits: Credits
  /** Largest |value| so far, for the integer kernels. */
  #largest = 0
  /** No sum is larger. */
  #largestSum = 0
  #mayCredit = false
  /** Every tick of the last block came. */
  #clean = true
  /** Smallest tick whose slot may be filled. */
  #oldest = 0
  /** Tick of the first event. */
  #first = 0
  /** Nothing has been folded yet. */
  #untouched = true
  #pending: Pending[] = []
  #evicted: Evicted[] = []

  /** `memory` has the ring of each of `shards`. */
  constructor(
    memory: RingMemory,
    shards: readonly Shard[],
    delays: Float64Array,
    pairing: Pairing,
    rows: number,
    blockTicks: number,
    turn: Turn,
  ) {
    this.#memory = memory
    this.shards = shards
    this.#delays = delays
    this.#pairing = pairing
    this.#rows = rows
    const pairsPerEvent = delays.length * shards.reduce((sum, shard) => sum + shard.elements, 0)
    this.#length = new BlockLength(pairsPerEvent, blockTicks, turn)
    this.#credits = new Credits(shards, memory, delays)
  }

  /** Largest tick so far; -1 before the first. */
  get head(): number {
    return this.#present.head
  }

  /** Smallest tick whose slot may be filled. */
  get oldest(): number {
    return this.#oldest
  }

  /** Milliseconds that the next fold will take, about. */
  get owed(): number {
    return this.#pairing === 'atEnd' ? 0 : this.#pending.length * this.#length.millisecondsPerEvent
  }

  /** Values up to `largest` follow, stored as `store`. */
  expect(store: StoreDType, largest: number): void {
    const { span } = this.#memory
    const short = span * bytesOf(rowDtype(store)) <= 262_000 && span * largest < 2 ** 31
    this.#mayCredit = this.#pairing === 'accumulator' && !mayHaveHoles(store) && short
    if (!this.#mayCredit) this.settle()
    this.#largest = largest
    if (mayHaveHoles(store)) this.#widenSums()
  }

  /** After `fold`: IP and IF of what is folded become current. */
  settle(): void {
    this.#credits.settle(this.#present.head + 1)
  }

  /** After `fold`: the delays whose IP and IF are not current, null = none. */
  openDelays(): OpenDelays | null {
    return this.#credits.openDelays(this.#present.head + 1)
  }

  /** How many of the events `ticks`[from..to) the pending block takes before it must be folded. */
  accepts(ticks: Float64Array, from: number, to: number): number {
    const first = this.#pending.length === 0 ? ticks[from] : this.#pending[0].tick
    const end = first + this.#memory.block
    let head = this.#present.head
    let at = from
    const last = Math.min(to, from + Math.min(this.#length.events, this.#memory.block) - this.#pending.length)
    while (at < last && ticks[at] > head && ticks[at] < end && this.hasRoom(ticks[at])) head = ticks[at++]
    return at - from
  }

  /** Take one event, whose values follow; `floor` = smallest tick stored now, `evicted` NaN = none. */
  note(tick: number, evicted: number, floor: number): void {
    if (this.#present.head < 0) this.#oldest = this.#first = tick
    this.#present.add(tick)
    this.#pending.push({ tick, floor })
    if (!Number.isNaN(evicted)) this.#evicted.push({ tick: evicted, by: tick })
  }

  /** Bring the sums up to the last event and forget evicted values. */
  fold(): void {
    if (this.#pending.length === 0) return
    const { floor } = this.#pending[this.#pending.length - 1]
    const start = performance.now()
    if (this.#pairing !== 'atEnd') {
      this.#expectPairs(this.#largestSum, this.#pending.length)
      this.#addPending()
    }
    if (this.#pairing === 'windowed') this.#subtractEvicted()
    if (floor > this.#oldest) {
      this.#credits.forget(floor, this.#present.head + 1)
      this.#memory.zero(this.shards, this.#oldest, floor)
      this.#present.dropBelow(floor)
      this.#oldest = floor
    }
    this.#length.folded(this.#pending.length, performance.now() - start)
    this.#pending = []
    this.#evicted = []
  }

  /** All pairs inside the buffer, after `fold`, into zeroed sums. */
  foldAll(): void {
    const end = this.#present.head + 1
    this.#expectPairs(0, end - this.#oldest)
    for (let from = this.#oldest; from < end; from += this.#memory.block) {
      const to = Math.min(from + this.#memory.block, end)
      this.#foldBlock(from, to, (delay) => delay < to - this.#oldest, 1, 'later')
    }
  }

  /** True when a pending event at `tick` leaves room for a block behind and before it. */
  hasRoom(tick: number): boolean {
    return this.#present.head < 0 || tick - this.#oldest + 1 + this.#memory.block + 16 <= this.#memory.span
  }

  /** So many events are about to meet others, each once per delay, in sums up to `sum`. */
  #expectPairs(sum: number, events: number): void {
    this.#largestSum = sum + events * Math.max(1, this.#largest) ** 2
    if (this.#largestSum > int32Largest) this.#widenSums()
  }

  #widenSums(): void {
    for (const shard of this.shards) shard.widenSums()
  }

  /** Pairs whose later event is pending. */
  #addPending(): void {
    const from = this.#pending[0].tick
    const to = this.#present.head + 1
    const reaches = this.#pending.map(({ tick, floor }) =>
      floor <= this.#oldest ? Number.POSITIVE_INFINITY : tick - floor,
    )
    const longest = to - 1 - this.#oldest
    const all = Math.min(longest, smallest(reaches))
    const some = Math.min(longest, largest(reaches))
    this.#foldCredited(from, to, (delay) => delay <= all)
    this.#eachDelay(
      (delay) => delay > all && delay <= some,
      (delay, index) => {
        const allowed = this.#pending.filter(({ tick, floor }) => tick - delay >= floor && this.#stored(tick - delay))
        this.#foldPairs(
          allowed.map(({ tick }) => [tick, tick - delay]),
          index,
          1,
          'later',
        )
      },
    )
  }

  /** A block of pending events with the delays that all of them allow; open delays take products only. */
  #foldCredited(from: number, to: number, wanted: (delay: number) => boolean): void {
    const clean = this.#mayCredit && this.#present.all(from, to)
    if (clean && this.#untouched) this.#credits.start(from, (delay) => delay < this.#rows)
    this.#untouched = false
    // Before the first event there never was one: what lies there counts as a window that is empty.
    const empty = (delay: number): boolean => this.#oldest === this.#first && delay >= to - this.#first
    if (clean) this.#credits.continue(from, to, (delay) => wanted(delay) || empty(delay))
    else this.settle()
    const open = (index: number): boolean => this.#credits.isOpen(index)
    const flags = moveFlags.productsOnly | (this.#credits.takesHeads ? moveFlags.full : 0)
    this.#foldBlock(from, to, (delay, index) => wanted(delay) && open(index), 1, 'later', flags)
    this.#foldBlock(from, to, (delay, index) => wanted(delay) && !open(index), 1, 'later')
    if (clean && this.#clean) this.#credits.advance(to, wanted)
    else this.settle()
    this.#clean = clean
  }

  /** Pairs whose earlier event was evicted, and that were added while it was stored; a block of ticks at a time. */
  #subtractEvicted(): void {
    for (let first = 0; first < this.#evicted.length; ) {
      const end = this.#evicted[first].tick + this.#memory.block
      let last = first + 1
      while (last < this.#evicted.length && this.#evicted[last].tick < end) last++
      this.#subtract(this.#evicted.slice(first, last))
      first = last
    }
  }

  #subtract(evicted: readonly Evicted[]): void {
    const lives = evicted.map(({ tick, by }) => by - tick)
    const all = smallest(lives) - 1
    const some = largest(lives) - 1
    this.#foldBlock(evicted[0].tick, evicted[evicted.length - 1].tick + 1, (delay) => delay <= all, -1, 'earlier')
    this.#eachDelay(
      (delay) => delay > all && delay <= some,
      (delay, index) => {
        const added = evicted.filter(({ tick, by }) => tick + delay < by && this.#stored(tick + delay))
        this.#foldPairs(
          added.map(({ tick }) => [tick, tick + delay]),
          index,
          -1,
          'earlier',
        )
      },
    )
  }

  #stored(tick: number): boolean {
    return tick >= this.#oldest && this.#present.has(tick)
  }

  /** Fold the wanted delays of the fixed ticks [from, to), at most a block. */
  #foldBlock(from: number, to: number, wanted: Wanted, sign: 1 | -1, fixed: Role, flags = 0): void {
    const moves: number[] = []
    this.#eachDelay(wanted, (delay, index) => {
      const moved = fixed === 'later' ? -delay : delay
      const full = this.#present.all(from + moved, to + moved) ? moveFlags.full : 0
      moves.push(index, this.#memory.position(from + moved), full | flags)
    })
    if (moves.length === 0) return
    const position = this.#memory.position(from)
    for (const shard of this.shards) {
      const { layout, kernels } = shard
      const ring = this.#memory.place(shard)
      shard.i32(layout.moves, moves.length).set(moves)
      kernels.fold(ring, position, to - from, layout.moves, moves.length / 3, sign, this.#largest, shard.sums(fixed))
    }
  }

  /** Fold single pairs [fixed tick, moving tick] of one delay. */
  #foldPairs(pairs: readonly (readonly number[])[], delayIndex: number, sign: 1 | -1, fixed: Role): void {
    if (pairs.length === 0) return
    const positions = pairs.flat().map((tick) => this.#memory.position(tick))
    for (const shard of this.shards) {
      const at = shard.layout.positions
      shard.i32(at, positions.length).set(positions)
      shard.kernels.foldList(this.#memory.place(shard), at, pairs.length, delayIndex, sign, shard.sums(fixed))
    }
  }

  #eachDelay(wanted: Wanted, act: (delay: number, index: number) => void): void {
    for (let i = 0; i < this.#delays.length; i++) if (wanted(this.#delays[i], i)) act(this.#delays[i], i)
  }
}

const smallest = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b))
const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b))
