// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Experiment values from command line, config, metadata file and raw file, in this order, each with its source. */
import { existsSync, readFileSync } from 'node:fs'
import { ConfigError, messageOf } from '../errors.js'
import type { SourceMetadata } from '../formats/format.js'
import type { ExperimentFacts } from '../roles/publisher.js'
import type { ResolvedConfig } from './resolved.js'
import { checkValue } from './schema/check.js'
import { experimentFields } from './schema/user.js'

type Values = Readonly<Record<string, unknown>>
type FactSource = ExperimentFacts['sources'][string]
type FactValue = ExperimentFacts['values'][string]

/**
 * `raw` is what the detector file says. Values that nobody gives are null with source 'unknown'.
 * Throws ConfigError when the metadata file is missing, no JSON, or holds a wrong value; its further keys are left alone.
 */
export function experimentFacts(config: ResolvedConfig, raw: SourceMetadata): ExperimentFacts {
  const { experiment, metadataFile } = config.systemParams
  const metadata = metadataFile === null ? {} : readMetadata(metadataFile)
  const values: Record<string, FactValue> = {}
  const sources: Record<string, FactSource> = {}
  for (const key of new Set([...Object.keys(experimentFields), ...Object.keys(raw)])) {
    const [value, source] = firstKnown(key, [
      [experiment as unknown as Values, sourceOf(config, key)],
      [metadata, 'metadata'],
      [raw as Values, 'raw file'],
    ])
    values[key] = factValue(value)
    sources[key] = source
  }
  return { values, sources }
}

function firstKnown(key: string, places: readonly [Values, FactSource][]): [unknown, FactSource] {
  for (const [values, source] of places) {
    const value = values[key]
    if (value !== undefined && value !== null) return [value, source]
  }
  return [null, 'unknown']
}

function sourceOf(config: ResolvedConfig, key: string): FactSource {
  return config.sources[`experiment.${key}`] === 'config' ? 'config' : 'command line'
}

/** Numbers, texts and lists as they are; objects (colorQ) as JSON text. */
function factValue(value: unknown): FactValue {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value
  return Array.isArray(value) ? (value as readonly number[]) : JSON.stringify(value)
}

function readMetadata(path: string): Values {
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
  if (values === null || typeof values !== 'object') {
    throw new ConfigError(`systemParams.metadataFile ${path} must hold an object of experiment values`, { path })
  }
  for (const [key, field] of Object.entries(experimentFields)) {
    const value = (values as Values)[key]
    if (value !== undefined) checkValue(value, field, `${path}: ${key}`)
  }
  return values as Values
}
