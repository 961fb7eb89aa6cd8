// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `/system` (what a result depends on; equal on equal runs) and `/run` (everything else). */
import { createRequire } from 'node:module'
import { sizeOf } from '../units.js'
import type { ResultGroup } from '../correlators/resultGroup.js'
import type { Accounting } from '../roles/messages.js'
import type { AnalysisFacts, RunFacts, RunSummary, UpdateFacts } from '../roles/publisher.js'

interface Package {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** Settings that decide how a run works, not what it computes: they go under /run. */
const runKeys = new Set([
  'numWorkers',
  'numServers',
  'serverHosts',
  'transport',
  'blockSize',
  'overwrite',
  'verbosity',
  'h5output',
  'testH5output',
])

const labelKeys = { colorNdarrayCoords: 'color', colorFineNdarrayCoords: 'fine' } as const

export function writeSystem(system: ResultGroup, facts: RunFacts): void {
  const { version } = ownPackage()
  system.dataset('program', 'parcorana')
  system.dataset('version', version)
  system.dataset('detector_shape', BigInt64Array.from(facts.detectorShape, BigInt))
  system.dataset('events_planned', BigInt(facts.eventsPlanned))
  writeParams(system.group('system_params'), withoutRunKeys(facts.systemParams))
  system.dataset('system_params/maskNdarrayCoords', detectorArray(facts, null), { shape: facts.detectorShape })
  writeParams(system.group('user_params'), withoutArrays(facts.userParams))
  for (const analysis of facts.analyses) writeAnalysis(system, facts, analysis)
  writeExperiment(system.group('experiment'), facts)
}

function writeAnalysis(system: ResultGroup, facts: RunFacts, analysis: AnalysisFacts): void {
  const single = analysis.name === ''
  const group = single ? system : system.group(`analyses/${analysis.name}`)
  const params = single ? system.group('user_params') : group
  group.dataset('user_class', analysis.className)
  group.dataset('normalization', analysis.normalization)
  group.dataset('delays', numbers([...analysis.delays]), { attributes: { units: 'ticks' } })
  for (const [key, labels] of Object.entries(labelKeys)) {
    params.dataset(key, detectorArray(facts, analysis[labels]), {
      shape: facts.detectorShape,
      attributes: { long_name: '0 = not used' },
    })
  }
}

/** The mask (null) as int8, or labels per element as int32, in detector shape. */
function detectorArray(facts: RunFacts, labels: Int32Array | null): Int8Array | Int32Array {
  const pixels = sizeOf(facts.detectorShape)
  const array = labels === null ? new Int8Array(pixels) : new Int32Array(pixels)
  facts.elements.forEach((pixel, i) => {
    array[pixel] = labels === null ? 1 : labels[i]!
  })
  return array
}

function writeExperiment(group: ResultGroup, facts: RunFacts): void {
  const { values, sources } = facts.experiment
  for (const [key, value] of Object.entries(values)) {
    writeParam(group, key, value)
    group.group('source').dataset(key, sources[key] ?? 'unknown')
  }
}

/** `/run`: facts of this one execution, its versions and, at the end, what it took. */
export function writeRun(run: ResultGroup, facts: RunFacts, output: string, summary: RunSummary | null): void {
  run.attributes({ long_name: 'facts of this execution; equal runs may differ here and nowhere else' })
  writeParams(run, facts.run)
  const moved = Object.entries(facts.systemParams).filter(([key]) => isRunKey(key))
  writeParams(run.group('system_params'), Object.fromEntries(moved))
  run.dataset('output', output)
  run.dataset('written', new Date().toISOString())
  run.dataset('node_version', process.version)
  run.dataset('h5wasm_version', ownPackage().dependencies.h5wasm ?? 'unknown')
  if (summary === null) return
  run.dataset('seconds', summary.seconds, { attributes: { units: 's' } })
  run.dataset('element_events_per_second', summary.elementEventsPerSecond, { attributes: { units: '1/s' } })
  for (const [role, timings] of Object.entries(summary.timings)) {
    const group = run.group(`timings/${safeName(role)}`)
    group.dataset(
      'name',
      timings.map((timing) => timing.name),
    )
    group.dataset(
      'milliseconds',
      Float64Array.from(timings, (timing) => timing.milliseconds),
      { attributes: { units: 'ms' } },
    )
    group.dataset(
      'calls',
      BigInt64Array.from(timings, (timing) => BigInt(timing.calls)),
    )
  }
}

/** What became of every event: `read = correlated + late + duplicate + sum(filtered)`. */
export function writeAccounting(group: ResultGroup, accounting: Accounting, complete: boolean): void {
  group.attributes({ rule: 'read = correlated + late + duplicate + sum(filtered); lost events were never read' })
  for (const key of ['read', 'correlated', 'late', 'duplicate', 'lost'] as const) {
    group.dataset(key, BigInt(accounting[key]), { attributes: { units: 'events' } })
  }
  const filtered = group.group('filtered')
  for (const [name, events] of Object.entries(accounting.filtered)) {
    filtered.dataset(safeName(name), BigInt(events), { attributes: { units: 'events', filter: name } })
  }
  group.dataset('complete', Uint8Array.of(complete ? 1 : 0), {
    shape: [],
    attributes: { long_name: '1 = every planned event took part' },
  })
}

/** Identity of an update, as attributes of its group. */
export function writeUpdateFacts(group: ResultGroup, update: UpdateFacts): void {
  group.attributes({ update: update.number, final: update.final ? 1 : 0, complete: update.complete ? 1 : 0 })
  const last = update.lastEvent
  if (last === null) return
  group.attributes({
    last_sec: last.sec,
    last_nsec: last.nsec,
    last_fiducials: last.fiducials,
    last_counter: last.counter,
  })
}

function writeParams(group: ResultGroup, params: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(params)) writeParam(group, safeName(key), value)
}

/** Numbers, texts, booleans (0/1), flat lists of numbers or texts as such; null as 'None'; the rest as JSON text. */
function writeParam(group: ResultGroup, name: string, value: unknown): void {
  if (typeof value === 'number') group.dataset(name, Number.isSafeInteger(value) ? BigInt(value) : value)
  else if (typeof value === 'boolean') group.dataset(name, Uint8Array.of(value ? 1 : 0), { shape: [] })
  else if (typeof value === 'string' || typeof value === 'bigint') group.dataset(name, value)
  else if (value === null || value === undefined) group.dataset(name, 'None')
  else if (Array.isArray(value) && value.every((item) => typeof item === 'number')) group.dataset(name, numbers(value))
  else if (Array.isArray(value) && value.every((item) => typeof item === 'string')) group.dataset(name, value)
  else group.dataset(name, JSON.stringify(value))
}

function numbers(values: readonly number[]): BigInt64Array | Float64Array {
  const integers = values.length > 0 && values.every((value) => Number.isSafeInteger(value))
  return integers ? BigInt64Array.from(values, (value) => BigInt(value)) : Float64Array.from(values)
}

function isRunKey(key: string): boolean {
  return runKeys.has(key) || key.endsWith('NdarrayCoords')
}

function withoutRunKeys(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([key]) => !isRunKey(key)))
}

function withoutArrays(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([key]) => !(key in labelKeys)))
}

/** A name without the separator of HDF5 paths. */
export function safeName(name: string): string {
  return name.replaceAll('/', '_') || '_'
}

let cached: Package | null = null

function ownPackage(): Package {
  cached ??= createRequire(import.meta.url)('parcorana/package.json') as Package
  return cached
}
