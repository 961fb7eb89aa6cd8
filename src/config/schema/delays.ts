// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Checks of a list of delays: each failure has its own sentence. */
import { ConfigError } from '../../errors.js'
import { valueText } from './sentences.js'

/** `value` (an array or typed array) as ascending integers >= 1 [ticks]; `key` names it in messages. */
export function checkDelays(value: unknown, key: string): number[] {
  const delays = listOf(value)
  if (delays === null) {
    throw new ConfigError(`${key} is ${valueText(value)}, but must be a list of integers of 1 or more`, { key })
  }
  if (delays.length === 0) throw new ConfigError(`${key} is empty; give at least one delay in ticks`, { key })
  delays.forEach((delay, i) => {
    checkDelay(delay, `${key}[${i}]`)
  })
  checkOrder(delays as number[], key)
  return delays as number[]
}

function listOf(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<unknown>, plain)
  return null
}

/** Entries of a BigInt64Array count as numbers. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}

function checkDelay(delay: unknown, key: string): void {
  if (typeof delay !== 'number')
    throw new ConfigError(`${key} is ${valueText(delay)}, but a delay is a number of ticks`, { key })
  if (!Number.isSafeInteger(delay))
    throw new ConfigError(`${key} is ${delay}, but a delay is a whole number of ticks`, { key })
  if (delay < 0) throw new ConfigError(`${key} is ${delay}, but a delay cannot be negative; leave it out`, { key })
  if (delay === 0) throw new ConfigError(`${key} is 0, but a delay is 1 tick or more; leave it out`, { key })
}

function checkOrder(delays: readonly number[], key: string): void {
  const seen = new Map<number, number>()
  delays.forEach((delay, i) => {
    const earlier = seen.get(delay)
    if (earlier !== undefined) {
      throw new ConfigError(`${key} holds ${delay} twice, at [${earlier}] and [${i}]; leave one out`, { key })
    }
    seen.set(delay, i)
  })
  const i = delays.findIndex((delay, at) => at > 0 && delay < (delays[at - 1] as number))
  if (i > 0) {
    throw new ConfigError(
      `${key} is not in ascending order: ${delays[i]} at [${i}] follows ${delays[i - 1]}; sort it`,
      { key },
    )
  }
}
