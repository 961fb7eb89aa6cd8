// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sums of every element at some borders between events, so that the first part of a run can be compared with the last one, each about a
 * tenth. Which events these are depends on their number so far only: L is the power of two from n/16 to n/8, the first part has L events,
 * the last one L/2 to 3L/2. Kept are the sums after L, 2L, 4L, ... events and at the last two multiples of L.
 *
 *   events  0 ....... L ........ 2L ...    (k-1) L ... k L ..|.. n
 *           [ first   ]                                [ last   ]
 */
import type { ElementSums } from '../../correlators/elementSums.js'
import { MultiTauSums } from '../../correlators/multiTauSums.js'
import { stretchTicks } from '../../kernels/multiTauKernels.js'

interface Snapshot {
  readonly events: number
  readonly sum: Float64Array
  readonly count: number | Float64Array
}

/** Shorter parts are not worth their sums. */
const partLeast = 32

/** L, 2L, 4L and 8L events, and the last two borders. */
const snapshotsMost = 6

/** What the parts of a run of `events` events take at most on a worker with `elements` elements; `holes`: elements may miss events. */
export function segmentBytes(events: number, elements: number, holes: boolean): number {
  return Math.min(snapshotsMost, Math.floor(events / partLeast)) * (holes ? 2 : 1) * 8 * elements
}

const nothing: Snapshot = { events: 0, sum: new Float64Array(0), count: 0 }

export class Segments {
  readonly #sums: ElementSums
  readonly #least: number
  #events = 0
  /** After L, 2L, 4L, ... events. */
  #powers: Snapshot[] = []
  #before = nothing
  #border = nothing

  constructor(sums: ElementSums) {
    this.#sums = sums
    // Levels take a stretch of ticks at once: borders inside of one would cut it.
    this.#least = sums instanceof MultiTauSums ? stretchTicks : partLeast
  }

  /** Events that may be stored before the next border. */
  get room(): number {
    const length = this.#length()
    return length - (this.#events % length)
  }

  /** `events` were stored, at most `room`. */
  stored(events: number): void {
    this.#events += events
    const length = this.#length()
    if (events === 0 || this.#events % length !== 0) return
    this.#before = this.#border
    this.#border = this.#now()
    if (Number.isInteger(Math.log2(this.#events))) this.#powers.push(this.#border)
    this.#powers = this.#powers.filter((power) => power.events >= length)
  }

  /** True when both parts are there and apart. */
  get apart(): boolean {
    const length = this.#length()
    return this.#powers[0]?.events === length && this.#from().events >= length && this.#from().events < this.#events
  }

  /** What is kept now. */
  memoryBytes(): number {
    const kept = new Set([...this.#powers, this.#before, this.#border])
    const bytesIn = ({ sum, count }: Snapshot): number =>
      sum.byteLength + (typeof count === 'number' ? 0 : count.byteLength)
    return [...kept].reduce((total, snapshot) => total + bytesIn(snapshot), 0)
  }

  /** Mean of every element, or of those in `only`, over the first or the last part into `out`; NaN where there is none. After `calc`. */
  fill(which: 'first' | 'last', out: Float64Array, only: Int32Array | null = null): void {
    if (!this.apart) out.fill(Number.NaN)
    else if (which === 'first') fillMeans(this.#powers[0], nothing, out, only)
    else fillMeans(this.#now(), this.#from(), out, only)
  }

  #length(): number {
    return Math.max(this.#least, 2 ** Math.floor(Math.log2(Math.max(1, this.#events) / 8)))
  }

  #from(): Snapshot {
    return this.#events - this.#border.events >= this.#length() / 2 ? this.#border : this.#before
  }

  #now(): Snapshot {
    return { events: this.#events, sum: this.#sums.valueSum, count: this.#sums.valueCount }
  }
}

function fillMeans(to: Snapshot, from: Snapshot, out: Float64Array, only: Int32Array | null): void {
  for (let k = 0; k < out.length; k++) {
    const i = only === null ? k : only[k]
    out[k] = (to.sum[i] - (from.sum[i] ?? 0)) / (countAt(to, i) - countAt(from, i))
  }
}

function countAt({ count }: Snapshot, i: number): number {
  return typeof count === 'number' ? count : count[i]
}
