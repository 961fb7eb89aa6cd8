// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the configuration says about the times of events. Meaning and examples: docs/physics.md. */
import type { Trains } from '../../buffers/trains.js'

export interface TimingSpec {
  /** Null = no trains. */
  readonly trains: Trains | null
  /** Numbers of pulses to leave out: inclusive ranges, ascending. */
  readonly drop: readonly (readonly [first: number, last: number])[]
  /** Variables of the dataset that say train and pulse of every event; null = counters do. */
  readonly names: { readonly train: string; readonly pulse: string } | null
  /** Stamps to make counters of; null = counters are what they are. */
  readonly stamps: Stamps | null
}

export interface Stamps {
  /** Variable of the dataset. */
  readonly name: string
  /** One tick, in the stamps' unit. */
  readonly tick: number
  /** Farthest from a whole tick, in ticks. */
  readonly tolerance: number
}
