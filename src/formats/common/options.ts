// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Reading a format's own keys out of a dataset, with one sentence for a wrong one. Lists may come as text, `256,256`. */
import { ConfigError } from '../../errors.js'
import type { DatasetSpec } from '../format.js'

/** Throws ConfigError that names the first key of `dataset` which is not in `known`. */
export function requireKnownKeys(dataset: DatasetSpec, known: readonly string[]): void {
  const unknown = Object.keys(dataset).find((key) => key !== 'format' && key !== 'path' && !known.includes(key))
  if (unknown === undefined) return
  throw new ConfigError(
    `dataset.${unknown} is unknown to format '${dataset.format}': it knows path, ${known.join(', ')}`,
    { key: `dataset.${unknown}` },
  )
}

/** A number within `min..max`, `otherwise` when absent. */
export function numberOption(
  dataset: DatasetSpec,
  key: string,
  otherwise: number,
  min: number,
  max = Number.POSITIVE_INFINITY,
): number {
  const value = dataset[key] ?? otherwise
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw wrong(key, value, `a number from ${min}${max === Number.POSITIVE_INFINITY ? ' on' : ` to ${max}`}`)
}

/** A whole number within `min..max`, `otherwise` when absent. */
export function integerOption(
  dataset: DatasetSpec,
  key: string,
  otherwise: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = numberOption(dataset, key, otherwise, min, max)
  if (Number.isInteger(value)) return value
  throw wrong(key, value, 'a whole number')
}

/** A list of finite numbers, also as one number or as text with commas; `otherwise` when absent. */
export function numbersOption(dataset: DatasetSpec, key: string, otherwise: readonly number[]): number[] {
  const value = dataset[key] ?? otherwise
  const list = typeof value === 'string' ? value.split(',').map(Number) : [value].flat()
  if (list.length > 0 && list.every((item) => typeof item === 'number' && Number.isFinite(item)))
    return list as number[]
  throw wrong(key, value, 'a list of numbers')
}

/** Text, or null when absent. */
export function textOption(dataset: DatasetSpec, key: string): string | null {
  const value = dataset[key] ?? null
  if (value === null || typeof value === 'string') return value
  throw wrong(key, value, 'text')
}

/** True or false, `otherwise` when absent. */
export function flagOption(dataset: DatasetSpec, key: string, otherwise: boolean): boolean {
  const value = dataset[key] ?? otherwise
  if (typeof value === 'boolean') return value
  throw wrong(key, value, 'true or false')
}

/** A number, or null when absent. */
export function optionalNumber(dataset: DatasetSpec, key: string): number | null {
  const value = dataset[key] ?? null
  if (value === null || (typeof value === 'number' && !Number.isNaN(value))) return value
  throw wrong(key, value, 'a number')
}

function wrong(key: string, value: unknown, wanted: string): ConfigError {
  return new ConfigError(`dataset.${key} is ${JSON.stringify(value)}, but must be ${wanted}`, {
    key: `dataset.${key}`,
    value,
  })
}
