// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Values that the command line and `PARCORANA_*` environment variables put over those of the config file. */
import { isAbsolute, resolve } from 'node:path'
import { ConfigError } from '../errors.js'
import type { Draft } from './draft.js'
import type { ValueSource } from './resolved.js'
import type { Field } from './schema/field.js'
import { likelyName, valueText } from './schema/sentences.js'
import { systemFields } from './schema/system.js'
import { experimentFields, userFields } from './schema/user.js'

type Values = Record<string, unknown>

/**
 * Put `values` (by `key`, `userParams.key` or `experiment.key`; text is parsed) over the draft.
 * Relative paths count from `cwd`. `undefined` is skipped. Each one adds a note.
 */
export function applyOverrides(draft: Draft, values: Values, source: ValueSource, cwd: string): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    const { part, name, field, full } = locate(draft, key, source)
    const parsed = parse(value, field, full, source)
    part[name] = field.path === true ? absolute(parsed, cwd) : parsed
    draft.sources[full] = source
    draft.notes.push(
      `Override config file parameter ${full.replace(/^systemParams\./, '')} with value ${valueText(parsed)} (${source})`,
    )
  }
}

/** `PARCORANA_NUM_WORKERS=4` is `{ numWorkers: '4' }`; variables with other names are left alone. */
export function overridesOfEnvironment(env: Readonly<Record<string, string | undefined>>): Values {
  const found: Values = {}
  for (const [key, field] of Object.entries(systemFields)) {
    const value = env[environmentName(key)]
    if (value !== undefined && field.text !== undefined) found[key] = value
  }
  return found
}

/** `numWorkers` is `PARCORANA_NUM_WORKERS`. */
export function environmentName(key: string): string {
  return `PARCORANA_${key.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}`
}

function locate(
  draft: Draft,
  key: string,
  source: ValueSource,
): { part: Values; name: string; field: Field; full: string } {
  const [, prefix, name = ''] = /^(?:(systemParams|userParams|experiment)\.)?(.+)$/.exec(key) ?? []
  const [part, fields] =
    prefix === 'userParams'
      ? [draft.user, userFields]
      : prefix === 'experiment'
        ? [draft.experiment, experimentFields]
        : [draft.system, systemFields]
  const full = `${prefix ?? 'systemParams'}.${name}`
  const field = (fields as Readonly<Record<string, Field>>)[name]
  if (field !== undefined) return { part, name, field, full }
  const near = likelyName(name, Object.keys(fields))
  throw new ConfigError(`unknown key ${full} from the ${source}${near === null ? '' : `; did you mean ${near}?`}`, {
    key,
  })
}

function parse(value: unknown, field: Field, key: string, source: ValueSource): unknown {
  if (typeof value !== 'string') return value
  switch (field.text) {
    case 'number':
      return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
    case 'boolean':
      return parseBoolean(value, key, source)
    case 'list':
      return value.split(',').map((part) => part.trim())
    default:
      return value
  }
}

function parseBoolean(value: string, key: string, source: ValueSource): boolean {
  const lower = value.toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(lower)) return true
  if (['false', '0', 'no', 'off'].includes(lower)) return false
  throw new ConfigError(`${key} is ${valueText(value)} (${source}), but must be true or false`, { key })
}

function absolute(value: unknown, cwd: string): unknown {
  return typeof value === 'string' && value !== '' && !isAbsolute(value) ? resolve(cwd, value) : value
}
