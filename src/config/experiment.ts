// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Experiment values from command line, config, metadata file and raw file, in this order, each with its source. */
import type { SourceMetadata } from '../formats/format.js'
import type { ExperimentFacts } from '../roles/publisher.js'
import { experimentKeys } from './keyKinds.js'
import type { ResolvedConfig } from './resolved.js'

type Values = Readonly<Record<string, unknown>>
type FactSource = ExperimentFacts['sources'][string]
type FactValue = ExperimentFacts['values'][string]

/**
 * `raw` is what the detector file says. Values that nobody gives are null with source 'unknown'. `eventSeconds`, the length of a tick of
 * the delays, is there only where `stride` and `average` make it another than `tickSeconds`.
 */
export function experimentFacts(config: ResolvedConfig, raw: SourceMetadata): ExperimentFacts {
  const { experiment } = config.systemParams
  const values: Record<string, FactValue> = {}
  const sources: Record<string, FactSource> = {}
  for (const key of new Set([...experimentKeys, ...Object.keys(raw)])) {
    const [value, source] = firstKnown(key, [
      [experiment as unknown as Values, sourceOf(config, key)],
      [config.metadata, 'metadata'],
      [raw as Values, 'raw file'],
    ])
    values[key] = factValue(value)
    sources[key] = source
  }
  const { stride, average } = config.systemParams
  if (stride * average > 1 && typeof values.tickSeconds === 'number') {
    values.eventSeconds = values.tickSeconds * stride * average
    sources.eventSeconds = sources.tickSeconds
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
