// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Intensity of a beam that is not constant, mean 1: a slow drift (one period of a sine over the run) times a shot-to-shot factor
 * (uniform, independent from tick to tick). It takes few values, so that every value can have its own table of counts.
 */
import { unit, wordAt } from './hash.js'

const steps = 32

export interface BeamModel {
  readonly seed: number
  /** Ticks of one period. */
  readonly events: number
  /** Amplitude of the drift, 0..0.9. */
  readonly drift: number
  /** Standard deviation of the shot-to-shot factor, 0..0.55. */
  readonly jitter: number
}

export class Beam {
  /** The intensities that occur. */
  readonly values: readonly number[]
  readonly #model: BeamModel
  readonly #low: number
  readonly #step: number

  constructor(model: BeamModel) {
    const { drift, jitter } = model
    const reach = Math.sqrt(3) * jitter
    this.#model = model
    this.#low = (1 - drift) * (1 - reach)
    this.#step = ((1 + drift) * (1 + reach) - this.#low) / (steps - 1)
    this.values = drift + jitter === 0 ? [1] : Array.from({ length: steps }, (_, k) => this.#low + k * this.#step)
  }

  /** Position of the intensity at `tick` in `values`. */
  at(tick: number): number {
    if (this.values.length === 1) return 0
    const { seed, events, drift, jitter } = this.#model
    const slow = 1 + drift * Math.sin((2 * Math.PI * tick) / events)
    const shot = 1 + jitter * Math.sqrt(3) * (2 * unit(wordAt(seed ^ 0x3c6ef372, tick)) - 1)
    return Math.round((slow * shot - this.#low) / this.#step)
  }
}
