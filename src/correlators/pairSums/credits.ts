// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * IP and IF without work per block. Let C(t) be the sum of an element's values in all ticks before t. While every tick comes
 * and a delay d is folded in every block, from tick a to tick b, its sums grow by
 *
 *     IP: C(b - d) - C(a - d)     IF: C(b) - C(a), less values whose earlier tick had no event
 *
 * so a delay is *opened* at a (C subtracted) and *settled* at b (C added), and the blocks in between add products only.
 * C(t) is the total of the element less what the ring holds from t on. All values are integers: the bits do not change.
 *
 * Delays that are open from the first event f on lack their *heads*, the values before f + d, which had no earlier event:
 * IF - C(f + d). They are subtracted in one go, before the ring forgets them.
 */
import type { RingMemory } from './ringMemory.js'
import type { Shard } from './shard.js'

/** Where `moments` finds what open delays lack: ring positions per delay index. */
export interface OpenDelays {
  readonly isOpen: Uint8Array
  /** All IP are 0 still. */
  readonly zeroIP: boolean
  /** Where the moving windows begin. */
  readonly starts: Int32Array
  /** Where the heads end, null = they are subtracted already; with them all IF of open delays are 0 still. */
  readonly heads: Int32Array | null
  readonly end: number
}

type TickOf = (delayIndex: number) => number

export class Credits {
  readonly #shards: readonly Shard[]
  readonly #memory: RingMemory
  readonly #delays: Float64Array
  readonly #open: Uint8Array
  #count = 0
  /** Tick up to which open delays are folded. */
  #until = 0
  /** 1 = the head of an open delay has not been subtracted as a whole. */
  readonly #headed: Uint8Array
  #first = 0
  /** Nothing was added to IP since `start`. */
  #zeroIP = false
  /** Tick up to which heads have been subtracted. */
  #heads = 0

  constructor(shards: readonly Shard[], memory: RingMemory, delays: Float64Array) {
    this.#shards = shards
    this.#memory = memory
    this.#delays = delays
    this.#open = new Uint8Array(delays.length)
    this.#headed = new Uint8Array(delays.length)
  }

  /** Nothing was stored before `tick`: open the delays `wanted`, all of whose sums are 0, without work. */
  start(tick: number, wanted: (delay: number) => boolean): void {
    this.#until = this.#first = this.#heads = tick
    this.#zeroIP = true
    this.#delays.forEach((delay, index) => {
      if (wanted(delay)) this.#open[index] = this.#headed[index] = 1
    })
    this.#count = this.#open.reduce((sum, open) => sum + open, 0)
  }

  /** True while what lies before the first event counts as windows that are empty, for all open delays. */
  get takesHeads(): boolean {
    return this.#headed.includes(1)
  }

  isOpen(delayIndex: number): boolean {
    return this.#open[delayIndex] === 1
  }

  /** A block from tick `from` follows, all of whose ticks came, with the delays `wanted`: settle what cannot go on. */
  continue(from: number, end: number, wanted: (delay: number) => boolean): void {
    if (this.#count === 0) return
    if (from !== this.#until) this.settle(end)
    else this.#settleWhere(end, (delay) => !wanted(delay))
  }

  /** Open delays are folded up to tick `to`, behind which nothing is stored; open those of `wanted` that are not. */
  advance(to: number, wanted: (delay: number) => boolean): void {
    this.#until = to
    const opened: number[] = []
    this.#delays.forEach((delay, index) => {
      if (this.#open[index] === 0 && wanted(delay)) opened.push(index)
    })
    this.#credit(opened, to, -1)
    for (const index of opened) this.#open[index] = 1
    this.#count += opened.length
  }

  /** Values before tick `oldest` are about to be forgotten: settle the delays that still reach behind it. */
  forget(oldest: number, end: number): void {
    if (this.#count === 0) return
    this.#subtractHeads(end)
    this.#settleWhere(end, (delay) => this.#until - delay < oldest)
  }

  /** What is open, null = nothing; `end` = the tick behind the last that is stored. */
  openDelays(end: number): OpenDelays | null {
    if (this.#until !== end) this.settle(end)
    if (this.#count === 0) return null
    const headless = this.#heads > this.#first || this.#open.some((open, index) => open !== this.#headed[index])
    if (headless) this.#subtractHeads(end)
    const positions = (tick: TickOf): Int32Array =>
      Int32Array.from(this.#delays, (_, index) => this.#memory.position(this.#open[index] === 1 ? tick(index) : end))
    return {
      isOpen: this.#open,
      zeroIP: this.#zeroIP && this.#count === this.#delays.length,
      starts: positions((index) => this.#until - this.#delays[index]),
      heads: headless ? null : positions((index) => this.#headEnd(index)),
      end: this.#memory.position(end),
    }
  }

  /** Make IP and IF of all delays current; `end` = the tick behind the last that is stored. */
  settle(end: number): void {
    if (this.#count > 0) this.#settleWhere(end, () => true)
  }

  #settleWhere(end: number, wanted: (delay: number) => boolean): void {
    const settled: number[] = []
    this.#delays.forEach((delay, index) => {
      if (this.#open[index] === 1 && wanted(delay)) settled.push(index)
    })
    if (settled.some((index) => this.#headed[index] === 1)) this.#subtractHeads(end)
    this.#credit(settled, end, 1)
    for (const index of settled) this.#open[index] = this.#headed[index] = 0
    this.#count -= settled.length
  }

  /** Tick up to which the head of a delay has come. */
  #headEnd(index: number): number {
    return Math.min(this.#until, this.#first + this.#delays[index])
  }

  /** Heads up to the last event: all values up to where the head ends, or up to now, less those that went before. */
  #subtractHeads(end: number): void {
    const indices = Array.from(this.#headed.keys()).filter((index) => this.#headed[index] === 1)
    if (this.#heads === this.#until) return
    // All IF are 0 still: writing first spares every page a fault.
    if (this.#heads === this.#first && indices.length === this.#delays.length) {
      for (const shard of this.#shards) shard.zeroIF()
    }
    this.#add(indices, end, -1, null, (index) => this.#headEnd(index))
    if (this.#heads > this.#first) this.#add(indices, end, 1, null, () => this.#heads)
    this.#heads = this.#until
    for (const index of indices) if (this.#headEnd(index) < this.#until) this.#headed[index] = 0
  }

  #credit(indices: readonly number[], end: number, sign: 1 | -1): void {
    const earlier = (index: number) => this.#until - this.#delays[index]
    this.#add(indices, end, sign, earlier, () => this.#until)
  }

  /** Add `sign` times C(earlier) to IP, unless null, and C(later) to IF of some delays. */
  #add(indices: readonly number[], end: number, sign: 1 | -1, earlier: TickOf | null, later: TickOf): void {
    if (indices.length === 0) return
    if (earlier !== null) this.#zeroIP = false
    const place = (tick: number) => this.#memory.position(tick)
    const moves = indices.flatMap((index) => [
      index,
      earlier === null ? -1 : place(earlier(index)),
      place(later(index)),
    ])
    for (const shard of this.#shards) {
      const { layout, kernels, totals } = shard
      shard.i32(layout.moves, moves.length).set(moves)
      const ring = this.#memory.place(shard)
      kernels.credit(ring, layout.moves, indices.length, place(end), sign, shard.sums(), totals)
    }
  }
}
