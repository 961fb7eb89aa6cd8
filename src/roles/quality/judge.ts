// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** From a value with its error and limits to ok, warn or fail. */
import { type CheckName, checkWords, leastChecks, type Limits, ringChecks } from './spec.js'

export type Status = 'ok' | 'warn' | 'fail' | 'unknown'

/** In the order of the numbers that stand for them in files. */
export const statuses: readonly Status[] = ['ok', 'warn', 'fail', 'unknown']

/** A limit counts as passed when the value is beyond it by so many of its standard errors. */
const sigmas = 4

/** One check: a value per ring, or one for the run. NaN = unknown. */
export interface Check {
  readonly name: CheckName
  readonly limits: readonly [warn: number, fail: number]
  readonly value: Float64Array
  /** Standard error of each value; 0 = exact. */
  readonly error: Float64Array
  readonly status: readonly Status[]
  /** Number in `value` of the worst; -1 where all are unknown. */
  readonly worst: number
}

/** Values by ring or for the run. */
export interface Measured {
  readonly value: ArrayLike<number>
  readonly error?: ArrayLike<number> | undefined
}

/** Null where the check is off. */
export function judge(name: CheckName, limits: Limits, { value, error }: Measured): Check | null {
  if (limits === null) return null
  const least = leastChecks.has(name)
  const values = Float64Array.from(value)
  const errors = Float64Array.from(values, (_, i) => error?.[i] ?? 0)
  const status = Array.from(values, (one, i) => statusOf(one, errors[i], limits, least))
  return { name, limits, value: values, error: errors, status, worst: worstOf(status, values, least) }
}

function statusOf(value: number, error: number, [warn, fail]: readonly [number, number], least: boolean): Status {
  if (!Number.isFinite(value) || !Number.isFinite(error)) return 'unknown'
  const kind = least ? value + sigmas * error : Math.abs(value) - sigmas * error
  const beyond = (limit: number): boolean => (least ? kind < limit : kind > limit)
  return beyond(fail) ? 'fail' : beyond(warn) ? 'warn' : 'ok'
}

const severity: Readonly<Record<Status, number>> = { unknown: 0, ok: 1, warn: 2, fail: 3 }

function worstOf(status: readonly Status[], value: Float64Array, least: boolean): number {
  let worst = -1
  status.forEach((one, i) => {
    if (one === 'unknown') return
    const more = worst < 0 ? 1 : severity[one] - severity[status[worst]]
    const further = worst < 0 || (least ? value[i] < value[worst] : Math.abs(value[i]) > Math.abs(value[worst]))
    if (more > 0 || (more === 0 && further)) worst = i
  })
  return worst
}

/** The worst status of several; 'unknown' only where nothing is known. */
export function worstStatus(list: readonly Status[]): Status {
  return list.reduce<Status>((worst, one) => (severity[one] > severity[worst] ? one : worst), 'unknown')
}

/** The status of a check: that of its worst ring. */
export function statusOfCheck({ status, worst }: Check): Status {
  return worst < 0 ? 'unknown' : status[worst]
}

/** `hotElements of ring 3 is 0.06 of the elements (warning above 0.005, failure above 0.05): mask these elements out` */
export function checkText({ name, limits, value, worst }: Check, colors: ArrayLike<number>): string {
  const { units, advice } = checkWords[name]
  const ring = (ringChecks as readonly string[]).includes(name) ? ` of ring ${colors[worst]}` : ''
  const [warn, fail] = limits
  const side = leastChecks.has(name) ? 'below' : 'above'
  const number = String(Number(value[worst].toPrecision(3)))
  return `${name}${ring} is ${number}${units === '1' ? '' : ` ${units}`} (warning ${side} ${warn}, failure ${side} ${fail}): ${advice}`
}
