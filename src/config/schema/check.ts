// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Checks values against their fields; every failure is one sentence with key, value and what is allowed. */
import type * as z from 'zod'
import { ConfigError } from '../../errors.js'
import type { Field } from './field.js'
import { likelyName, valueText } from './sentences.js'

type Values = Readonly<Record<string, unknown>>
type Fields = Readonly<Record<string, Field>>

/**
 * Values for all `fields`: given ones checked, the others from their defaults. `where` is the key of the whole ("systemParams").
 * `undefined` counts as not given. Unknown keys are the business of `checkKnown`.
 */
export function checkValues(given: Values, fields: Fields, where: string): Record<string, unknown> {
  const checked: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) {
    const value = given[key]
    if (value !== undefined) checked[key] = checkValue(value, field, `${where}.${key}`)
    else if (field.default !== undefined) checked[key] = field.default
    else throw new ConfigError(`${where}.${key} is missing; it must be ${field.allowed}`, { key: `${where}.${key}` })
  }
  return checked
}

/** One value; returns it unchanged. */
export function checkValue(value: unknown, field: Field, key: string): unknown {
  const result = field.type.safeParse(value)
  if (result.success) return value
  throw new ConfigError(`${key} is ${valueText(value)}${reason(result.error, key)}, but must be ${field.allowed}`, {
    key,
    value,
    allowed: field.allowed,
  })
}

/** Throws for the first key of `given` that is neither in `known` nor, with the same name, at home in another part. */
export function checkKnown(
  given: Values,
  known: readonly string[],
  where: string,
  elsewhere: Readonly<Record<string, readonly string[]>> = {},
): void {
  for (const key of Object.keys(given)) if (!known.includes(key)) throw unknownKey(key, known, where, elsewhere)
}

function unknownKey(
  key: string,
  known: readonly string[],
  where: string,
  elsewhere: Readonly<Record<string, readonly string[]>>,
): ConfigError {
  const home = Object.entries(elsewhere).find(([, names]) => names.includes(key))?.[0]
  if (home !== undefined) return new ConfigError(`unknown key ${where}.${key}; it belongs into ${home}`, { key })
  const near = likelyName(key, known)
  const hint = near === null ? `known keys are ${known.join(', ')}` : `did you mean ${near}?`
  return new ConfigError(`unknown key ${where}.${key}; ${hint}`, { key, near })
}

/** Where inside a list or object the trouble lies: ` (at [0].min)`. */
function reason(error: z.ZodError, key: string): string {
  const issue = deepest(error.issues)
  if (issue === undefined) return ''
  if (issue.code === 'unrecognized_keys') return ` (unknown key ${pathText(issue.path, key)}.${issue.keys[0]})`
  return issue.path.length === 0 ? '' : ` (wrong at ${pathText(issue.path, key)})`
}

type Issue = z.core.$ZodIssue

/** Issues inside a union carry paths that start at the union. */
function deepest(issues: readonly Issue[]): Issue | undefined {
  const all = issues.flatMap((issue) => [issue, ...(issue.code === 'invalid_union' ? inside(issue) : [])])
  return all.sort((a, b) => b.path.length - a.path.length)[0]
}

function inside(union: z.core.$ZodIssueInvalidUnion): Issue[] {
  return union.errors.flat().map((issue) => ({ ...issue, path: [...union.path, ...issue.path] }))
}

function pathText(path: readonly PropertyKey[], key: string): string {
  return path.reduce<string>((text, part) => text + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`), key)
}
