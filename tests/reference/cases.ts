// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Reference cases of ParCorAna: the input, its parameters as our configuration, and what the original published. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ParcoranaConfig, SystemParams } from '../../src/config/types.js'
import { readNpy } from '../../src/io/npy.js'

export interface CaseParams {
  readonly times: number
  /** The original publishes after `update` + 1 events. */
  readonly update: number
  readonly delays: readonly number[]
  readonly saturatedValue: number
  readonly notzero: number
  readonly numServers: number
  readonly serversRoundRobin: boolean
  readonly userClasses: readonly string[]
  readonly quirk?: string
}

export interface ReferenceCase {
  readonly name: string
  readonly folder: string
  readonly params: CaseParams
}

/** What the original published at one update. */
export interface ReferenceUpdate {
  readonly group: string
  readonly counts: readonly number[]
  /** Sums [D x frame] as gathered. */
  readonly sums: Readonly<Record<'G2' | 'IP' | 'IF', Float64Array>>
  readonly saturated: readonly number[]
  readonly colors: readonly number[]
  readonly elementsOf: Readonly<Record<string, number>>
  /** [C x D]. */
  readonly curves: Float64Array
}

/** Every folder with a params.json: a new case is a new test. */
export function referenceCases(folder: string): ReferenceCase[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'params.json')))
    .sort()
    .map((name) => {
      const path = join(folder, name)
      return { name, folder: path, params: JSON.parse(readFileSync(join(path, 'params.json'), 'utf8')) as CaseParams }
    })
}

/** The case as a user would write it; `settings` overrides keys of systemParams. */
export function caseConfig(
  { folder, params }: ReferenceCase,
  userClass: string,
  settings: Partial<SystemParams>,
): ParcoranaConfig {
  const file = (name: string): string => join(folder, name)
  const has = (name: string): boolean => existsSync(file(name))
  return {
    systemParams: {
      dataset: {
        format: 'npy',
        path: file('input.npy'),
        counters: file('times.npy'),
        ...(has('streams.npy') ? { streams: file('streams.npy') } : {}),
        ...(has('ipm.npy') ? { vars: { ipm: file('ipm.npy') } } : {}),
      },
      ...(has('ipm.npy') ? { filters: [{ var: 'ipm', min: 0.05 }] } : {}),
      maskNdarrayCoords: file('mask.npy'),
      numServers: params.numServers,
      serversRoundRobin: params.serversRoundRobin,
      times: params.times,
      update: params.update > 0 ? params.update + 1 : 0,
      delays: params.delays,
      userClass,
      h5arrays: 'every',
      overwrite: true,
      verbosity: 'ERROR',
      ...settings,
    },
    userParams: {
      colorNdarrayCoords: file('color.npy'),
      colorFineNdarrayCoords: file('finecolor.npy'),
      saturatedValue: params.saturatedValue,
      notzero: params.notzero,
      errors: 'elements',
    },
  }
}

/** In the order of time; empty where the original gave up. */
export function referenceUpdates({ folder }: ReferenceCase, userClass: string): ReferenceUpdate[] {
  const expected = join(folder, 'expected', userClass)
  const names = readdirSync(expected).filter((name) => /^update\d+$/.test(name))
  return names.sort((a, b) => Number(a.slice(6)) - Number(b.slice(6))).map((name) => readUpdate(join(expected, name)))
}

function readUpdate(folder: string): ReferenceUpdate {
  const numbers = (name: string): number[] => Array.from(readNpy(join(folder, `${name}.npy`)).data)
  const doubles = (name: string): Float64Array => Float64Array.from(readNpy(join(folder, `${name}.npy`)).data)
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'))
  return {
    group: meta.group,
    counts: numbers('counts'),
    sums: { G2: doubles('G2'), IP: doubles('IP'), IF: doubles('IF') },
    saturated: numbers('saturated'),
    colors: numbers('colors'),
    elementsOf: meta.color2total,
    curves: doubles('delay_curves'),
  }
}

/** Counters that the original's first worker stored, in the order of their acceptance. */
export function acceptedCounters({ folder }: ReferenceCase, userClass: string): number[] {
  return JSON.parse(readFileSync(join(folder, 'expected', userClass, 'workerdata.json'), 'utf8')).accepted
}

/** False where the stored result carries a known defect of the original: then the oracle alone decides. */
export function isTrusted({ params: { quirk } }: ReferenceCase, userClass: string): boolean {
  if (quirk === undefined || quirk.includes('workers=1')) return true
  return quirk.startsWith('G2atEnd') && userClass !== 'G2atEnd'
}
