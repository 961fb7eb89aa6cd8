// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `userParams.visibility`: which exposures are looked at, and how much of the run. */

export interface VisibilitySpec {
  /** So many: 1, 2, 4, ... ticks. */
  readonly exposures: number
  /** One of so many stretches (trains) is looked at; null = as many as cost little. */
  readonly every: number | null
  /** Largest number of photons with a bin of its own. */
  readonly kMax: number
}

/** Exposures, at most: with this many values below 2^14 have exact sums. */
export const exposuresMost = 11

/** What the config gives, with defaults; null = off. */
export function visibilitySpec(given: unknown): VisibilitySpec | null {
  if (given === null || given === undefined) return null
  const { exposures = 7, every = null, kMax = 15 } = given as Partial<VisibilitySpec>
  return { exposures, every, kMax }
}
