// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Pair sums of a few numbers per event (intensity of every ring, of the whole frame, a monitor), over the same pairs as the elements:
 * with x the numbers, G2 = sum x(t) x(t+d), IP = sum x(t), IF = sum x(t+d).
 */
import type { Trains } from '../buffers/trains.js'
import type { StoredEvents } from '../kernels/contract.js'
import type { ElementSums } from './elementSums.js'

/** Per event its counter, the counter that leaves before it (NaN = none), and the buffer row it goes to. */
export type LightEvents = Pick<StoredEvents, 'counter' | 'evicted' | 'row'>

/** Sums as of the last `calc`, each [delays x columns]. */
export interface LightSums {
  /** Pairs per delay. */
  readonly counts: Float64Array
  readonly G2: Float64Array
  readonly IP: Float64Array
  readonly IF: Float64Array
  /** Pairs in which a column has no value (NaN) on either side. */
  readonly lost: Float64Array
  /** True when pairs are only ever added, so that what a stretch of the run adds is a difference of sums. */
  readonly grows: boolean
  /** Store events in delivery order; `values` [events x columns], NaN = none. */
  insert(events: LightEvents, values: Float64Array): void
  calc(): void
}

/** What `LightSums` are opened with. */
export interface LightOptions {
  readonly columns: number
  /** Ticks. */
  readonly delays: Float64Array
  /** Events in the rolling buffer. */
  readonly times: number
  /** Events that come at once, at most. */
  readonly blockEvents: number
  /** Events expected. */
  readonly ticksHint: number
  /** The events come in trains; default and null: they do not. */
  readonly trains?: Trains | null
  /** Ticks of a full buffer per event, default 1. */
  readonly ticksPerEvent?: number
}

/** The same from an engine that correlates elements. */
export class EngineLight implements LightSums {
  readonly grows: boolean
  readonly G2: Float64Array
  readonly IP: Float64Array
  readonly IF: Float64Array
  readonly lost: Float64Array
  readonly #sums: ElementSums
  readonly #columns: number

  constructor(sums: ElementSums, { columns, delays }: LightOptions, grows: boolean) {
    this.grows = grows
    this.#sums = sums
    this.#columns = columns
    this.G2 = new Float64Array(columns * delays.length)
    this.IP = new Float64Array(columns * delays.length)
    this.IF = new Float64Array(columns * delays.length)
    this.lost = new Float64Array(columns * delays.length)
  }

  get counts(): Float64Array {
    return this.#sums.counts
  }

  insert({ counter, evicted, row }: LightEvents, values: Float64Array): void {
    const count = counter.length
    const position = Uint16Array.from(counter.keys())
    const stored = { count, counter, evicted, row, block: new Uint16Array(count), position }
    const block = { kind: 'dense', events: count, elements: this.#columns, dtype: 'float64', data: values } as const
    this.#sums.insert(stored, [block])
  }

  calc(): void {
    this.#sums.calc()
    for (const name of ['G2', 'IP', 'IF', 'lost'] as const) {
      const own = this[name]
      for (let d = 0; d < own.length / this.#columns; d++) {
        this.#sums.fill(name, d, own.subarray(d * this.#columns, (d + 1) * this.#columns))
      }
    }
  }
}
