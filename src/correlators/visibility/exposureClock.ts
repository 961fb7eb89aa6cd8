// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which ticks are looked at, and which exposures end with each. Counters alone say so: stretches of `stretch` ticks from the first event
 * on, every `every`-th of them; of trains every `every`-th train, cut into stretches from its first pulse on.
 */
import { pulseOf, type Trains, trainOf } from '../../buffers/trains.js'

export interface ClockOptions {
  /** Exposures: 1, 2, 4, ..., 2^(levels - 1) ticks. */
  readonly levels: number
  /** Ticks, a power of two of at least 2^(levels - 1). */
  readonly stretch: number
  readonly every: number
  /** Null = events do not come in trains. */
  readonly trains: Trains | null
}

/** A tick that is looked at: the longest exposure that ends with it is 2^complete. Ticks of one stretch have one number. */
export interface TakenTick {
  readonly stretch: number
  readonly complete: number
}

export class ExposureClock {
  /** Exposures that ended so far, [levels]. */
  readonly counts: Float64Array
  readonly #options: ClockOptions
  #origin: number | null = null
  #last = Number.NEGATIVE_INFINITY
  /** Ticks in a row without a hole, up to and with the last one. */
  #unbroken = 0

  constructor(options: ClockOptions) {
    this.#options = options
    this.counts = new Float64Array(options.levels)
  }

  /** The event with `counter`; null = it is not looked at, or it is late. */
  take(counter: number): TakenTick | null {
    if (counter <= this.#last) return null
    const { number, tick, taken } = this.#place(counter)
    this.#unbroken = tick > 0 && counter === this.#last + 1 ? this.#unbroken + 1 : 1
    this.#last = counter
    if (!taken) return null
    const complete = this.#complete(tick + 1)
    for (let level = 0; level <= complete; level++) this.counts[level]++
    return { stretch: number, complete }
  }

  /** Number of the stretch, place in it, and whether it is looked at. */
  #place(counter: number): { number: number; tick: number; taken: boolean } {
    const { stretch, every, trains } = this.#options
    this.#origin ??= trains === null ? counter : trainOf(counter, trains)
    const ticks = trains === null ? counter - this.#origin : pulseOf(counter, trains)
    const part = Math.floor(ticks / stretch)
    const tick = ticks - part * stretch
    if (trains === null) return { number: part, tick, taken: part % every === 0 }
    const train = trainOf(counter, trains) - this.#origin
    return { number: train * Math.ceil(trains.pulses / stretch) + part, tick, taken: train % every === 0 }
  }

  /** The longest exposure that ends behind `ticks` ticks of a stretch. */
  #complete(ticks: number): number {
    let level = 0
    while (level + 1 < this.#options.levels && ticks % 2 ** (level + 1) === 0 && 2 ** (level + 1) <= this.#unbroken)
      level++
    return level
  }
}
