// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** From what a config file says to a `ResolvedConfig`: translate, override, check, fill in, make paths absolute. */
import { ConfigError } from '../errors.js'
import { resolveAnalyses } from './analyses.js'
import type { Draft } from './draft.js'
import { resolveCalibration } from './calibration.js'
import { resolveDataset } from './dataset.js'
import { resolveQuality } from './quality.js'
import { readMetadata } from './metadata.js'
import type { LoadedConfig, LoadOptions, Place } from './options.js'
import { parseRanges } from './helpers/ranges.js'
import { applyOverrides, overridesOfEnvironment } from './overrides.js'
import { pathsOf } from './paths.js'
import type { HolesSpec } from '../roles/holes/sentinels.js'
import type { ExperimentValues, Filter, ResolvedConfig, ResolvedSystemParams, ValueSource } from './resolved.js'
import { checkKnown, checkValues } from './schema/check.js'
import { checkDelays } from './schema/delays.js'
import { translateSystem, translateUser } from './schema/legacy.js'
import { valueText } from './schema/sentences.js'
import { holesFields } from './schema/holes.js'
import { systemFields } from './schema/system.js'
import { resolveTiming } from './timing.js'
import { experimentFields, userFields } from './schema/user.js'

type Values = Record<string, unknown>

export async function assemble(raw: unknown, place: Place, options: LoadOptions): Promise<LoadedConfig> {
  const cwd = options.cwd ?? process.cwd()
  const { system, user, analyses, notes } = halves(raw, place.configPath)
  const draft: Draft = {
    system,
    user,
    experiment: recordOf(system.experiment, 'systemParams.experiment'),
    sources: {},
    notes,
  }
  markConfig(draft)
  applyOverrides(draft, overridesOfEnvironment(options.env ?? {}), 'environment', cwd)
  applyOverrides(draft, { ...options.overrides }, 'command line', cwd)
  limitTimes(draft)
  const base = (key: string): string => (fromOutside(draft.sources[key]) ? cwd : place.baseDir)
  const values = checkSystem(draft)
  checkEnd(values)
  const engine = await systemParams(draft, values, base)
  const resolved: ResolvedConfig = {
    ...place,
    systemParams: engine,
    metadata: engine.metadataFile === null ? {} : readMetadata(engine.metadataFile),
    analyses: await resolveAnalyses({ draft, values, analyses, place, base, classes: options.classes }),
    sources: { ...draft.sources },
  }
  return { resolved, notes }
}

function halves(
  raw: unknown,
  configPath: string | null,
): { system: Values; user: Values; analyses: unknown; notes: string[] } {
  const root = recordOf(raw, configPath === null ? 'the configuration' : `the default export of ${configPath}`)
  const notes: string[] = []
  const names = ['systemParams', 'userParams', 'analyses']
  checkKnown(root, [...names, 'system_params', 'user_params'], 'config')
  const half = (name: string, old: string): Values => {
    if (root[old] !== undefined && root[name] !== undefined) {
      throw new ConfigError(`${old} and ${name} mean the same; keep ${name}`, { key: old })
    }
    if (root[old] !== undefined) notes.push(`${old} is taken as ${name}`)
    return recordOf(root[name] ?? root[old], name)
  }
  const system = translateSystem(half('systemParams', 'system_params'), notes)
  const { values: user, filters } = translateUser(half('userParams', 'user_params'), notes)
  if (filters.length > 0) system.filters = [...(Array.isArray(system.filters) ? system.filters : []), ...filters]
  return { system, user, analyses: root.analyses, notes }
}

function markConfig({ system, user, experiment, sources }: Draft): void {
  for (const key of Object.keys(system)) if (system[key] !== undefined) sources[`systemParams.${key}`] = 'config'
  for (const key of Object.keys(user)) if (user[key] !== undefined) sources[`userParams.${key}`] = 'config'
  for (const key of Object.keys(experiment)) if (experiment[key] != null) sources[`experiment.${key}`] = 'config'
}

