// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `userParams` of one analysis: keys of the built-in classes checked and filled in, a user's own keys passed on. */
import { ConfigError } from '../errors.js'
import type { AnalysesInput } from './draft.js'
import { pathsOf } from './paths.js'
import type { ClassRef } from './resolved.js'
import { checkKnown, checkValues } from './schema/check.js'
import { nearestName, valueText } from './schema/sentences.js'
import { systemFields } from './schema/system.js'
import { userFields } from './schema/user.js'
import type { AnyClass, ClassRegistry } from './userClass.js'

type Values = Record<string, unknown>

export interface UserParamsContext {
  readonly type: AnyClass
  readonly ref: ClassRef
  readonly className: string
  /** Names the whole in messages. */
  readonly key: string
  readonly input: Pick<AnalysesInput, 'base' | 'classes' | 'draft'>
}

/**
 * A class may list its own keys (`static userParamKeys = ['threshold']`): then others are errors. A user's class without a list
 * takes any key. Values must be plain data, because they travel to other ranks.
 */
export function resolveUserParams(given: Readonly<Values>, context: UserParamsContext): Values {
  const own = ownKeys(given, context)
  const values = checkValues(given, userFields, context.key)
  checkReaders(given, context)
  checkCombinations(values, context.key)
  checkFrameNorm(values, context.key)
  checkCovariance(values, context.key)
  values.normalization ??= isA(context, 'MultiTau') || isA(context, 'TwoTime') ? 'static' : 'finecolor'
  const fixed = pathsOf(values, userFields, (key) => context.input.base(`userParams.${key}`))
  for (const key of own) fixed[key] = plainData(given[key], `${context.key}.${key}`)
  return fixed
}

function ownKeys(given: Readonly<Values>, { type, ref, key, input }: UserParamsContext): string[] {
  const builtin = Object.keys(userFields)
  const unknown = Object.keys(given).filter((name) => !builtin.includes(name) && given[name] !== undefined)
  const listed = (type as { userParamKeys?: readonly string[] }).userParamKeys
  const closed = ref.kind === 'builtin' || listed !== undefined
  if (closed)
    checkKnown(Object.fromEntries(unknown.map((name) => [name, 0])), [...builtin, ...(listed ?? [])], key, elsewhere)
  else for (const name of unknown) noteNear(name, builtin, key, input.draft.notes)
  return unknown
}

const elsewhere = { systemParams: Object.keys(systemFields) }

/** A user's class may have any key, but one that differs by a letter or by case is probably a slip. */
function noteNear(name: string, builtin: readonly string[], key: string, notes: string[]): void {
  const near = nearestName(name, builtin)
  if (near?.toLowerCase() === name.toLowerCase()) {
    notes.push(`${key}.${name} is passed on to your class; did you mean ${near}?`)
  }
}

function checkReaders(given: Readonly<Values>, context: UserParamsContext): void {
  if (context.ref.kind !== 'builtin') return
  for (const [name, { onlyFor, default: usual }] of Object.entries(userFields)) {
    if (onlyFor === undefined || given[name] === undefined || given[name] === usual || isA(context, onlyFor)) continue
    throw new ConfigError(
      `${context.key}.${name} is read by ${onlyFor} only, but userClass is ${context.className}; remove it or choose ${onlyFor}`,
      { key: name },
    )
  }
}

function checkCombinations(values: Readonly<Values>, key: string): void {
  if (values.delaysPerLevel !== null && values.numBufs !== null) {
    throw new ConfigError(`${key} has both delaysPerLevel and numBufs, which are two ways to say the same; keep one`)
  }
  if (values.qmap !== null && (values.colorNdarrayCoords !== null || values.colorFineNdarrayCoords !== null)) {
    throw new ConfigError(`${key} has both qmap and color files, which are two ways to say the same; keep one`)
  }
  if (values.colorFineNdarrayCoords !== null && values.colorNdarrayCoords === null) {
    throw new ConfigError(`${key}.colorFineNdarrayCoords is given without colorNdarrayCoords; give the colors too`)
  }
}

function checkFrameNorm({ normalization, frameNorm }: Readonly<Values>, key: string): void {
  if (normalization !== 'instantaneous' || frameNorm === 'none') return
  throw new ConfigError(
    `${key}.frameNorm is '${String(frameNorm)}', but normalization 'instantaneous' divides by the intensity of every event already; leave one out`,
    { key: `${key}.frameNorm` },
  )
}

function checkCovariance({ errors, covariance }: Readonly<Values>, key: string): void {
  if (covariance !== true || errors !== 'elements') return
  throw new ConfigError(
    `${key}.covariance is true, but errors 'elements' give none; set ${key}.errors to 'jackknife' or null`,
    { key: `${key}.covariance` },
  )
}

/** True when the class is the built-in class `name` or extends it. */
function isA({ type, input }: UserParamsContext, name: string): boolean {
  const base = (input.classes as ClassRegistry).builtin[name]
  return base !== undefined && (type === base || type.prototype instanceof base)
}

function plainData(value: unknown, key: string): unknown {
  try {
    return structuredClone(value)
  } catch {
    throw new ConfigError(
      `${key} is ${valueText(value)}, which cannot be sent to other ranks; put it into your class`,
      { key },
    )
  }
}
