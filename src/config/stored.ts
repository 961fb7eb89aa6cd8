// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A configuration as the result file stores it: what decides the result apart from what may differ between equal runs. */
import { basename } from 'node:path'
import { isPathEntry, isRecord, systemRunKeys, userPathKeys } from './keyKinds.js'
import type { ResolvedConfig } from './resolved.js'

/** Stored in another way, or no key of the user's. */
const unstored = ['experiment', 'dataset', 'calibration', 'h5arraysExplicit']

type Values = Record<string, unknown>

/** Nothing asked for, nothing stored. */
function isUnasked(key: string, value: unknown): boolean {
  if (key === 'timing') return value === null
  if (key !== 'holes') return false
  const { values, missingPanel } = value as ResolvedConfig['systemParams']['holes']
  return values.length === 0 && missingPanel === 'hole'
}

export interface StoredParams {
  /** For `/system`: equal on equal runs. */
  readonly systemParams: Readonly<Values>
  /** For `/system`: of the only analysis, or by name of the analysis. */
  readonly userParams: Readonly<Values>
  /** For `/run`: paths, rank and block settings, verbosity. */
  readonly run: Readonly<Record<string, string | number | readonly string[]>>
}

export function storedParams(config: ResolvedConfig): StoredParams {
  const { systemParams: system, analyses } = config
  const run: Record<string, string | number | readonly string[]> = { config: config.configPath ?? 'none' }
  const systemParams: Values = {}
  for (const [key, value] of Object.entries(system)) {
    if (unstored.includes(key) || isUnasked(key, value)) continue
    if (systemRunKeys.includes(key)) run[key] = plain(value)
    else systemParams[key] = value
  }
  splitDataset(system.dataset, systemParams, run)
  splitCalibration(system.calibration as unknown as Values, systemParams, run)
  const [only] = analyses
  if (only !== undefined && only.name === null) {
    Object.assign(systemParams, { delays: only.delays, userClass: only.className })
    return { systemParams, userParams: splitUser(only.userParams, 'userParams', run), run }
  }
  const named = analyses.map(({ name, userParams }) => [name, splitUser(userParams, `userParams.${name}`, run)])
  return { systemParams, userParams: Object.fromEntries(named), run }
}

/** Settings that make the data what it is belong to the result; where and how it is stored (format, paths) to the run. */
function splitDataset(
  dataset: Readonly<Values>,
  system: Values,
  run: Record<string, string | number | readonly string[]>,
): void {
  const settings: Values = {}
  const format = String(dataset.format)
  for (const [name, value] of Object.entries(dataset)) {
    if (name === 'format' || (name === 'dataset' && format === 'hdf5')) run[`dataset.${name}`] = basename(String(value))
    else if (name === 'vars' && isRecord(value)) {
      settings.vars = Object.keys(value)
      run['dataset.vars'] = JSON.stringify(value)
    } else if (isPathEntry(format, name, value)) run[`dataset.${name}`] = value
    else if (value !== '') settings[name] = value
  }
  system.dataset = settings
}

/** What is asked for belongs to the result, where the maps are stored to the run; nothing asked for, nothing stored. */
function splitCalibration(
  calibration: Readonly<Values>,
  system: Values,
  run: Record<string, string | number | readonly string[]>,
): void {
  const given = Object.entries(calibration).filter(([, value]) => value !== null && value !== 'none')
  for (const [key, value] of given) if (isMapPath(key, value)) run[`calibration.${key}`] = String(value)
  const settings = given.map(([key, value]) => [key, isMapPath(key, value) ? 'file' : value])
  if (settings.length > 0) system.calibration = Object.fromEntries(settings)
}

function isMapPath(key: string, value: unknown): boolean {
  return typeof value === 'string' && key !== 'commonMode' && key !== 'photonize'
}

function splitUser(
  params: Readonly<Values>,
  where: string,
  run: Record<string, string | number | readonly string[]>,
): Values {
  const kept: Values = {}
  for (const [key, value] of Object.entries(params)) {
    if (userPathKeys.includes(key)) run[`${where}.${key}`] = plain(value)
    else kept[key] = ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value
  }
  return kept
}

function plain(value: unknown): string | number | readonly string[] {
  if (typeof value === 'number' || typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  return value === null || value === undefined ? 'None' : String(value)
}
