// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The part of multi-tau that all elements share: which samples every level has, how many events they hold, and the pairs per delay. */
import type { DelayPlace, LevelWork } from '../../kernels/multiTauKernels.js'
import { historyOf, type LevelLag, levelLagOf, type MultiTauScheme } from './delays.js'

interface Level {
  /** Events in the last samples. */
  history: Float64Array
  /** A sample waits for its partner; its events. */
  waiting: boolean
  waitingEvents: number
  readonly lags: readonly (readonly [number, number])[]
}

export class LevelClock {
  /** Sum of n_i n_j per delay. */
  readonly counts: Float64Array
  readonly history: number
  readonly #levels: readonly Level[]
  readonly #places: readonly LevelLag[]

  constructor(scheme: MultiTauScheme, delays: Float64Array) {
    this.history = historyOf(scheme)
    this.counts = new Float64Array(delays.length)
    const places = Array.from(delays, (delay) => levelLagOf(scheme, delay))
    this.#places = places
    const count = places.reduce((largest, { level }) => Math.max(largest, level + 1), 1)
    this.#levels = Array.from({ length: count }, (_, level) => ({
      history: new Float64Array(this.history),
      waiting: false,
      waitingEvents: 0,
      lags: places
        .flatMap((place, delay) => (place.level === level ? [[place.lag, delay] as const] : []))
        .sort((a, b) => b[0] - a[0]),
    }))
  }

  get levels(): number {
    return this.#levels.length
  }

  /** Events in the samples that a level keeps, and in the one that waits. */
  kept(level: number): { history: Float64Array; waiting: number } {
    const { history, waitingEvents } = this.#levels[level]
    return { history, waiting: waitingEvents }
  }

  /** A delay of the list, and which levels have a sample that waits now. */
  place(index: number): DelayPlace {
    const waits = this.#levels.reduce((bits, { waiting }, level) => bits + (waiting ? 2 ** level : 0), 0)
    return { index, ...this.#places[index], waits }
  }

  /** Pairs [lag, delay index], lags descending. */
  lags(level: number): LevelWork['lags'] {
    return this.#levels[level].lags
  }

  waits(level: number): boolean {
    return this.#levels[level].waiting
  }

  /** New samples of level `start` with `events` each; returns the work of all levels. */
  advance(start: number, events: Float64Array): (LevelWork | null)[] {
    const works: (LevelWork | null)[] = this.#levels.map(() => null)
    let samples = events
    for (let number = start; number < this.levels && samples.length > 0; number++) {
      const level = this.#levels[number]
      const presence = new Float64Array(this.history + samples.length)
      presence.set(level.history)
      presence.set(samples, this.history)
      works[number] = { count: samples.length, waiting: level.waiting, presence, lags: level.lags }
      for (const [lag, delay] of level.lags) this.counts[delay] += pairs(presence, this.history, lag)
      level.history = presence.slice(samples.length)
      samples = halve(level, samples)
    }
    return works
  }

  /** `empty` samples without event pass level `number`; a waiting one must have left. Returns how many the next level gets. */
  pass(number: number, empty: number): number {
    const level = this.#levels[number]
    const kept = new Float64Array(this.history)
    if (empty < this.history) kept.set(level.history.subarray(empty))
    level.history = kept
    if (level.waiting) empty--
    level.waiting = empty % 2 === 1
    level.waitingEvents = 0
    return Math.floor(empty / 2)
  }
}

function pairs(presence: Float64Array, history: number, lag: number): number {
  let sum = 0
  for (let j = history; j < presence.length; j++) sum += presence[j] * presence[j - lag]
  return sum
}

function halve(level: Level, samples: Float64Array): Float64Array {
  const all = level.waiting ? Float64Array.of(level.waitingEvents, ...samples) : samples
  level.waiting = all.length % 2 === 1
  if (level.waiting) level.waitingEvents = all[all.length - 1]
  return Float64Array.from({ length: Math.floor(all.length / 2) }, (_, k) => all[2 * k] + all[2 * k + 1])
}
