// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The values of all shards by tick, in the pixel-major rings of pairKernels.ts: tick k lies at position k mod span. */
import { bitSpanMost } from '../../kernels/bitRing.js'
import { dtypeCode, type RingPlace } from '../../kernels/pairKernels.js'
import type { RowDType, StoreDType, TypedArray } from '../../units.js'
import { addChunks, bitsOf, bitsToBytes, clearEmpty, readerOfBits, relayoutBits } from './bitMemory.js'
import { chunksMost, type RingSize, ringBytes, rowLengthOf } from './plan.js'
import type { Shard } from './shard.js'

/** Copies the values of the event at `tick` to `out`. */
export type ReadTick = (tick: number, out: TypedArray) => void

export class RingMemory {
  /** Ticks before a position repeats. */
  span: number
  readonly #shards: readonly Shard[]
  /** Ticks folded at once, at most. */
  block: number
  /** Largest tick that was let in so far, also while it is not in the ring. */
  newest = -1
  readonly #ofValues: RingSize
  #store: StoreDType
  /** No event was put into the ring yet. */
  #empty = true
  /** Gaps have made the ring longer than planned. */
  #grown = false

  constructor(shards: readonly Shard[], { ringTicks, blockTicks }: RingSize, ofValues: RingSize, store: StoreDType) {
    this.#shards = shards
    this.span = ringTicks
    this.block = blockTicks
    this.#ofValues = ofValues
    this.#store = store
  }

