// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * `LightSums` over a rolling buffer. An accumulator adds every event's pairs when the event comes; the other pairings sum over the
 * buffer when they are asked. Every sum is added to one pair at a time in the order of the later (a late event: the new) one.
 */
import type { Pairing } from '../kernels/contract.js'
import type { LightEvents, LightOptions, LightSums } from './lightSums.js'
import { TickRows } from './tickRows.js'

export class LightPairs implements LightSums {
  readonly counts: Float64Array
  readonly G2: Float64Array
  readonly IP: Float64Array
  readonly IF: Float64Array
  readonly lost: Float64Array
  readonly grows: boolean
  readonly #delays: Float64Array
  readonly #columns: number
  readonly #keepsAll: boolean
  /** Buffer: the row of every counter, and [rows x columns]. */
  readonly #rows = new TickRows()
  readonly #free: number[] = []
  #counterOf = new Float64Array(64)
  #values: Float64Array
  #used = 0
  #newest = Number.NEGATIVE_INFINITY

  /** `keepsAll`: no event leaves the buffer. */
  constructor({ columns, delays }: Pick<LightOptions, 'columns' | 'delays'>, pairing: Pairing, keepsAll = false) {
    const size = columns * delays.length
    this.#delays = delays
    this.#columns = columns
    this.#keepsAll = keepsAll
    this.grows = pairing === 'accumulator'
    this.counts = new Float64Array(delays.length)
    this.G2 = new Float64Array(size)
    this.IP = new Float64Array(size)
    this.IF = new Float64Array(size)
    this.lost = new Float64Array(size)
    this.#values = new Float64Array(64 * columns)
  }

  insert({ counter, evicted }: LightEvents, values: Float64Array): void {
    const columns = this.#columns
    for (let e = 0; e < counter.length; e++) {
      if (!this.#keepsAll && !Number.isNaN(evicted[e])) this.#remove(evicted[e])
      const row = this.#free.pop() ?? this.#newRow()
      for (let c = 0; c < columns; c++) this.#values[row * columns + c] = values[e * columns + c]
      this.#counterOf[row] = counter[e]
      this.#rows.set(counter[e], row)
      if (this.grows) this.#addPairs(counter[e], row)
    }
  }

  calc(): void {
    if (this.grows) return
    for (const sums of [this.counts, this.G2, this.IP, this.IF, this.lost]) sums.fill(0)
    const gone = new Set(this.#free)
    const rows = Uint32Array.from({ length: this.#used }, (_, row) => row).filter((row) => !gone.has(row))
    rows.sort((a, b) => this.#counterOf[a] - this.#counterOf[b])
    this.#newest = Number.NEGATIVE_INFINITY
    for (const row of rows) this.#addPairs(this.#counterOf[row], row)
  }

  /** Pairs of an event with earlier ones and, where it is late, with later ones. */
  #addPairs(counter: number, row: number): void {
    const delays = this.#delays
    const late = counter < this.#newest
    for (let d = 0; d < delays.length; d++) {
      const past = this.#rows.get(counter - delays[d])
      if (past >= 0) this.#add(d, past, row)
      if (!late) continue
      const future = this.#rows.get(counter + delays[d])
      if (future >= 0) this.#add(d, row, future)
    }
    if (!late) this.#newest = counter
  }

  #add(d: number, past: number, future: number): void {
    const columns = this.#columns
    addColumns(this.#values, past * columns, future * columns, columns, this, d * columns)
    this.counts[d]++
  }

  #remove(counter: number): void {
    this.#free.push(this.#rows.get(counter))
    this.#rows.delete(counter)
  }

  #newRow(): number {
    if (this.#used === this.#counterOf.length) {
      this.#counterOf = doubled(this.#counterOf)
      this.#values = doubled(this.#values)
    }
    return this.#used++
  }
}

function addColumns(
  values: Float64Array,
  past: number,
  future: number,
  columns: number,
  { G2, IP, IF, lost }: Pick<LightSums, 'G2' | 'IP' | 'IF' | 'lost'>,
  at: number,
): void {
  for (let c = 0; c < columns; c++) {
    const a = values[past + c]
    const b = values[future + c]
    if (Number.isNaN(a + b)) {
      lost[at + c]++
      continue
    }
    G2[at + c] += a * b
    IP[at + c] += a
    IF[at + c] += b
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(2 * values.length)
  out.set(values)
  return out
}
