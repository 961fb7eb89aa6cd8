// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The values of all shards by tick, in the pixel-major rings of pairKernels.ts: tick k lies at position k mod span. */
import { dtypeCode, type RingPlace, ringPad } from '../../kernels/pairKernels.js'
import type { StoreDType, TypedArray } from '../../units.js'
import { ringBytes } from './plan.js'
import type { Shard } from './shard.js'

/** Copies the values of the event at `tick` to `out`. */
export type ReadTick = (tick: number, out: TypedArray) => void

export class RingMemory {
  /** Ticks before a position repeats. */
  span: number
  readonly #shards: readonly Shard[]
  readonly #block: number
  #store: StoreDType
  /** Gaps have made the ring longer than planned. */
  #grown = false

  constructor(shards: readonly Shard[], span: number, blockTicks: number, store: StoreDType) {
    this.#shards = shards
    this.span = span
    this.#block = blockTicks
    this.#store = store
  }

  place(shard: Shard): RingPlace {
    return {
      store: dtypeCode(this.#store),
      at: shard.layout.buffer,
      rowLength: this.span + this.#block + ringPad,
      elements: shard.elements,
      span: this.span,
      mirror: this.#block,
    }
  }

  position(tick: number): number {
    return ((tick % this.span) + this.span) % this.span
  }

  /** Mark the events at `positions` in the presence row of a shard. */
  markPresent(shard: Shard, positions: Int32Array): void {
    const { at, rowLength, elements, mirror, span } = this.place(shard)
    const row = shard.view(this.#store, at, (elements + 1) * rowLength).subarray(elements * rowLength)
    for (const position of positions) {
      row[position] = 1
      if (position < mirror) row[position + span] = 1
    }
  }

  /** A reader of a shard's events; of a copy when the memory is about to serve for something else. */
  reader(shard: Shard, copy: boolean): ReadTick {
    const { at, rowLength, elements } = this.place(shard)
    const view = shard.view(this.#store, at, elements * rowLength)
    const ring = copy ? view.slice() : view
    return (tick, out) => {
      const position = this.position(tick)
      for (let element = 0; element < elements; element++) out[element] = ring[element * rowLength + position]
    }
  }

  /** Forget the ticks [from, to), at most `span` of them. */
  zero(from: number, to: number): void {
    const first = this.position(from)
    const straight = Math.min(to - from, this.span - first)
    this.#zeroSegment(first, straight)
    if (to - from > straight) this.#zeroSegment(0, to - from - straight)
  }

  /** Change the store type; false and nothing done when a ring that gaps have made longer would exceed the planned memory. */
  widen(store: StoreDType): boolean {
    if (this.#grown && !this.#fits(this.span, store)) return false
    for (const shard of this.#shards) {
      const { at, elements, rowLength } = this.place(shard)
      shard.ensureBuffer(this.#bytes(shard, this.span, store))
      shard.kernels.widen(dtypeCode(this.#store), dtypeCode(store), at, (elements + 1) * rowLength)
    }
    this.#store = store
    return true
  }

  /** Move the ticks [from, to) to rings of `span` ticks; false and nothing done when that exceeds the planned memory. */
  grow(span: number, from: number, to: number): boolean {
    if (!this.#fits(span, this.#store)) return false
    const live = this.#segments(from, to, span)
    for (const shard of this.#shards) this.#relayout(shard, span, live)
    this.span = span
    this.#grown = true
    return true
  }

  #bytes(shard: Shard, span: number, store: StoreDType): number {
    return ringBytes(shard.elements, span, this.#block, store)
  }

  #fits(span: number, store: StoreDType): boolean {
    return this.#shards.every((shard) => this.#bytes(shard, span, store) <= shard.bufferBytesPlanned)
  }

  #zeroSegment(position: number, length: number): void {
    const mirrored = Math.min(position + length, this.#block) - position
    for (const shard of this.#shards) {
      shard.kernels.zeroRing(this.place(shard), position, length)
      if (mirrored > 0) shard.kernels.zeroRing(this.place(shard), position + this.span, mirrored)
    }
  }

  /** Rare: element by element, from a copy. */
  #relayout(shard: Shard, span: number, live: readonly (readonly [number, number, number])[]): void {
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
