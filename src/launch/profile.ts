// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Settings of a site: defaults for the options of `parcorana trigger`, by name or from a JSON file. */
import { existsSync, readFileSync } from 'node:fs'
import { ConfigError, messageOf } from '../errors.js'

const profiles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'desy-online': { root: '/gpfs', method: 'slurm-ssh' },
}

/** Options by their long names (`job-name`, `strict-host-keys`). `known`: the names that are allowed. Throws ConfigError. */
export function readProfile(name: string, known: readonly string[]): Record<string, string | boolean> {
  const own = profiles[name]
  if (own !== undefined) return { ...own }
  if (!existsSync(name)) {
    const names = Object.keys(profiles).join(', ')
    throw new ConfigError(`no profile '${name}'; known are ${names}, or give the path of a JSON file`, { name })
  }
  const values = parse(name)
  for (const [key, value] of Object.entries(values)) {
    if (!known.includes(key)) {
      throw new ConfigError(`the profile ${name} says '${key}'; known keys are ${known.join(', ')}`, { key })
    }
    if (typeof value !== 'string' && typeof value !== 'boolean') {
      throw new ConfigError(`'${key}' of the profile ${name} is ${JSON.stringify(value)}; give a text or true`, { key })
    }
  }
  return values as Record<string, string | boolean>
}

function parse(path: string): Record<string, unknown> {
  try {
    const values: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof values === 'object' && values !== null && !Array.isArray(values))
      return values as Record<string, unknown>
  } catch (error) {
    throw new ConfigError(`the profile ${path} is no valid JSON: ${messageOf(error)}`, { path }, { cause: error })
  }
  throw new ConfigError(`the profile ${path} holds no JSON object; give option names with their values`, { path })
}
