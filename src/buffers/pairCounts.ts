// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** How many pairs (t, t + d) went into the sums, per delay: from counters alone, so that the master knows them, too. */
import type { Pairing } from '../kernels/contract.js'
import type { TimeIndex } from './timeIndex.js'

export class PairCounts {
  /** Delays in ticks, any order, >= 1. */
  readonly delays: Float64Array
  readonly pairing: Pairing
  /** Told of every pair that is added or taken off (`sign`), by the number of its delay; null = nobody wants to know. */
  onPair: ((delay: number, earlier: number, later: number, sign: number) => void) | null = null
  readonly #counts: Float64Array

  constructor(delays: ArrayLike<number>, pairing: Pairing) {
    this.delays = checkedDelays(delays)
    this.pairing = pairing
    this.#counts = new Float64Array(this.delays.length)
  }

  /** `counter` is about to leave `index`, where it still is. */
  beforeRemove(counter: number, index: TimeIndex): void {
    if (this.pairing === 'windowed') this.#add(counter, index, -1)
  }

  /** `counter` has just been stored in `index`. */
  afterInsert(counter: number, index: TimeIndex): void {
    if (this.pairing !== 'atEnd') this.#add(counter, index, 1)
  }

  /** Pairs per delay in the order of `delays`; a copy. 'atEnd' counts what `index` holds now. */
  counts(index: TimeIndex): Float64Array {
    return this.pairing === 'atEnd' ? storedPairs(this.delays, index) : this.#counts.slice()
  }

  #add(counter: number, index: TimeIndex, sign: number): void {
    const back = counter - index.min
    const ahead = index.max - counter
    for (let i = 0; i < this.delays.length; i++) {
      const delay = this.delays[i]
      if (delay <= back && index.has(counter - delay)) {
        this.#counts[i] += sign
        this.onPair?.(i, counter - delay, counter, sign)
      }
      if (delay <= ahead && index.has(counter + delay)) {
        this.#counts[i] += sign
        this.onPair?.(i, counter, counter + delay, sign)
      }
    }
  }
}

/** Throws RangeError unless every delay is a whole number >= 1. Order and repeats are free. */
export function checkedDelays(delays: ArrayLike<number>): Float64Array {
  const checked = Float64Array.from(delays)
  const wrong = checked.find((delay) => !Number.isSafeInteger(delay) || delay < 1)
  if (wrong !== undefined) throw new RangeError(`a delay must be a whole number of ticks >= 1, not ${wrong}`)
  return checked
}

/** Pairs inside the buffer: two positions walk through the sorted counters once per delay. */
function storedPairs(delays: Float64Array, index: TimeIndex): Float64Array {
  const counters = Float64Array.from({ length: index.size }, (_, i) => index.counterAt(i))
  return delays.map((delay) => {
    let pairs = 0
    for (let later = 0, earlier = 0; later < counters.length; later++) {
      const wanted = counters[later] - delay
      while (counters[earlier] < wanted) earlier++
      if (counters[earlier] === wanted) pairs++
    }
    return pairs
  })
}