/** `--numevents N` below `times` needs no larger buffer than N. */
function limitTimes({ system, sources, notes }: Draft): void {
  const { numEvents } = system
  const times = system.times ?? systemFields.times.default
  if (sources['systemParams.numEvents'] !== 'command line' || typeof numEvents !== 'number' || numEvents <= 0) return
  if (sources['systemParams.times'] === 'command line' || typeof times !== 'number' || times <= numEvents) return
  system.times = numEvents
  notes.push(`systemParams.times is lowered from ${times} to ${numEvents}, the number of events`)
}

function checkSystem({ system, experiment }: Draft): Values {
  const names = Object.keys(systemFields)
  checkKnown(system, names, 'systemParams', {
    userParams: Object.keys(userFields),
    experiment: Object.keys(experimentFields),
  })
  if (system.delays !== undefined) system.delays = checkDelays(system.delays, 'systemParams.delays')
  checkKnown(experiment, Object.keys(experimentFields), 'experiment')
  return checkValues(system, systemFields, 'systemParams')
}

function checkEnd({ begin, end }: Values): void {
  if (typeof end !== 'number' || end < 1 || end > (begin as number)) return
  throw new ConfigError(
    `systemParams.end is ${end}, which is not above systemParams.begin ${begin}, so no frame is left; use -1 for the last frame`,
    { key: 'systemParams.end' },
  )
}

async function systemParams(
  draft: Draft,
  values: Values,
  base: (key: string) => string,
): Promise<ResolvedSystemParams> {
  const {
    delays: _delays,
    userClass: _class,

    ...engine
  } = pathsOf(values, systemFields, (key) => base(`systemParams.${key}`))
  return {
    ...(engine as unknown as ResolvedSystemParams),
    dataset: await resolveDataset(values.dataset, base('systemParams.dataset')),
    calibration: resolveCalibration(values.calibration, base('systemParams.calibration')),
    quality: resolveQuality(values.quality),
    timing: resolveTiming(values.timing),
    holes: resolveHoles(values.holes),
    filters: filters(values.filters as readonly Partial<Filter>[]),
    badEvents: parseRanges(values.badEvents as string | readonly number[] | null, 'systemParams.badEvents'),
    serverHosts: distinctHosts(values.serverHosts as readonly string[] | null),
    h5arraysExplicit: draft.sources['systemParams.h5arrays'] !== undefined,
    numEvents: (values.numEvents as number | null) ?? 0,
    testNumEvents: (values.testNumEvents as number | null) ?? 0,
    experiment: experimentValues(draft.experiment),
  }
}

function resolveHoles(given: unknown): HolesSpec {
  const key = 'systemParams.holes'
  checkKnown(given as Values, Object.keys(holesFields), key)
  return checkValues(given as Values, holesFields, key) as unknown as HolesSpec
}

function filters(given: readonly Partial<Filter>[]): Filter[] {
  return given.map(({ var: name = '', min = null, max = null }, i) => {
    const key = `systemParams.filters[${i}]`
    if (min === null && max === null)
      throw new ConfigError(`${key} ('${name}') has neither min nor max; give at least one`, { key })
    if (min !== null && max !== null && min > max) {
      throw new ConfigError(`${key} ('${name}') has min ${min} above max ${max}, so no event could pass`, { key })
    }
    return { var: name, min, max }
  })
}

function distinctHosts(hosts: readonly string[] | null): readonly string[] | null {
  const twice = hosts?.find((host, i) => hosts.indexOf(host) !== i)
  if (twice !== undefined) throw new ConfigError(`systemParams.serverHosts names '${twice}' twice; leave one out`)
  return hosts
}

function experimentValues(given: Values): ExperimentValues {
  const values = checkValues(given, experimentFields, 'experiment')
  const { colorQ } = values
  return {
    ...values,
    colorQ: Array.isArray(colorQ) ? Object.fromEntries(colorQ.map((q, i) => [i + 1, q])) : colorQ,
  } as unknown as ExperimentValues
}

function fromOutside(source: ValueSource | undefined): boolean {
  return source === 'command line' || source === 'environment'
}

function recordOf(value: unknown, key: string): Values {
  if (value === undefined) return {}
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...(value as Values) }
  throw new ConfigError(`${key} is ${valueText(value)}, but must be an object of keys`, { key })
}
