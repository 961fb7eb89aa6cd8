// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Reading our own result files back: for plots, tables and tests. Files of ParCorAna have the same groups and are read too. */
import type { Group } from 'h5wasm/node'
import type { Curves, NormalizationName } from '../correlators/resultGroup.js'
import { InputError } from '../errors.js'
import { openHdf5, type Hdf5File } from '../io/hdf5.js'
import { lookUp, readAttribute, readDataset, readNumber, readText } from '../io/hdf5Read.js'
import type { ExperimentFacts } from '../roles/publisher.js'

export interface StoredAnalysis {
  /** '' for the only analysis of a run. */
  readonly name: string
  /** Groups of its updates, absolute, by the largest counter. */
  readonly updates: readonly string[]
}

export interface StoredCurves {
  /** Group of the update. */
  readonly path: string
  readonly counts: Float64Array
  readonly curves: Curves
}

export interface StoredResult {
  readonly path: string
  readonly version: string | null
  readonly userClass: string | null
  /** False also for a file still called `.inprogress`. */
  readonly complete: boolean
  /** Numbers of /system/accounting: read, correlated, late, duplicate, lost. Empty in files of ParCorAna. */
  readonly accounting: Readonly<Record<string, number>>
  readonly experiment: ExperimentFacts
  readonly analyses: readonly StoredAnalysis[]
}

const updateGroup = /^G2_results_at_/
const accountingKeys = ['read', 'correlated', 'late', 'duplicate', 'lost']

/** What a result file is about. Throws InputError where it holds no updates. */
export async function readResult(path: string): Promise<StoredResult> {
  const h5 = await openHdf5(path)
  try {
    const analyses = storedAnalyses(h5)
    const accounting = accountingKeys.flatMap((key) => {
      const value = readNumber(h5, `/system/accounting/${key}`)
      return value === null ? [] : [[key, value] as const]
    })
    return {
      path: h5.path,
      version: readText(h5, '/system/version'),
      userClass: readText(h5, '/system/user_class') ?? readText(h5, '/system/system_params/userClass'),
      complete: readNumber(h5, '/system/accounting/complete') === 1,
      accounting: Object.fromEntries(accounting),
      experiment: storedExperiment(h5),
      analyses,
    }
  } finally {
    h5.close()
  }
}

/** Curves of one update; `group` as in `StoredAnalysis.updates`. Throws InputError. */
export async function readCurves(path: string, group: string): Promise<StoredCurves> {
  const h5 = await openHdf5(path)
  try {
    const delays = Float64Array.from(readDataset(h5, `${group}/delays`).data)
    const counts = Float64Array.from(readDataset(h5, `${group}/delay_counts`).data)
    const colors = storedColors(h5, group)
    const g2 = new Float64Array(colors.length * delays.length)
    const error = new Float64Array(g2.length).fill(Number.NaN)
    colors.forEach((color, c) => {
      g2.set(readDataset(h5, `${group}/delay_curve_color_${color}`).data, c * delays.length)
      const errors = `${group}/delay_curve_error_color_${color}`
      if (lookUp(h5, errors) !== null) error.set(readDataset(h5, errors).data, c * delays.length)
    })
    const normalization = (readAttribute(h5, group, 'normalization') ?? 'finecolor') as NormalizationName
    const errorMethod = String(readAttribute(h5, group, 'error_method') ?? 'unknown')
    const elements = storedElements(h5, group, colors)
    return { path: group, counts, curves: { normalization, errorMethod, colors, elements, delays, g2, error } }
  } finally {
    h5.close()
  }
}

/** One per-element array, e.g. `readElements(path, '/user/final', 'G2', 12)`: detector shape, means over pairs. */
export async function readElements(
  path: string,
  group: string,
  name: string,
  delay: number,
): Promise<{ shape: readonly number[]; data: Float64Array }> {
  const h5 = await openHdf5(path)
  try {
    const { shape, data } = readDataset(h5, `${group}/${name}/delay_${String(delay).padStart(6, '0')}`)
    return { shape, data: Float64Array.from(data) }
  } finally {
    h5.close()
  }
}

function storedAnalyses(h5: Hdf5File): StoredAnalysis[] {
  const user = lookUp(h5, '/user')
  const names = user?.type === 'Group' ? (user as Group).keys() : []
  const own = names.filter((name) => updateGroup.test(name))
  if (own.length > 0) return [{ name: '', updates: sorted('/user', own) }]
  const named = names.flatMap((name) => {
    const group = lookUp(h5, `/user/${name}`)
    if (group?.type !== 'Group') return []
    const updates = (group as Group).keys().filter((key) => updateGroup.test(key))
    return updates.length === 0 ? [] : [{ name, updates: sorted(`/user/${name}`, updates) }]
  })
  if (named.length > 0) return named
  throw new InputError(`${h5.path} holds no group /user/G2_results_at_*: give a result file of parcorana`, {
    path: h5.path,
  })
}

function sorted(parent: string, names: readonly string[]): string[] {
  const counter = (name: string) => Number(name.replace(updateGroup, '')) || -1
  return [...names].sort((a, b) => counter(a) - counter(b)).map((name) => `${parent}/${name}`)
}

function storedColors(h5: Hdf5File, group: string): Int32Array {
  const names = (lookUp(h5, group) as Group).keys()
  const colors = names.flatMap((name) => /^delay_curve_color_(\d+)$/.exec(name)?.[1] ?? [])
  return Int32Array.from(colors, Number).sort()
}

function storedElements(h5: Hdf5File, group: string, colors: Int32Array): Int32Array {
  const attrs = lookUp(h5, group)?.attrs ?? {}
  const [labels, elements] = ['colors', 'elements_per_color'].map((name) => numbersOf(attrs[name]?.value))
  return colors.map((color) => elements?.[labels?.indexOf(color) ?? -1] ?? 0)
}

function numbersOf(value: unknown): number[] {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>, Number) : []
}

function storedExperiment(h5: Hdf5File): ExperimentFacts {
  const group = lookUp(h5, '/system/experiment')
  const keys = group?.type === 'Group' ? (group as Group).keys().filter((key) => key !== 'source') : []
  const entries = keys.map((key) => [key, storedValue(h5, `/system/experiment/${key}`)] as const)
  const sources = keys.map((key) => [key, readText(h5, `/system/experiment/source/${key}`) ?? 'unknown'] as const)
  return {
    values: Object.fromEntries(entries),
    sources: Object.fromEntries(sources) as ExperimentFacts['sources'],
  }
}

function storedValue(h5: Hdf5File, name: string): number | string | readonly number[] | null {
  const text = readText(h5, name)
  if (text !== null) return text === 'None' ? null : text
  const { shape, data } = readDataset(h5, name)
  return shape.length === 0 ? (data[0] ?? null) : Array.from(data)
}
