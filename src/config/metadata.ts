// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The JSON file with experiment values. */
import { existsSync, readFileSync } from 'node:fs'
import { ConfigError, messageOf } from '../errors.js'
import { isRecord } from './keyKinds.js'
import { checkValue } from './schema/check.js'
import { experimentFields } from './schema/user.js'

type Values = Readonly<Record<string, unknown>>

/** The experiment values in the file; its further keys are left alone. Throws ConfigError: missing, no JSON, a wrong value. */
export function readMetadata(path: string): Values {
  if (!existsSync(path))
    throw new ConfigError(`systemParams.metadataFile ${path} does not exist; check the path`, { path })
  let values: unknown
  try {
    values = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new ConfigError(
      `systemParams.metadataFile ${path} is not valid JSON: ${messageOf(cause)}`,
      { path },
      { cause },
    )
  }
  if (!isRecord(values)) {
    throw new ConfigError(`systemParams.metadataFile ${path} must hold an object of experiment values`, { path })
  }
  for (const [key, field] of Object.entries(experimentFields)) {
    if (values[key] !== undefined) checkValue(values[key], field, `${path}: ${key}`)
  }
  return Object.fromEntries(Object.entries(values).filter(([key]) => key in experimentFields))
}
