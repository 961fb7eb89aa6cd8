// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Holes of single elements among integers. The buffer holds 0 there, so that the kernels go on as if nothing had happened: G2 is
 * right, but of a pair with one hole IP or IF got the other value. The book knows the holes of the buffer and keeps, for elements
 * that ever had one, what is to be taken off:
 *
 *     hole at t only       IP[d] too large by I(t - d)
 *     hole at t - d only   IF[d] too large by I(t)
 *     either, or both      the element lost the pair
 *
 * Without holes there is no book. Integers are exact, so that the order of corrections does not matter.
 */
import type { PairCounts } from '../../buffers/pairCounts.js'
import type { TimeIndex } from '../../buffers/timeIndex.js'
import type { SumName } from '../../kernels/contract.js'

/** Value of an element in a stored event. */
export type ReadValue = (counter: number, element: number) => number

/** Per delay, of one element. */
interface Account {
  holes: number
  readonly lost: Float64Array
  readonly IP: Float64Array
  readonly IF: Float64Array
}

interface Pair {
  readonly delay: number
  readonly earlier: number
  readonly later: number
  readonly sign: number
}

const noElement = new Uint32Array(0)

export class HoleBook {
  readonly #counts: PairCounts
  readonly #accounts = new Map<number, Account>()
  /** Elements without value by counter, ascending. */
  readonly #elements = new Map<number, Uint32Array>()
  #pairs: Pair[] = []
  #left: number[] = []

  /** From now on `counts` tells of every pair. */
  constructor(counts: PairCounts) {
    this.#counts = counts
    if (counts.pairing !== 'atEnd') {
      counts.onPair = (delay, earlier, later, sign) => {
        if (this.#elements.has(earlier) || this.#elements.has(later)) this.#pairs.push({ delay, earlier, later, sign })
      }
    }
  }

  /** The event of `counter` is about to be stored; `elements` of it, ascending, have no value. */
  note(counter: number, elements: Uint32Array): void {
    if (elements.length === 0) return
    this.#elements.set(counter, elements.slice())
    for (const element of elements) this.#account(element).holes++
  }

  /** The event of `counter` has left the buffer. */
  leave(counter: number): void {
    if (this.#elements.has(counter)) this.#left.push(counter)
  }

  /** Settle the pairs told since the last call, while their values can be read. */
  settle(read: ReadValue): void {
    for (const pair of this.#pairs) this.#settlePair(pair, read)
    this.#pairs = []
    for (const counter of this.#left) this.#elements.delete(counter)
    this.#left = []
  }

  /** All pairs inside the buffer, from zero. */
  settleAll(index: TimeIndex, read: ReadValue): void {
    for (const { lost, IP, IF } of this.#accounts.values()) for (const sums of [lost, IP, IF]) sums.fill(0)
    for (const [later] of index) {
      this.#counts.delays.forEach((apart, delay) => {
        const earlier = later - apart
        if (!index.has(earlier) || !(this.#elements.has(earlier) || this.#elements.has(later))) return
        this.#settlePair({ delay, earlier, later, sign: 1 }, read)
      })
    }
  }

  /** Correct one delay of one sum [elements]. */
  correct(name: SumName, delay: number, out: Float64Array): void {
    if (name === 'G2') return
    for (const [element, account] of this.#accounts) out[element] += account[name][delay]
  }

  /** Add the number of holes of every element. */
  addHoles(out: Float64Array): void {
    for (const [element, { holes }] of this.#accounts) out[element] += holes
  }

  /** Walks through both lists of elements, which ascend. */
  #settlePair({ delay, earlier, later, sign }: Pair, read: ReadValue): void {
    const past = this.#elements.get(earlier) ?? noElement
    const future = this.#elements.get(later) ?? noElement
    for (let p = 0, f = 0; p < past.length || f < future.length; ) {
      const element = Math.min(past[p] ?? Number.POSITIVE_INFINITY, future[f] ?? Number.POSITIVE_INFINITY)
      const [inPast, inFuture] = [past[p] === element, future[f] === element]
      if (inPast) p++
      if (inFuture) f++
      const account = this.#account(element)
      account.lost[delay] += sign
      if (!inPast) account.IP[delay] -= sign * read(earlier, element)
      if (!inFuture) account.IF[delay] -= sign * read(later, element)
    }
  }

  #account(element: number): Account {
    const known = this.#accounts.get(element)
    if (known !== undefined) return known
    const zeros = (): Float64Array => new Float64Array(this.#counts.delays.length)
    const account = { holes: 0, lost: zeros(), IP: zeros(), IF: zeros() }
    this.#accounts.set(element, account)
    return account
  }
}
