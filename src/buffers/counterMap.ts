// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Counter -> row, for the counters of the rolling buffer only: open addressing with linear probing,
 * at most half full, deleted by shifting back, so that it never needs to be cleaned and never outgrows the buffer.
 *
 *     keys: | 17 | NaN | 4 | 5 | NaN | ...   NaN = free
 *     rows: |  2 |  -  | 0 | 1 |  -  | ...
 */
const smallest = 16

export class CounterMap {
  #keys = new Float64Array(smallest).fill(Number.NaN)
  #rows = new Int32Array(smallest)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Row of `counter`, -1 where it is absent. */
  get(counter: number): number {
    const at = this.#find(counter)
    return this.#keys[at] === counter ? this.#rows[at] : -1
  }

  /** Adds `counter`, which must be absent. */
  set(counter: number, row: number): void {
    if (2 * (this.#size + 1) > this.#keys.length) this.#grow()
    const at = this.#find(counter)
    this.#keys[at] = counter
    this.#rows[at] = row
    this.#size++
  }

  /** Removes `counter`, which must be present; later members of its probe chain move up. */
  delete(counter: number): void {
    const mask = this.#keys.length - 1
    let hole = this.#find(counter)
    for (let next = (hole + 1) & mask; !Number.isNaN(this.#keys[next]); next = (next + 1) & mask) {
      const home = hash(this.#keys[next]) & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      this.#keys[hole] = this.#keys[next]
      this.#rows[hole] = this.#rows[next]
      hole = next
    }
    this.#keys[hole] = Number.NaN
    this.#size--
  }

  /** Slot that holds `counter`, or the free slot where it would go. */
  #find(counter: number): number {
    const mask = this.#keys.length - 1
    let at = hash(counter) & mask
    while (this.#keys[at] !== counter && !Number.isNaN(this.#keys[at])) at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const keys = this.#keys
    const rows = this.#rows
    this.#keys = new Float64Array(2 * keys.length).fill(Number.NaN)
    this.#rows = new Int32Array(2 * keys.length)
    for (let i = 0; i < keys.length; i++) {
      if (Number.isNaN(keys[i])) continue
      const at = this.#find(keys[i])
      this.#keys[at] = keys[i]
      this.#rows[at] = rows[i]
    }
  }
}

/** Spreads neighbouring counters, also those above 2^32 and below 0. */
function hash(counter: number): number {
  const high = Math.floor(counter / 4294967296)
  const mixed = Math.imul(counter ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}
