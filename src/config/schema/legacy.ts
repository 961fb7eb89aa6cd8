// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** ParCorAna's keys: those that still mean something are translated with a note, the others answered with what replaces them. */
import { ConfigError } from '../../errors.js'
import { valueText } from './sentences.js'

type Values = Record<string, unknown>

const removedSystem: Readonly<Record<string, string>> = {
  src: "the detector is part of systemParams.dataset now, e.g. { format: 'hdf5', path: 'run.h5', dataset: '/entry/data/data' }",
  psanaType: 'the data type is read from the file; remove the key',
  psanaOptions: 'calibrate with systemParams.calibration; remove the key',
  outputArrayType: 'the data type is read from the file; remove the key',
  ndarrayProducerOutKey: 'frames come straight from systemParams.dataset; remove the key',
  ndarrayCalibOutKey: 'frames come straight from systemParams.dataset; calibrate with systemParams.calibration',
  ndarrCalibOutKey: 'frames come straight from systemParams.dataset; calibrate with systemParams.calibration',
}

const plots = "curves are in the result file and on the live page ('parcorana view'); remove the key"
const images = "images of G2 and IF are on the result page ('parcorana view'); remove the key"
const removedUser: Readonly<Record<string, string>> = {
  LLD: 'nothing ever used it; for a threshold use userParams.notzero or your own workerAdjustData()',
  psmon_plot: plots,
  psmon_port: plots,
  plot_colors: plots,
  debug_plot: images,
  iX: images,
  iY: images,
}

/** `systemParams` without ParCorAna's spellings; `notes` receives a sentence per translation. */
export function translateSystem(given: Values, notes: string[]): Values {
  const values = { ...given }
  refuse(values, removedSystem, 'systemParams')
  rename(values, 'testh5output', 'testH5output', notes)
  if ('elementsPerWorker' in values) {
    delete values.elementsPerWorker
    notes.push(
      'systemParams.elementsPerWorker is ignored: the elements are divided evenly among systemParams.numWorkers',
    )
  }
  if (values.workerStoreDtype !== undefined) values.workerStoreDtype = storeName(values.workerStoreDtype)
  if (typeof values.verbosity === 'string') values.verbosity = verbosityName(values.verbosity)
  return values
}

/** `userParams` without ParCorAna's spellings, and the filters that `ipimb_srcs` and `ipimb_threshold_lower` mean. */
export function translateUser(given: Values, notes: string[]): { values: Values; filters: Values[] } {
  const values = { ...given }
  refuse(values, removedUser, 'userParams')
  rename(values, 'color_ndarrayCoords', 'colorNdarrayCoords', notes, 'userParams')
  rename(values, 'finecolor_ndarrayCoords', 'colorFineNdarrayCoords', notes, 'userParams')
  return { values, filters: ipimbFilters(values, notes) }
}

function ipimbFilters(values: Values, notes: string[]): Values[] {
  const { ipimb_srcs: srcs, ipimb_threshold_lower: threshold = 0.05 } = values
  delete values.ipimb_srcs
  delete values.ipimb_threshold_lower
  if (srcs === undefined || srcs === null) return []
  if (!Array.isArray(srcs) || !srcs.every((src) => typeof src === 'string')) {
    throw new ConfigError(`userParams.ipimb_srcs is ${valueText(srcs)}, but must be a list of names of variables`)
  }
  if (typeof threshold !== 'number') {
    throw new ConfigError(`userParams.ipimb_threshold_lower is ${valueText(threshold)}, but must be a number`)
  }
  for (const src of srcs)
    notes.push(`userParams.ipimb_srcs: '${src}' became systemParams.filters { var: '${src}', min: ${threshold} }`)
  return srcs.map((src) => ({ var: src, min: threshold }))
}

function refuse(values: Values, removed: Readonly<Record<string, string>>, where: string): void {
  for (const [key, instead] of Object.entries(removed)) {
    if (key in values)
      throw new ConfigError(`${where}.${key} is a key of ParCorAna that has no meaning here: ${instead}`, { key })
  }
}

function rename(values: Values, from: string, to: string, notes: string[], where = 'systemParams'): void {
  if (!(from in values)) return
  if (to in values)
    throw new ConfigError(`${where}.${from} and ${where}.${to} mean the same; keep ${to}`, { key: from })
  values[to] = values[from]
  delete values[from]
  notes.push(`${where}.${from} is taken as ${where}.${to}`)
}

/** 'np.float32' and 'numpy.float32' mean 'float32'. */
function storeName(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^(np|numpy)\./, '') : value
}

/** Any case, and Python's level names. */
function verbosityName(value: string): string {
  const name = value.toUpperCase()
  const python: Readonly<Record<string, string>> = {
    WARN: 'WARNING',
    CRITICAL: 'ERROR',
    FATAL: 'ERROR',
    NOTSET: 'DEBUG',
  }
  return python[name] ?? name
}
