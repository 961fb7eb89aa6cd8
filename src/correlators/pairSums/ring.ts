// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The block path: values by tick in pixel-major rings, pairs folded a block of ticks at a time.
 *
 * Serves events in order. Ticks count from the first counter. A pair (t - d, t) counts only while t - d is stored, so every
 * pending event remembers the smallest tick stored with it (*floor*): a delay allowed for all pending events goes through
 * the block kernel, one allowed for some goes pair by pair. Evicted ticks keep their values until the block is folded and
 * are zeroed then, so that after a fold the ring equals the buffer.
 */
import type { Pairing } from '../../kernels/contract.js'
import { dtypeCode, ringPad, type RingPlace } from '../../kernels/pairKernels.js'
import type { StoreDType, TypedArray } from '../../units.js'
import { ringBytes, ringTicksOf, roundUp } from './plan.js'
import type { Shard } from './shard.js'

interface Evicted {
  readonly tick: number
  /** Tick of the event that took its place. */
  readonly by: number
}

export class TickRing {
  readonly #shards: readonly Shard[]
  readonly #delays: Float64Array
  readonly #pairing: Pairing
  readonly #block: number
  #span: number
  #store: StoreDType
  /** Largest |value| so far, for the integer kernels. */
  largest = 0

  /** 1 where a tick is stored, like the presence rows; without mirror. */
  #present: Uint8Array
  /** First tick of the gapless run that ends at a stored tick. */
  #runStart: Float64Array
  #head = -1
  /** Smallest tick whose slot may be filled. */
  #oldest = 0
  #foldFrom = 0
  #ticks: number[] = []
  #floors: number[] = []
  #evicted: Evicted[] = []
  /** Gaps have made the ring longer than planned. */
  #grown = false

  constructor(
    shards: readonly Shard[],
    delays: Float64Array,
    pairing: Pairing,
    rows: number,
    blockTicks: number,
    store: StoreDType,
  ) {
    this.#shards = shards
    this.#delays = delays
    this.#pairing = pairing
    this.#block = blockTicks
    this.#span = ringTicksOf(rows, blockTicks)
    this.#store = store
    this.#present = new Uint8Array(this.#span)
    this.#runStart = new Float64Array(this.#span)
  }

  get head(): number {
    return this.#head
  }

