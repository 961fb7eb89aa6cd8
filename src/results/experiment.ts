// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Experiment facts as the result file needs them: a number where one is known, else a marked placeholder. */
import type { Attributes } from '../correlators/resultGroup.js'
import type { ExperimentFacts } from '../roles/publisher.js'

export interface Known<T> {
  readonly value: T
  /** Units, source and, where the value is not known, `placeholder = 1`. */
  readonly attributes: Attributes
}

const placeholderNote = 'not known: a placeholder so that viewers open the file'

/** The number under `key` times `scale`, or `instead` marked as a placeholder. */
export function numberOf(facts: ExperimentFacts, key: string, instead: number, units: string): Known<number> {
  const value = facts.values[key]
  if (typeof value !== 'number') return placeholder(instead, { units })
  return { value, attributes: { units, source: facts.sources[key] ?? 'unknown' } }
}

/** Seconds in one tick of the delays: longer than a frame where `stride` or `average` say so. */
export function delayTick(facts: ExperimentFacts): Known<number> {
  return numberOf(facts, typeof facts.values.eventSeconds === 'number' ? 'eventSeconds' : 'tickSeconds', 1, 's')
}

export function textOf(facts: ExperimentFacts, key: string, instead: string): Known<string> {
  const value = facts.values[key]
  if (typeof value !== 'string') return placeholder(instead, {})
  return { value, attributes: { source: facts.sources[key] ?? 'unknown' } }
}

/** Row and column of the direct beam in pixels. */
export function beamCenter(facts: ExperimentFacts): { row: Known<number>; column: Known<number> } {
  const value = facts.values.beamCenterPx
  const units = 'pixel'
  if (!Array.isArray(value)) return { row: placeholder(0, { units }), column: placeholder(0, { units }) }
  const attributes = { units, source: facts.sources.beamCenterPx ?? 'unknown' }
  return { row: { value: Number(value[0]), attributes }, column: { value: Number(value[1]), attributes } }
}

/**
 * q of each label in 1/Angstrom; the labels themselves, marked, where q is not known.
 * `colorQ` is a list for labels 1, 2, ..., or an object (also as JSON text) by label.
 */
export function qOf(facts: ExperimentFacts, labels: readonly number[]): Known<Float64Array> & { units: string } {
  const table = qTable(facts.values.colorQ)
  const q = Float64Array.from(labels, (label) => table(label))
  if (labels.length > 0 && q.every((value) => Number.isFinite(value))) {
    const units = '1/Angstrom'
    return { value: q, units, attributes: { units, source: facts.sources.colorQ ?? 'unknown', size: q.length } }
  }
  const { attributes } = placeholder(0, { units: 'bin', size: q.length })
  return { value: Float64Array.from(labels), units: 'bin', attributes }
}

function qTable(value: unknown): (label: number) => number {
  if (typeof value === 'string') return qTable(JSON.parse(value))
  if (Array.isArray(value)) return (label) => Number(value[label - 1] ?? Number.NaN)
  const record = (value ?? {}) as Readonly<Record<string, number>>
  return (label) => record[label] ?? Number.NaN
}

function placeholder<T>(value: T, attributes: Attributes): Known<T> {
  return { value, attributes: { ...attributes, placeholder: 1, note: placeholderNote } }
}
