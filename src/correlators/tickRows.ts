// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Row of every counter: a ring over ticks while the counters lie close enough, a hash table from then on. Counters are integers. */
import { CounterMap } from '../buffers/counterMap.js'

/** Ticks that a ring may span. */
const spanMost = 2 ** 22

export class TickRows {
  /** Row of tick t at t modulo the length, -1 = absent; every present tick lies in `low..high`, fewer than the length. */
  #ring: Int32Array<ArrayBuffer> = new Int32Array(1024).fill(-1)
  #low = Number.POSITIVE_INFINITY
  #high = Number.NEGATIVE_INFINITY
  #map: CounterMap | null = null

  /** Row of `counter`, -1 where it is absent. */
  get(counter: number): number {
    if (this.#map !== null) return this.#map.get(counter)
    return counter < this.#low || counter > this.#high ? -1 : this.#ring[place(counter, this.#ring.length)]
  }

  /** Adds `counter`, which must be absent. */
  set(counter: number, row: number): void {
    if (this.#map === null) this.#reach(counter)
    if (this.#map !== null) this.#map.set(counter, row)
    else this.#ring[place(counter, this.#ring.length)] = row
  }

  /** Removes `counter`, which must be present. */
  delete(counter: number): void {
    if (this.#map !== null) {
      this.#map.delete(counter)
      return
    }
    this.#ring[place(counter, this.#ring.length)] = -1
    while (this.#low <= this.#high && this.#ring[place(this.#low, this.#ring.length)] < 0) this.#low++
    if (this.#low > this.#high) [this.#low, this.#high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  }

  #reach(counter: number): void {
    const low = Math.min(this.#low, counter)
    const high = Math.max(this.#high, counter)
    if (high - low >= spanMost) this.#toMap()
    else if (high - low >= this.#ring.length) this.#grow(high - low + 1)
    this.#low = low
    this.#high = high
  }

  #grow(span: number): void {
    const old = this.#ring
    this.#ring = new Int32Array(2 ** Math.ceil(Math.log2(span + 1))).fill(-1)
    for (let t = this.#low; t <= this.#high; t++) this.#ring[place(t, this.#ring.length)] = old[place(t, old.length)]
  }

  #toMap(): void {
    this.#map = new CounterMap()
    for (let t = this.#low; t <= this.#high; t++) {
      const row = this.#ring[place(t, this.#ring.length)]
      if (row >= 0) this.#map.set(t, row)
    }
    this.#ring = new Int32Array(1)
  }
}

/** `counter` modulo `length`, a power of two of at most 2^32, for integers of any size and sign. */
function place(counter: number, length: number): number {
  return counter & (length - 1)
}
