// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The `dataset` key: an object, or `format:path?key=value`, into a DatasetSpec with absolute paths. */
import { isAbsolute, resolve } from 'node:path'
import { ConfigError } from '../errors.js'
import type { DatasetSpec } from '../formats/format.js'
import { guessFormat, isFormatPath } from '../formats/index.js'
import { isPathEntry, isRecord } from './keyKinds.js'
import { valueText } from './schema/sentences.js'

const key = 'systemParams.dataset'

/** Relative paths are resolved against `baseDir`. Throws ConfigError for psana strings, a missing format or a missing path. */
export async function resolveDataset(value: unknown, baseDir: string): Promise<DatasetSpec> {
  const spec = typeof value === 'string' ? parseText(value) : { ...(value as Record<string, unknown>) }
  const { path = '' } = spec
  if (typeof path !== 'string') throw new ConfigError(`${key}.path is ${valueText(path)}, but must be a path`, { key })
  const format = spec.format ?? (await formatOf(path))
  if (typeof format !== 'string' || format === '') {
    throw new ConfigError(`${key}.format is ${valueText(format)}, but must be the name of a format such as 'npy'`, {
      key,
    })
  }
  if (path === '' && format !== 'synthetic')
    throw new ConfigError(`${key}.path is missing; give the file to read`, { key })
  return absolute({ ...spec, format, path }, baseDir)
}

function parseText(text: string): Record<string, unknown> {
  if (/(^|:)(exp|shmem)=/.test(text)) throw psanaError(text)
  const [, format, rest = ''] = /^(?:([A-Za-z][\w-]+):)?([\s\S]*)$/.exec(text) ?? []
  const question = rest.indexOf('?')
  const spec: Record<string, unknown> = { path: question < 0 ? rest : rest.slice(0, question) }
  if (format !== undefined) spec.format = format
  if (question >= 0) addQuery(spec, new URLSearchParams(rest.slice(question + 1)))
  return spec
}

/** `vars.ipm=ipm.npy` sets one variable; values that read as numbers or true/false become such. */
function addQuery(spec: Record<string, unknown>, query: URLSearchParams): void {
  const vars: Record<string, string> = {}
  for (const [name, value] of query) {
    if (name.startsWith('vars.')) vars[name.slice(5)] = value
    else spec[name] = plain(value)
  }
  if (Object.keys(vars).length > 0) spec.vars = vars
}

function plain(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true'
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
}

async function formatOf(path: string): Promise<string> {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  const format = quick[extension] ?? (await guessFormat(path))
  if (format !== null) return format
  throw new ConfigError(
    `${key} is '${path}', which does not say its format; write { format: 'npy', path: '${path}' } or 'npy:${path}'`,
    { key },
  )
}

/** Endings that need no look at the formats themselves. */
const quick: Readonly<Record<string, string>> = { npy: 'npy', h5: 'hdf5', hdf5: 'hdf5', hdf: 'hdf5', nxs: 'hdf5' }

function psanaError(text: string): ConfigError {
  return new ConfigError(
    `${key} is the psana string '${text}', which cannot be read; convert the run to .npy or HDF5 and write 'hdf5:run.h5' or { format, path, counters, streams, vars }`,
    { key },
  )
}

/** Relative paths against `baseDir`. */
function absolute(spec: DatasetSpec, baseDir: string): DatasetSpec {
  const fix = (name: string, value: unknown): unknown =>
    isPathEntry(spec.format, name, value) && !isAbsolute(value) ? resolve(baseDir, value) : value
  const entries = Object.entries(spec).map(([name, value]) => {
    if (name === 'format') return [name, isFormatPath(spec.format) ? resolve(baseDir, spec.format) : spec.format]
    if (name !== 'vars' || !isRecord(value)) return [name, fix(name, value)]
    return [name, Object.fromEntries(Object.entries(value).map(([key, path]) => [key, fix('vars', path)]))]
  })
  return Object.fromEntries(entries) as DatasetSpec
}
