// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which counters the rolling buffer holds, and in which rows: the `times` largest counters seen so far.
 *
 * Decided from counters alone, so that the master can decide once and every worker can replay. The counters lie
 * sorted in a circular array: appending and dropping the smallest cost O(1), a late event costs its distance from the end.
 */
import { CounterMap } from './counterMap.js'

/** What becomes of an event. `row` is -1 and `evicted` NaN where nothing is stored; `evicted` is NaN where nothing had to go. */
export interface Decision {
  readonly fate: 'stored' | 'late' | 'duplicate'
  readonly row: number
  readonly evicted: number
  /** The event has the largest counter so far (true for events that are not stored, too). */
  readonly inOrder: boolean
}

const late: Decision = { fate: 'late', row: -1, evicted: Number.NaN, inOrder: true }
const duplicate: Decision = { fate: 'duplicate', row: -1, evicted: Number.NaN, inOrder: true }

export class TimeIndex {
  /** Rows of the buffer. */
  readonly times: number
  /** Stored events that were not the largest counter when they came. */
  numOutOfOrder = 0
  /** Events refused because their counter is stored; counted by `offer`, told to replays. */
  numDupTimes = 0

  #counters = new Float64Array(16)
  #rows = new Int32Array(16)
  #first = 0
  #size = 0
  readonly #rowOf = new CounterMap()

  constructor(times: number) {
    if (!Number.isSafeInteger(times) || times < 1) {
      throw new RangeError(`times must be a whole number >= 1, not ${times}`)
    }
    this.times = times
  }

  get size(): number {
    return this.#size
  }

  /** Smallest stored counter; NaN when empty. */
  get min(): number {
    return this.#size === 0 ? Number.NaN : this.counterAt(0)
  }

  /** Largest stored counter; NaN when empty. */
  get max(): number {
    return this.#size === 0 ? Number.NaN : this.counterAt(this.#size - 1)
  }

  /** Stored counter number `position` in ascending order, 0..size-1. */
  counterAt(position: number): number {
    return this.#counters[this.#slot(position)]
  }

  /** Row of stored counter number `position`. */
  rowAt(position: number): number {
    return this.#rows[this.#slot(position)]
  }

  /** Row of `counter`, -1 when it is not stored. */
  rowOf(counter: number): number {
    return this.#size === 0 || counter < this.min || counter > this.max ? -1 : this.#rowOf.get(counter)
  }

  has(counter: number): boolean {
    return this.rowOf(counter) >= 0
  }

  /** Stored `[counter, row]` in ascending order. */
  *[Symbol.iterator](): IterableIterator<[number, number]> {
    for (let i = 0; i < this.#size; i++) yield [this.counterAt(i), this.rowAt(i)]
  }

  /** Decide the fate of the next event in order, and store it. Throws RangeError when `counter` is not a safe integer. */
  offer(counter: number): Decision {
    if (!Number.isSafeInteger(counter)) throw new RangeError(`a counter must be a safe integer, not ${counter}`)
    const full = this.#size === this.times
    if (full && counter <= this.min) return late
    if (this.has(counter)) {
      this.numDupTimes++
      return duplicate
    }
    const evicted = full ? this.min : Number.NaN
    const row = full ? this.evict(evicted) : this.#size
    return { fate: 'stored', row, evicted, inOrder: this.insert(counter, row) }
  }

  /** Replay one stored decision; `evicted` NaN = nothing goes. True when the event came in order. */
  apply(counter: number, row: number, evicted: number): boolean {
    if (!Number.isNaN(evicted)) this.evict(evicted)
    return this.insert(counter, row)
  }

  /** Forget `counter`; returns the row that is free now. Throws when it is not stored. */
  evict(counter: number): number {
    const row = this.rowOf(counter)
    if (row < 0) throw new RangeError(`counter ${counter} is not in the buffer and cannot be evicted`)
    const position = this.#positionOf(counter)
    if (position === 0) this.#first = (this.#first + 1) & (this.#counters.length - 1)
    else for (let i = position; i + 1 < this.#size; i++) this.#move(i + 1, i)
    this.#size--
    this.#rowOf.delete(counter)
    return row
  }

  /** Store `counter` in `row`; true when it is the largest. Throws when the buffer is full or holds the counter. */
  insert(counter: number, row: number): boolean {
    if (this.#size === this.times) throw new RangeError(`the buffer of ${this.times} times is full`)
    if (this.has(counter)) throw new RangeError(`counter ${counter} is already in the buffer`)
    const inOrder = this.#size === 0 || counter > this.max
    if (!inOrder) this.numOutOfOrder++
    if (this.#size === this.#counters.length) this.#grow()
    let position = this.#size++
    for (; position > 0 && this.counterAt(position - 1) > counter; position--) this.#move(position - 1, position)
    this.#counters[this.#slot(position)] = counter + 0
    this.#rows[this.#slot(position)] = row
    this.#rowOf.set(counter, row)
    return inOrder
  }

  #slot(position: number): number {
    return (this.#first + position) & (this.#counters.length - 1)
  }

  #move(from: number, to: number): void {
    this.#counters[this.#slot(to)] = this.counterAt(from)
    this.#rows[this.#slot(to)] = this.rowAt(from)
  }

  #positionOf(counter: number): number {
    let low = 0
    let high = this.#size - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.counterAt(middle) < counter) low = middle + 1
      else high = middle
    }
    return low
  }

  #grow(): void {
    const counters = new Float64Array(2 * this.#counters.length)
    const rows = new Int32Array(counters.length)
    for (let i = 0; i < this.#size; i++) {
      counters[i] = this.counterAt(i)
      rows[i] = this.rowAt(i)
    }
    this.#counters = counters
    this.#rows = rows
    this.#first = 0
  }
}
