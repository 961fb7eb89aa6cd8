// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which lags really lie behind a delay of multi-tau: mean and standard deviation of t2 - t1 over all pairs of events in its pairs of
 * samples. With n events in a sample, t the sum of their times from its first tick and q that of the squares,
 *
 *     pairs n1 n2     sum of lags n1 t2 - n2 t1     sum of squares n1 q2 + n2 q1 - 2 t1 t2,    both beyond lag * 2^level ticks
 *
 * Without holes the mean is the delay, and the deviation sqrt((4^level - 1) / 6) ticks.
 */
import type { ResultGroup } from '../resultGroup.js'
import { historyOf, levelLagOf, type MultiTauScheme } from './delays.js'

export interface TrueLags {
  /** Ticks per delay; NaN where there is no pair. */
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

interface Sample {
  readonly n: number
  readonly t: number
  readonly q: number
}

interface Level {
  /** The last samples; sample number k at k modulo their number. */
  readonly samples: Sample[]
  count: number
  waiting: Sample | null
  readonly lags: readonly (readonly [lag: number, delay: number])[]
}

const none: Sample = { n: 0, t: 0, q: 0 }
const one: Sample = { n: 1, t: 0, q: 0 }

export class LagMoments {
  readonly #delays: Float64Array
  readonly #levels: readonly Level[]
  readonly #pairs: Float64Array
  readonly #lags: Float64Array
  readonly #squares: Float64Array
  #head = Number.NaN

  constructor(scheme: MultiTauScheme, delays: Float64Array) {
    const places = Array.from(delays, (delay) => levelLagOf(scheme, delay))
    const levels = places.reduce((most, { level }) => Math.max(most, level + 1), 1)
    this.#delays = delays
    this.#levels = Array.from({ length: levels }, (_, level) => ({
      samples: Array.from({ length: historyOf(scheme) + 1 }, () => none),
      count: 0,
      waiting: null,
      lags: places.flatMap((place, delay) => (place.level === level ? [[place.lag, delay] as const] : [])),
    }))
    this.#pairs = new Float64Array(delays.length)
    this.#lags = new Float64Array(delays.length)
    this.#squares = new Float64Array(delays.length)
  }

  /** The next event; a counter that is not larger than all before is ignored, as multi-tau does. */
  add(counter: number): void {
    if (counter <= this.#head) return
    for (let tick = this.#head + 1; tick < counter; tick++) this.#push(0, none)
    this.#push(0, one)
    this.#head = counter
  }

  lags(): TrueLags {
    const shift = this.#lags.map((sum, d) => sum / this.#pairs[d])
    return {
      mean: shift.map((ticks, d) => this.#delays[d] + ticks),
      deviation: shift.map((ticks, d) => Math.sqrt(Math.max(0, this.#squares[d] / this.#pairs[d] - ticks * ticks))),
    }
  }

  #push(number: number, sample: Sample): void {
    const level = this.#levels[number]
    const { samples, lags, waiting } = level
    samples[level.count % samples.length] = sample
    for (const [lag, delay] of lags) {
      if (lag <= level.count) this.#pair(samples[(level.count - lag) % samples.length], sample, delay)
    }
    level.count++
    level.waiting = waiting === null ? sample : null
    if (waiting !== null && number + 1 < this.#levels.length)
      this.#push(number + 1, joined(waiting, sample, 2 ** number))
  }

  #pair(past: Sample, future: Sample, delay: number): void {
    if (past.n === 0 || future.n === 0) return
    this.#pairs[delay] += past.n * future.n
    this.#lags[delay] += past.n * future.t - future.n * past.t
    this.#squares[delay] += past.n * future.q + future.n * past.q - 2 * past.t * future.t
  }
}

/** `second` begins `ticks` ticks after `first`. */
function joined(first: Sample, second: Sample, ticks: number): Sample {
  return {
    n: first.n + second.n,
    t: first.t + second.t + second.n * ticks,
    q: first.q + second.q + 2 * second.t * ticks + second.n * ticks * ticks,
  }
}

export function writeTrueLags(group: ResultGroup, { mean, deviation }: TrueLags): void {
  group.dataset('delay_mean_lag', mean, {
    attributes: { units: 'ticks', long_name: 'mean lag of the pairs of events behind each delay' },
  })
  group.dataset('delay_bin_width', deviation, {
    attributes: {
      units: 'ticks',
      long_name: 'standard deviation of the lags of the pairs of events behind each delay',
    },
  })
}
