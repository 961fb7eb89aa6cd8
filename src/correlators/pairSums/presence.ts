// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which ticks hold an event, for events in order: stretches without a gap, [from, to), ascending. */
export class Presence {
  readonly #from: number[] = []
  readonly #to: number[] = []

  /** Largest tick so far; -1 before the first. */
  get head(): number {
    return this.#to.length === 0 ? -1 : this.#to[this.#to.length - 1] - 1
  }

  /** `tick` > head holds an event. */
  add(tick: number): void {
    const last = this.#to.length - 1
    if (last >= 0 && this.#to[last] === tick) this.#to[last]++
    else {
      this.#from.push(tick)
      this.#to.push(tick + 1)
    }
  }

  /** Ticks below `tick` hold nothing any more. */
  dropBelow(tick: number): void {
    let gone = 0
    while (gone < this.#to.length && this.#to[gone] <= tick) gone++
    this.#from.splice(0, gone)
    this.#to.splice(0, gone)
    if (this.#from.length > 0) this.#from[0] = Math.max(this.#from[0], tick)
  }

  has(tick: number): boolean {
    return this.all(tick, tick + 1)
  }

  /** True when every tick of [from, to) holds an event. */
  all(from: number, to: number): boolean {
    let low = 0
    let high = this.#from.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#from[middle] <= from) low = middle + 1
      else high = middle
    }
    return low > 0 && this.#to[low - 1] >= to
  }
}