  place(shard: Shard): RingPlace {
    return {
      store: dtypeCode(this.#store),
      at: shard.layout.buffer,
      rowLength: this.#span + this.#block + ringPad,
      elements: shard.elements,
      span: this.#span,
      mirror: this.#block,
    }
  }

  /** Ring position of a tick. */
  position(tick: number): number {
    return ((tick % this.#span) + this.#span) % this.#span
  }

  /** How many of the events `ticks`[from..to) the pending block takes before it must be folded. */
  accepts(ticks: Float64Array, from: number, to: number): number {
    const end = this.#ticks.length === 0 ? this.#blockEnd(ticks[from]) : this.#blockEnd(this.#foldFrom)
    let head = this.#head
    let at = from
    while (at < to && ticks[at] > head && ticks[at] < end && this.#hasRoom(ticks[at])) head = ticks[at++]
    return at - from
  }

  /** Take one event; its values follow with `positions`. `floor` = smallest stored tick now, `evicted` NaN = none. */
  note(tick: number, evicted: number, floor: number): void {
    if (this.#head < 0) this.#oldest = tick
    if (this.#ticks.length === 0) this.#foldFrom = tick
    const at = this.position(tick)
    const before = this.position(tick - 1)
    this.#runStart[at] = this.#head === tick - 1 && this.#present[before] === 1 ? this.#runStart[before] : tick
    this.#present[at] = 1
    this.#head = tick
    this.#ticks.push(tick)
    this.#floors.push(floor)
    if (!Number.isNaN(evicted)) this.#evicted.push({ tick: evicted, by: tick })
  }

  /** Mark the events at `positions` in the presence row of a shard. */
  markPresent(shard: Shard, positions: ArrayLike<number>): void {
    const ring = this.place(shard)
    const row = shard
      .view(this.#store, ring.at, (ring.elements + 1) * ring.rowLength)
      .subarray(ring.elements * ring.rowLength)
    for (let i = 0; i < positions.length; i++) {
      row[positions[i]] = 1
      if (positions[i] < ring.mirror) row[positions[i] + ring.span] = 1
    }
  }

  /** Bring the sums up to the last event and forget evicted values. */
  fold(): void {
    if (this.#ticks.length === 0) return
    const floor = this.#floors[this.#floors.length - 1]
    if (this.#pairing !== 'atEnd') this.#addPending()
    if (this.#pairing === 'windowed') this.#subtractEvicted()
    if (this.#evicted.length > 0) this.#zero(this.#oldest, floor)
    this.#oldest = Math.max(this.#oldest, floor)
    this.#ticks = []
    this.#floors = []
    this.#evicted = []
  }

  /** All pairs inside the buffer, after `fold`, into zeroed sums. */
  foldAll(): void {
    if (this.#head < 0) return
    for (let from = this.#oldest; from <= this.#head; from += this.#block) {
      const to = Math.min(from + this.#block, this.#head + 1)
      const moves = this.#moves((delay) => delay <= to - 1 - this.#oldest, from, to, -1)
      this.#foldBlock(from, to - from, moves, 1, 'later')
    }
  }

  /** Values of the stored event at `tick` to `out`. */
  read(shard: Shard, tick: number, out: TypedArray): void {
    const { at, rowLength, elements } = this.place(shard)
    const ring = shard.view(this.#store, at, elements * rowLength)
    const position = this.position(tick)
    for (let element = 0; element < elements; element++) out[element] = ring[element * rowLength + position]
  }

  /** A copy of a shard's ring that can be read after its memory serves as rows. */
  column(shard: Shard): (tick: number, out: TypedArray) => void {
    const { at, rowLength, elements } = this.place(shard)
    const ring = shard.view(this.#store, at, elements * rowLength).slice()
    return (tick, out) => {
      const position = this.position(tick)
      for (let element = 0; element < elements; element++) out[element] = ring[element * rowLength + position]
    }
  }

  /** Make room for `tick` after a fold; false when that takes more than `spanMax` ticks or more than the planned memory. */
  grow(tick: number, spanMax: number): boolean {
    if (tick <= this.#head) return false
    if (this.#head < 0 || this.#hasRoom(tick)) return true
    const needed = ringTicksOf(tick - this.#oldest + 1, this.#block)
    const span = roundUp(Math.min(Math.max(needed, 1.5 * this.#span), Math.max(spanMax, needed)), 16)
    if (needed > spanMax) return false
    if (!this.#shards.every((shard) => this.#bytes(shard, span, this.#store) <= shard.bufferBytesPlanned)) return false
    this.#relayout(span)
    return true
  }

  /** Change the store type; false (and nothing done) when the wider ring exceeds the planned memory of a shard that could still use rows. */
  widen(store: StoreDType): boolean {
    if (!this.#shards.every((shard) => this.#bytes(shard, this.#span, store) <= shard.bufferBytesPlanned)) {
      if (this.#grown) return false
    }
    for (const shard of this.#shards) {
      const ring = this.place(shard)
      shard.ensureBuffer(this.#bytes(shard, this.#span, store))
      shard.kernels.widen(ring.store, dtypeCode(store), ring.at, (ring.elements + 1) * ring.rowLength)
    }
    this.#store = store
    return true
  }

  #bytes(shard: Shard, span: number, store: StoreDType): number {
    return ringBytes(shard.elements, span, this.#block, store)
  }

  #blockEnd(tick: number): number {
    return (Math.floor(tick / this.#block) + 1) * this.#block
  }

  #hasRoom(tick: number): boolean {
    return this.#head < 0 || tick - this.#oldest + 1 + this.#block + 16 <= this.#span
  }

  /** Pairs whose later event is pending. */
  #addPending(): void {
    const from = this.#foldFrom
    const to = this.#head + 1
    let allowed = Number.POSITIVE_INFINITY
    let forbidden = 0
    for (let i = 0; i < this.#ticks.length; i++) {
      const reach = this.#floors[i] <= this.#oldest ? Number.POSITIVE_INFINITY : this.#ticks[i] - this.#floors[i]
      allowed = Math.min(allowed, reach)
      forbidden = Math.max(forbidden, reach)
    }
    const longest = this.#head - this.#oldest
    this.#foldBlock(
      from,
      to - from,
      this.#moves((delay) => delay <= Math.min(allowed, longest), from, to, -1),
      1,
      'later',
    )
    this.#eachDelay(
      (delay) => delay > allowed && delay <= Math.min(forbidden, longest),
      (delay, index) => {
        const pairs: number[] = []
        this.#ticks.forEach((tick, i) => {
          if (tick - delay >= this.#floors[i] && this.#isPresent(tick - delay))
            pairs.push(this.position(tick), this.position(tick - delay))
        })
        this.#foldPairs(pairs, index, 1, 'later')
      },
    )
  }

  /** Pairs whose earlier event was evicted, and that were added while it was stored. */
  #subtractEvicted(): void {
    for (let first = 0; first < this.#evicted.length; ) {
      const from = this.#evicted[first].tick
      let last = first + 1
      while (last < this.#evicted.length && this.#evicted[last].tick < from + this.#block) last++
      this.#subtract(this.#evicted.slice(first, last))
      first = last
    }
  }

  #subtract(evicted: readonly Evicted[]): void {
    const from = evicted[0].tick
    const to = evicted[evicted.length - 1].tick + 1
    const lives = evicted.map(({ tick, by }) => by - tick)
    const allowed = lives.reduce((a, b) => Math.min(a, b)) - 1
    const forbidden = lives.reduce((a, b) => Math.max(a, b)) - 1
    this.#foldBlock(
      from,
      to - from,
      this.#moves((delay) => delay <= allowed, from, to, 1),
      -1,
      'earlier',
    )
    this.#eachDelay(
      (delay) => delay > allowed && delay <= forbidden,
      (delay, index) => {
        const pairs: number[] = []
        for (const { tick, by } of evicted) {
          if (tick + delay < by && this.#isPresent(tick + delay))
            pairs.push(this.position(tick), this.position(tick + delay))
        }
        this.#foldPairs(pairs, index, -1, 'earlier')
      },
    )
  }

  /** int32 {delay index, moving position, every moving tick is present} of the wanted delays, moving by `direction` x delay. */
  #moves(wanted: (delay: number) => boolean, from: number, to: number, direction: 1 | -1): number[] {
    const moves: number[] = []
    this.#eachDelay(wanted, (delay, index) => {
      const moved = from + direction * delay
      moves.push(index, this.position(moved), this.#allPresent(moved, to + direction * delay) ? 1 : 0)
    })
    return moves
  }

  #foldBlock(from: number, length: number, moves: readonly number[], sign: 1 | -1, fixed: 'later' | 'earlier'): void {
    if (moves.length === 0) return
    for (const shard of this.#shards) {
      shard.i32(shard.layout.moves, moves.length).set(moves)
      shard.kernels.fold(
        this.place(shard),
        this.position(from),
        length,
        shard.layout.moves,
        moves.length / 3,
        sign,
        this.largest,
        shard.sums(fixed),
      )
    }
  }

  #foldPairs(pairs: readonly number[], delayIndex: number, sign: 1 | -1, fixed: 'later' | 'earlier'): void {
    if (pairs.length === 0) return
    for (const shard of this.#shards) {
      shard.i32(shard.layout.positions, pairs.length).set(pairs)
      shard.kernels.foldList(
        this.place(shard),
        shard.layout.positions,
        pairs.length / 2,
        delayIndex,
        sign,
        shard.sums(fixed),
      )
    }
  }

  #eachDelay(wanted: (delay: number) => boolean, act: (delay: number, index: number) => void): void {
    for (let i = 0; i < this.#delays.length; i++) if (wanted(this.#delays[i])) act(this.#delays[i], i)
  }

  #isPresent(tick: number): boolean {
    return tick >= this.#oldest && tick <= this.#head && this.#present[this.position(tick)] === 1
  }

  #allPresent(from: number, to: number): boolean {
    return from >= this.#oldest && this.#isPresent(to - 1) && this.#runStart[this.position(to - 1)] <= from
  }

  /** Forget the ticks [from, to). */
  #zero(from: number, to: number): void {
    const count = Math.min(to - from, this.#span)
    const first = this.position(from)
    const straight = Math.min(count, this.#span - first)
    this.#zeroSegment(first, straight)
    if (count > straight) this.#zeroSegment(0, count - straight)
  }

  #zeroSegment(position: number, length: number): void {
    this.#present.fill(0, position, position + length)
    const mirrored = Math.min(position + length, this.#block) - position
    for (const shard of this.#shards) {
      shard.kernels.zeroRing(this.place(shard), position, length)
      if (mirrored > 0) shard.kernels.zeroRing(this.place(shard), position + this.#span, mirrored)
    }
  }

  /** Move all stored ticks to a ring of `span` ticks; rare, element by element. */
  #relayout(span: number): void {
    const before = { span: this.#span, runStart: this.#runStart, present: this.#present }
    const live = this.#segments(this.#oldest, this.#head + 1, span)
    for (const shard of this.#shards) this.#relayoutShard(shard, span, live)
    this.#span = span
    this.#grown = true
    this.#present = new Uint8Array(span)
    this.#runStart = new Float64Array(span)
    for (const [from, to, length] of live) {
      this.#present.set(before.present.subarray(from, from + length), to)
      this.#runStart.set(before.runStart.subarray(from, from + length), to)
    }
  }

  #relayoutShard(shard: Shard, span: number, live: readonly (readonly [number, number, number])[]): void {
    const { at, rowLength, elements } = this.place(shard)
    const wide = span + this.#block + ringPad
    const old = shard.view(this.#store, at, (elements + 1) * rowLength).slice()
    shard.ensureBuffer(this.#bytes(shard, span, this.#store))
    const ring = shard.view(this.#store, at, (elements + 1) * wide).fill(0)
    for (let row = 0; row <= elements; row++) {
      for (const [from, to, length] of live) {
        const start = row * rowLength + from
        ring.set(old.subarray(start, start + length), row * wide + to)
      }
      ring.copyWithin(row * wide + span, row * wide, row * wide + this.#block)
    }
  }

  /** Runs [old position, new position, length] that cover the ticks [from, to) in this ring and in one of `span` ticks. */
  #segments(from: number, to: number, span: number): [number, number, number][] {
    const segments: [number, number, number][] = []
    for (let tick = from; tick < to; ) {
      const length = Math.min(to - tick, this.#span - this.position(tick), span - (tick % span))
      segments.push([this.position(tick), tick % span, length])
      tick += length
    }
    return segments
  }
}
