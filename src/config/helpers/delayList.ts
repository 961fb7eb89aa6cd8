// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Delays on a linear or logarithmic grid, as ParCorAna's makeDelayList gives them. */
import { ConfigError } from '../../errors.js'

export interface DelayListOptions {
  /** First delay in ticks, an integer >= 1. */
  readonly start: number
  /** Last delay in ticks, an integer >= start. */
  readonly stop: number
  /** How many delays to aim for, an integer >= 1; all integers of start..stop when there are not more than that. */
  readonly num: number
  readonly spacing: 'lin' | 'log'
  /** Base of the logarithmic grid; default e. It moves grid points by rounding only. */
  readonly logbase?: number
}

/**
 * Ascending, distinct integers from `start` to `stop` [ticks], `num` of them wherever rounding allows it: where grid points
 * fall together, a finer grid is searched (at most 20 bisections) that has `num` distinct values.
 * Throws ConfigError for a spacing other than 'lin' and 'log', stop < start, num or start below 1 or not an integer.
 */
export function makeDelayList(options: DelayListOptions): number[] {
  const { start, stop, num } = checked(options)
  if (num >= stop - start + 1) return Array.from({ length: stop - start + 1 }, (_, i) => start + i)
  const first = grid(options, num)
  return first.length === num ? first : finerGrid(options, num)
}

function finerGrid(options: DelayListOptions, num: number): number[] {
  let low = num
  let high = 2 * num
  let delays = grid(options, high)
  while (delays.length < num) {
    high *= 2
    delays = grid(options, high)
  }
  if (delays.length === num) return delays
  let middle = Math.floor((low + high) / 2)
  delays = grid(options, middle)
  for (let round = 0; delays.length !== num && round < 20; round++) {
    if (delays.length > num) high = middle
    else low = middle
    middle = Math.floor((low + high) / 2)
    delays = grid(options, middle)
  }
  return delays
}

/** Distinct values of the grid of `points` points, rounded half to even. */
function grid({ start, stop, spacing, logbase = Math.E }: DelayListOptions, points: number): number[] {
  const unit = Math.log(logbase)
  const exact =
    spacing === 'lin'
      ? linear(start, stop, points)
      : linear(Math.log(start) / unit, Math.log(stop) / unit, points).map((power) => logbase ** power)
  return [...new Set(exact.map(roundHalfToEven))].sort((a, b) => a - b)
}

function linear(from: number, to: number, points: number): number[] {
  const step = points > 1 ? (to - from) / (points - 1) : 0
  return Array.from({ length: points }, (_, i) => (i > 0 && i === points - 1 ? to : i * step + from))
}

/** 0.5 -> 0, 1.5 -> 2, 2.5 -> 2. */
export function roundHalfToEven(value: number): number {
  const down = Math.floor(value)
  const rest = value - down
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1
  return down % 2 === 0 ? down : down + 1
}

function checked(options: DelayListOptions): DelayListOptions {
  const { start, stop, num, spacing } = options
  const fail = (text: string): never => {
    throw new ConfigError(`makeDelayList: ${text}`, { ...options })
  }
  if (spacing !== 'lin' && spacing !== 'log') fail(`spacing is ${JSON.stringify(spacing)}, but must be 'lin' or 'log'`)
  if (!Number.isInteger(num) || num < 1) fail(`num is ${num}, but must be an integer of 1 or more`)
  if (!Number.isInteger(start) || start < 1) fail(`start is ${start}, but must be an integer of 1 or more`)
  if (!Number.isInteger(stop) || stop < start)
    fail(`stop is ${stop}, but must be an integer of start = ${start} or more`)
  return options
}