  place(shard: Shard): RingPlace {
    return {
      store: dtypeCode(this.#store),
      at: shard.layout.buffer,
      rowLength: rowLengthOf(this.span, this.block),
      elements: shard.elements,
      span: this.span,
      mirror: this.block,
    }
  }

  position(tick: number): number {
    return ((tick % this.span) + this.span) % this.span
  }

  get store(): StoreDType {
    return this.#store
  }

  /** Mark the events at `positions` in the presence row of a shard. */
  markPresent(shard: Shard, positions: Int32Array): void {
    const place = this.place(shard)
    const { at, rowLength, elements, mirror, span } = place
    this.#empty = false
    const row =
      this.#store === 'bit'
        ? bitsOf(shard, place).presence
        : shard.view(this.#store, at, (elements + 1) * rowLength).subarray(elements * rowLength)
    for (const position of positions) {
      row[position] = 1
      if (position < mirror) row[position + span] = 1
    }
  }

  /** Reads the value of an element of a shard in the event at a tick. */
  values(shard: Shard): (tick: number, element: number) => number {
    const place = this.place(shard)
    if (this.#store === 'bit') {
      const bits = bitsOf(shard, place)
      return (tick, element) => bits.get(element, this.position(tick))
    }
    const ring = shard.view(this.#store, place.at, place.elements * place.rowLength)
    return (tick, element) => ring[element * place.rowLength + this.position(tick)]
  }

  /** A reader of a shard's events; of a copy when the memory is about to serve for something else. */
  reader(shard: Shard, copy: boolean): ReadTick {
    const place = this.place(shard)
    const { at, rowLength, elements } = place
    if (this.#store === 'bit') {
      const read = readerOfBits(shard, place, copy ? this.#bytes(shard, this.span, 'bit') : 0)
      return (tick, out) => read(this.position(tick), out)
    }
    const view = shard.view(this.#store, at, elements * rowLength)
    const ring = copy ? view.slice() : view
    return (tick, out) => {
      const position = this.position(tick)
      for (let element = 0; element < elements; element++) out[element] = ring[element * rowLength + position]
    }
  }

  /** Forget the ticks [from, to), at most `span` of them, of some shards. */
  zero(shards: readonly Shard[], from: number, to: number): void {
    const first = this.position(from)
    const straight = Math.min(to - from, this.span - first)
    this.#zeroSegment(shards, first, straight)
    if (to - from > straight) this.#zeroSegment(shards, 0, to - from - straight)
  }

  /** Change the store type; false and nothing done when a ring that gaps have made longer would exceed the planned memory. */
  widen(store: RowDType): boolean {
    if (this.#grown && !this.#fits(this.span, store)) return false
    const shorter = this.#store === 'bit' && this.#empty && !this.#grown && this.newest < this.#ofValues.blockTicks
    for (const shard of this.#shards) {
      const place = this.place(shard)
      const bytes = this.#bytes(shard, this.span, store)
      if (this.#empty) {
        if (this.#store === 'bit') clearEmpty(shard, place)
        shard.ensureBuffer(bytes)
        continue
      }
      if (this.#store === 'bit') bitsToBytes(shard, place, bytes)
      else shard.ensureBuffer(bytes)
      const from = this.#store === 'bit' ? 'uint8' : this.#store
      shard.kernels.widen(dtypeCode(from), dtypeCode(store), place.at, (place.elements + 1) * place.rowLength)
    }
    this.#store = store
    if (shorter) {
      this.span = this.#ofValues.ringTicks
      this.block = this.#ofValues.blockTicks
    }
    return true
  }

  /** Make room for so many more values above 1 in each shard of a ring of bits; false when these are too many to be listed. */
  makeRoom(counts: readonly number[]): boolean {
    return this.#shards.every((shard, k) => {
      const place = this.place(shard)
      const { room, chunks } = bitsOf(shard, place)
      if (room >= counts[k]) return true
      const wanted = chunks + Math.max(counts[k] - room, Math.ceil(chunks / 2))
      const most = chunksMost(shard.elements, this.span)
      if (chunks + counts[k] - room > most) return false
      addChunks(shard, place, Math.min(wanted, most))
      return true
    })
  }

  /** Move the ticks [from, to) to rings of `span` ticks; false and nothing done when that exceeds the planned memory. */
  grow(span: number, from: number, to: number): boolean {
    if (!this.#fits(span, this.#store) || (this.#store === 'bit' && span > bitSpanMost)) return false
    const live = this.#segments(from, to, span)
    for (const shard of this.#shards) this.#relayout(shard, span, live)
    this.span = span
    this.#grown = true
    return true
  }

  #bytes(shard: Shard, span: number, store: StoreDType): number {
    const chunks = this.#store === 'bit' && store === 'bit' ? bitsOf(shard, this.place(shard)).chunks : 0
    return ringBytes(shard.elements, span, this.block, store, chunks)
  }

  #fits(span: number, store: StoreDType): boolean {
    return this.#shards.every((shard) => this.#bytes(shard, span, store) <= shard.bufferBytesPlanned)
  }

  #zeroSegment(shards: readonly Shard[], position: number, length: number): void {
    const mirrored = Math.min(position + length, this.block) - position
    for (const shard of shards) {
      shard.kernels.zeroRing(this.place(shard), position, length)
      if (mirrored > 0) shard.kernels.zeroRing(this.place(shard), position + this.span, mirrored)
    }
  }

  /** Rare: element by element, from a copy. */
  #relayout(shard: Shard, span: number, live: readonly (readonly [number, number, number])[]): void {
    const place = this.place(shard)
    const { at, rowLength, elements } = place
    const wide = rowLengthOf(span, this.block)
    if (this.#store === 'bit') {
      relayoutBits(shard, place, { ...place, rowLength: wide, span }, this.#bytes(shard, span, 'bit'), live)
      return
    }
    const old = shard.view(this.#store, at, (elements + 1) * rowLength).slice()
    shard.ensureBuffer(this.#bytes(shard, span, this.#store))
    const ring = shard.view(this.#store, at, (elements + 1) * wide).fill(0)
    for (let row = 0; row <= elements; row++) {
      for (const [from, to, length] of live) {
        const start = row * rowLength + from
        ring.set(old.subarray(start, start + length), row * wide + to)
      }
      ring.copyWithin(row * wide + span, row * wide, row * wide + this.block)
    }
  }

  /** Runs [old position, new position, length] that cover the ticks [from, to). */
  #segments(from: number, to: number, span: number): [number, number, number][] {
    const segments: [number, number, number][] = []
    for (let tick = from; tick < to; ) {
      const length = Math.min(to - tick, this.span - this.position(tick), span - (tick % span))
      segments.push([this.position(tick), tick % span, length])
      tick += length
    }
    return segments
  }
}
