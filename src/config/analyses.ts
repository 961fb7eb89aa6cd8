// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The list of analyses: class, delays and parameters of each; a single `userClass` is a list of one. */
import { basename } from 'node:path'
import { ConfigError } from '../errors.js'
import type { AnalysesInput } from './draft.js'
import type { ClassRef, ResolvedAnalysis } from './resolved.js'
import { checkKnown } from './schema/check.js'
import { checkDelays } from './schema/delays.js'
import { valueText } from './schema/sentences.js'
import { type AnyClass, builtinName, checkedClass, type ClassRegistry, classOf, refOfText } from './userClass.js'
import { resolveUserParams } from './userParams.js'

type Values = Record<string, unknown>

interface Entry {
  readonly name: string | null
  readonly userClass: unknown
  readonly classKey: string
  readonly delays: unknown
  readonly userParams: Values
  readonly key: string
}

/** At least one. Throws ConfigError for names that repeat or cannot be group names, and whatever is wrong in an entry. */
export async function resolveAnalyses(input: AnalysesInput): Promise<ResolvedAnalysis[]> {
  const resolved: ResolvedAnalysis[] = []
  for (const [i, entry] of entriesOf(input).entries()) resolved.push(await resolveOne(entry, i, input))
  return resolved
}

function entriesOf({ analyses, draft, values }: AnalysesInput): Entry[] {
  const { userClass, delays } = values
  if (analyses === undefined) {
    return [
      { name: null, userClass, classKey: 'systemParams.userClass', delays, userParams: draft.user, key: 'userParams' },
    ]
  }
  if (!Array.isArray(analyses) || analyses.length === 0) {
    throw new ConfigError(
      `analyses is ${valueText(analyses)}, but must be a list of { name, userClass, delays, userParams }`,
    )
  }
  const entries = analyses.map((given, i) => entryOf(given, i, { userClass, delays }, draft.user))
  const twice = entries.find(({ name }, i) => entries.findIndex((other) => other.name === name) !== i)
  if (twice !== undefined)
    throw new ConfigError(`analyses holds the name '${twice.name}' twice; every analysis needs its own`)
  return entries
}

function entryOf(given: unknown, i: number, shared: Values, user: Values): Entry {
  const key = `analyses[${i}]`
  if (given === null || typeof given !== 'object')
    throw new ConfigError(`${key} is ${valueText(given)}, but must be an object`)
  const values = given as Values
  checkKnown(values, ['name', 'userClass', 'delays', 'userParams'], key)
  return {
    name: groupName(values.name, key),
    userClass: values.userClass ?? shared.userClass,
    classKey: values.userClass === undefined ? 'systemParams.userClass' : `${key}.userClass`,
    delays: values.delays === undefined ? shared.delays : checkDelays(values.delays, `${key}.delays`),
    userParams: { ...user, ...((values.userParams ?? {}) as Values) },
    key: `${key}.userParams`,
  }
}

function groupName(name: unknown, key: string): string {
  const allowed = typeof name === 'string' && /^[A-Za-z0-9][\w-]*$/.test(name)
  if (allowed && name !== 'final' && !name.startsWith('G2_results')) return name
  throw new ConfigError(
    `${key}.name is ${valueText(name)}, but must be letters, digits, '_' and '-', and neither 'final' nor 'G2_results...': it names a group of the result`,
  )
}

async function resolveOne(entry: Entry, i: number, input: AnalysesInput): Promise<ResolvedAnalysis> {
  const { ref, type } = await findClass(entry, i, input)
  const className = ref.kind === 'builtin' ? ref.name : type.name || nameOfFile(ref)
  return {
    name: entry.name,
    userClass: ref,
    className,
    delays: (type as { ownDelays?: unknown }).ownDelays === true ? [] : (entry.delays as number[]),
    userParams: resolveUserParams(entry.userParams, { type, ref, className, key: entry.key, input }),
  }
}

async function findClass(entry: Entry, i: number, input: AnalysesInput): Promise<{ ref: ClassRef; type: AnyClass }> {
  const { userClass: given, classKey } = entry
  if (typeof given === 'string') {
    const ref = canonical(refOfText(given, input.base(classKey), input.classes), input.classes)
    return { ref, type: await classOf(ref, input.classes) }
  }
  const type = checkedClass(given, classKey, input.classes)
  const name = builtinName(type, input.classes)
  if (name !== null) return { ref: { kind: 'builtin', name }, type }
  const { configPath } = input.place
  if (configPath === null) {
    throw new ConfigError(
      `${classKey} is class ${type.name}, which cannot be sent to other ranks; put it into a file and give its path`,
    )
  }
  return { ref: { kind: 'config', configPath, analysis: i }, type }
}

/** ParCorAna's spelling and ours mean one class and give equal results. */
function canonical(ref: ClassRef, classes: ClassRegistry): ClassRef {
  if (ref.kind !== 'builtin') return ref
  return { kind: 'builtin', name: builtinName(classes.builtin[ref.name], classes) ?? ref.name }
}

function nameOfFile(ref: ClassRef): string {
  const path = ref.kind === 'file' ? ref.path : ref.kind === 'config' ? ref.configPath : ref.name
  return basename(path).replace(/\.\w+$/, '')
}
