// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which lags every level has. `delaysPerLevel: n` (boost_corr's list): lags 1..2n at level 0, n+1..2n at level l, in units of 2^l
 * ticks. `numBufs: m` (scikit-beam's list): 0..m-1 at level 0, m/2..m-1 above.
 */
import { ConfigError } from '../../errors.js'

export type MultiTauScheme = { readonly delaysPerLevel: number } | { readonly numBufs: number }

/** Lags with pair sums, as one delay of the list. */
export interface LevelLag {
  readonly level: number
  readonly lag: number
}

const schemeMax = 1024

/** What `userParams` say; `{ delaysPerLevel: 4 }` when they say nothing. Throws ConfigError for anything but whole numbers (`numBufs` even). */
export function multiTauScheme(userParams: Readonly<Record<string, unknown>>): MultiTauScheme {
  const { delaysPerLevel, numBufs } = userParams
  if (numBufs === undefined || numBufs === null) {
    return { delaysPerLevel: whole('delaysPerLevel', delaysPerLevel ?? 4, 1) }
  }
  if (delaysPerLevel !== undefined && delaysPerLevel !== null) {
    throw new ConfigError(
      'userParams has both delaysPerLevel and numBufs, which name different delays; keep one of them',
      { delaysPerLevel, numBufs },
    )
  }
  const bufs = whole('numBufs', numBufs, 2)
  if (bufs % 2 === 0) return { numBufs: bufs }
  throw new ConfigError(`userParams.numBufs is ${bufs}, but must be even, for example 8`, { numBufs: bufs })
}

function whole(key: string, value: unknown, min: number): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= schemeMax) return value as number
  throw new ConfigError(
    `userParams.${key} is ${JSON.stringify(value)}, but must be a whole number from ${min} to ${schemeMax}`,
    { key: `userParams.${key}`, value },
  )
}

/** The largest lag of a level, even: samples that a level keeps. */
export function historyOf(scheme: MultiTauScheme): number {
  return 'numBufs' in scheme ? scheme.numBufs : 2 * scheme.delaysPerLevel
}

/** Smallest and largest lag of a level. */
function lagRange(scheme: MultiTauScheme, level: number): [number, number] {
  if ('numBufs' in scheme) return [level === 0 ? 0 : scheme.numBufs / 2, scheme.numBufs - 1]
  return [level === 0 ? 1 : scheme.delaysPerLevel + 1, 2 * scheme.delaysPerLevel]
}

/** All delays for a run of `frames` ticks, ascending: those smaller than the whole samples of their level. */
export function multiTauDelays(scheme: MultiTauScheme, frames: number): Float64Array {
  const delays: number[] = []
  for (let level = 0; ; level++) {
    const ticks = 2 ** level
    const samples = Math.floor(frames / ticks)
    const [first, last] = lagRange(scheme, level)
    for (let lag = first; lag <= last; lag++) {
      if (lag >= samples) return Float64Array.from(delays)
      delays.push(lag * ticks)
    }
  }
}

/** Level and lag of a delay of the list. Throws ConfigError for another one. */
export function levelLagOf(scheme: MultiTauScheme, delay: number): LevelLag {
  for (let level = 0; ; level++) {
    const lag = delay / 2 ** level
    const [first, last] = lagRange(scheme, level)
    if (Number.isInteger(lag) && lag >= first && lag <= last) return { level, lag }
    if (!Number.isInteger(lag) || lag < first || level > 52) throw notInList(scheme, delay)
  }
}

function notInList(scheme: MultiTauScheme, delay: number): ConfigError {
  return new ConfigError(
    `multi-tau with ${JSON.stringify(scheme)} has no delay ${delay}; leave delays out, they follow from it`,
    { delay, ...scheme },
  )
}
