// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Counters -> ticks of a ring, without room for gaps that no delay bridges. Two steps, both of which keep the order of events
 * and which of them are a delay apart:
 *
 *     trains   counter k period + p -> k pitch + p, pitch = 2 pulses: no two pulses are `pulses` apart, so steps of j pulses
 *              and k trains stay apart: delay k period + j -> k pitch + j
 *     gaps     more ticks than the largest delay between two events -> one more than that
 */
import { stepOf, type Trains, trainOf } from './trains.js'

/** From `counter` on, ticks are `shift` less than trains make them. */
interface Stretch {
  readonly from: number
  readonly shift: number
}

export class TickClock {
  /** The delays in ticks of the ring; Infinity where no two events can be that far apart. */
  readonly delays: Float64Array
  readonly #trains: Trains | null
  readonly #pitch: number
  /** Ticks between two events, at most. */
  readonly #gap: number
  #origin = Number.NaN
  #head = Number.NaN
  /** Ascending; those before the smallest counter of the buffer are dropped. */
  #stretches: Stretch[] = []

  constructor(delays: Float64Array, trains: Trains | null = null) {
    const compact = trains !== null && trains.period > 2 * trains.pulses ? trains : null
    this.#trains = compact
    this.#pitch = compact === null ? 1 : 2 * compact.pulses
    this.delays = compact === null ? delays : delays.map((delay) => compactDelay(delay, compact, this.#pitch))
    this.#gap = 1 + this.delays.reduce((most, delay) => (Number.isFinite(delay) ? Math.max(most, delay) : most), 0)
  }

  /** Ticks of events that come in this order; a late one gets that of the event before. The first event has tick 0. */
  advance(counters: Float64Array): Float64Array {
    return counters.map((counter) => {
      if (Number.isNaN(this.#origin)) this.#begin(counter)
      const at = this.#compact(counter)
      const before = this.#compact(this.#head)
      if (at <= before) return this.tick(this.#head)
      const last = this.#stretches[this.#stretches.length - 1]
      const excess = at - before - this.#gap
      if (excess > 0) this.#stretches.push({ from: counter, shift: last.shift + excess })
      this.#head = counter
      return this.tick(counter)
    })
  }

  /** Tick of an event that `advance` has seen and `forget` has not; NaN of NaN. */
  tick(counter: number): number {
    return this.#compact(counter) - this.#origin - this.#stretches[this.#stretchOf(counter)].shift
  }

  /** Counters below `counter` will not be asked for. */
  forget(counter: number): void {
    const first = this.#stretchOf(counter)
    if (first > 64) this.#stretches = this.#stretches.slice(first)
  }

  #begin(counter: number): void {
    this.#origin = this.#compact(counter)
    this.#head = counter
    this.#stretches = [{ from: counter, shift: 0 }]
  }

  #compact(counter: number): number {
    if (this.#trains === null) return counter
    const train = trainOf(counter, this.#trains)
    return train * this.#pitch + counter - train * this.#trains.period
  }

  /** Number of the last stretch that begins at `counter` or before; the first where none does. */
  #stretchOf(counter: number): number {
    let low = 0
    let high = this.#stretches.length - 1
    if (this.#stretches[high].from <= counter) return high
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#stretches[middle].from <= counter) low = middle
      else high = middle - 1
    }
    return low
  }
}

function compactDelay(delay: number, trains: Trains, pitch: number): number {
  const step = stepOf(delay, trains)
  return step === null ? Number.POSITIVE_INFINITY : step.trains * pitch + step.pulses
}

/** Ticks per event in a buffer of `times` events, at most, for events that come as `counters`; 1 = no gaps. */
export function ticksPerEvent(clock: TickClock, counters: Float64Array, times: number): number {
  const ticks = clock.advance(counters)
  let longest = 0
  for (let last = 0; last < ticks.length; last++) {
    longest = Math.max(longest, ticks[last] - ticks[Math.max(0, last - times + 1)] + 1)
  }
  return Math.max(1, longest / Math.min(times, ticks.length))
}
