// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What user code sees of a worker's rolling buffer: ParCorAna's WorkerData. Nothing here changes the buffer. */
import type { TypedArray } from '../units.js'
import type { TimeIndex } from './timeIndex.js'

/** Values of one buffer row, one per element of the worker; valid until the next call or the end of the callback. */
export type ReadRow = (row: number) => TypedArray

export class WorkerData {
  /** Rows of the buffer. */
  readonly times: number
  /** Elements of this worker; 0 is legal. */
  readonly numElements: number
  readonly #index: TimeIndex
  readonly #readRow: ReadRow

  constructor(index: TimeIndex, numElements: number, readRow: ReadRow) {
    this.times = index.times
    this.numElements = numElements
    this.#index = index
    this.#readRow = readRow
  }

  /** Stored events that were not the largest counter when they came. */
  get numOutOfOrder(): number {
    return this.#index.numOutOfOrder
  }

  /** Events dropped because their counter was stored already. */
  get numDupTimes(): number {
    return this.#index.numDupTimes
  }

  /** Values of row `xInd`, in element order. Throws RangeError for a row that no event fills. */
  row(xInd: number): TypedArray {
    return this.#readRow(xInd)
  }

  /** Number of rows that hold an event, 0..times; these are rows 0..filledX()-1. */
  filledX(): number {
    return this.#index.size
  }

  /** Stored `[counter, row]`, ascending in counter. */
  timesDataIndexes(): IterableIterator<[number, number]> {
    return this.#index[Symbol.iterator]()
  }

  /** Row of the event with counter `tm`, null when it is not stored. */
  tm2idx(tm: number): number | null {
    const row = this.#index.rowOf(tm)
    return row < 0 ? null : row
  }

  empty(): boolean {
    return this.#index.size === 0
  }

  /** Smallest stored counter. Throws RangeError when the buffer is empty. */
  minTimeForStoredData(): number {
    this.#assertFilled()
    return this.#index.min
  }

  /** Largest stored counter. Throws RangeError when the buffer is empty. */
  maxTimeForStoredData(): number {
    this.#assertFilled()
    return this.#index.max
  }

  /** Stored counters, ascending. */
  timesForStoredData(): Float64Array {
    return Float64Array.from({ length: this.#index.size }, (_, i) => this.#index.counterAt(i))
  }

  #assertFilled(): void {
    if (this.empty()) throw new RangeError('the buffer holds no event yet; ask empty() first')
  }
}
