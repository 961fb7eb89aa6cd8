// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The row path: values by event in time-major rows, every pair folded when its event comes or goes.
 * Serves any order of counters and any gaps; user callbacks run between its steps.
 */
import type { TimeIndex } from '../../buffers/timeIndex.js'
import type { EventBlock, ValueBlock } from '../../kernels/contract.js'
import { dtypeCode, type RowsPlace, tileElements } from '../../kernels/pairKernels.js'
import { bytesOf, type RowDType, type TypedArray } from '../../units.js'
import type { EventOrder } from './eventOrder.js'
import type { Shard } from './shard.js'

export class RowBuffer {
  readonly #shards: readonly Shard[]
  readonly #delays: Float64Array
  /** Rows that have memory. */
  #capacity: number
  #store: RowDType
  readonly #partners: Int32Array

  constructor(shards: readonly Shard[], delays: Float64Array, capacity: number, store: RowDType) {
    this.#shards = shards
    this.#delays = delays
    this.#capacity = capacity
    this.#store = store
    this.#partners = new Int32Array(6 * delays.length)
    for (const shard of shards) {
      shard.widenSums()
      shard.ensureBuffer(this.#bytes(shard, capacity, store))
    }
  }

  place(shard: Shard): RowsPlace {
    return { store: dtypeCode(this.#store), at: shard.layout.buffer, stride: shard.tiles * tileElements }
  }

  /** Values of one row of a shard; a view into its memory. */
  view(shard: Shard, row: number): TypedArray {
    const { at, stride } = this.place(shard)
    return shard.view(this.#store, at + row * stride * bytesOf(this.#store), shard.elements)
  }

  widen(store: RowDType): void {
    for (const shard of this.#shards) {
      shard.ensureBuffer(this.#bytes(shard, this.#capacity, store))
      const { at, stride } = this.place(shard)
      shard.kernels.widen(dtypeCode(this.#store), dtypeCode(store), at, this.#capacity * stride)
    }
    this.#store = store
  }

  /** Store one event from a block whose values fit; dense values are staged in slot 0 already. */
  put(block: ValueBlock, position: number, row: number, orders: readonly EventOrder[]): void {
    this.#ensureRow(row)
    this.#shards.forEach((shard, k) => {
      if (block.kind === 'dense') {
        shard.kernels.toRow(
          dtypeCode(block.dtype),
          shard.layout.staging,
          shard.elements,
          row,
          this.place(shard),
          shard.totals,
        )
      } else this.#putPhotons(shard, block, orders[k], position, row)
    })
  }

  /** Add or subtract all pairs of the event in `row` with the other stored events: per delay (t - d, t), then (t, t + d). */
  fold(counter: number, row: number, index: TimeIndex, sign: 1 | -1): void {
    let length = 0
    for (let i = 0; i < this.#delays.length; i++) {
      length = this.#partner(length, i, index.rowOf(counter - this.#delays[i]), 0)
      length = this.#partner(length, i, index.rowOf(counter + this.#delays[i]), 1)
    }
    this.#foldPartners(row, length, sign)
  }

  /** All pairs inside the buffer, later events ascending, into zeroed sums. */
  foldAll(index: TimeIndex): void {
    for (const [counter, row] of index) {
      let length = 0
      for (let i = 0; i < this.#delays.length; i++) {
        length = this.#partner(length, i, index.rowOf(counter - this.#delays[i]), 0)
      }
      this.#foldPartners(row, length, 1)
    }
  }

  #partner(length: number, delayIndex: number, row: number, fixedIsEarlier: 0 | 1): number {
    if (row < 0) return length
    this.#partners[length] = delayIndex
    this.#partners[length + 1] = row
    this.#partners[length + 2] = fixedIsEarlier
    return length + 3
  }

  #foldPartners(row: number, length: number, sign: 1 | -1): void {
    if (length === 0) return
    for (const shard of this.#shards) {
      const { moves } = shard.layout
      shard.i32(moves, length).set(this.#partners.subarray(0, length))
      shard.kernels.foldRows(this.place(shard), row, shard.tiles, moves, length / 3, sign, shard.sums())
    }
  }

  #putPhotons(shard: Shard, block: EventBlock, order: EventOrder, position: number, row: number): void {
    const { staging } = shard.layout
    this.view(shard, row).fill(0)
    const [from, to] = order.range(position)
    for (let start = from; start < to; start += shard.stagedPhotons) {
      const count = Math.min(to - start, shard.stagedPhotons)
      order.copy(
        block,
        start,
        count,
        shard.view('uint32', staging, count),
        shard.view('uint16', staging + 4 * count, count),
      )
      shard.kernels.eventsToRow(staging, staging + 4 * count, count, shard.first, row, this.place(shard), shard.totals)
    }
  }

  #ensureRow(row: number): void {
    if (row < this.#capacity) return
    this.#capacity = Math.max(row + 1, Math.ceil(1.5 * this.#capacity))
    for (const shard of this.#shards) shard.ensureBuffer(this.#bytes(shard, this.#capacity, this.#store))
  }

  #bytes(shard: Shard, rows: number, store: RowDType): number {
    return rows * shard.tiles * tileElements * bytesOf(store)
  }
}
