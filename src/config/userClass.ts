// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * From a class reference to the class, on any rank. Loads neither a schema nor, for built-in classes, a compiler.
 * The registry of built-in classes is passed in, so this file knows no correlator.
 */
import { extname, isAbsolute, resolve } from 'node:path'
import { ConfigError } from '../errors.js'
import { moduleExtensions } from './moduleExtensions.js'
import type { ClassRef } from './resolved.js'

/** Any class; that it extends G2Common is checked by the registry. */
export type AnyClass = abstract new (...args: never[]) => object

/** What the configuration must know about the engine's classes. */
export interface ClassRegistry {
  /** By name, ParCorAna's spellings included. */
  readonly builtin: Readonly<Record<string, AnyClass>>
  /** True for a class that extends G2Common. */
  isG2Class(value: unknown): boolean
}

/** The registry of `builtin` classes, all of which extend `base` (G2Common). */
export function classRegistry(builtin: Readonly<Record<string, AnyClass>>, base: AnyClass): ClassRegistry {
  const isG2Class = (value: unknown): boolean =>
    typeof value === 'function' && (value === base || value.prototype instanceof base)
  return { builtin, isG2Class }
}

/**
 * The class that `ref` names. `analysis.userClass` of a config file is read from the file again: ranks cannot receive classes.
 * Throws ConfigError when the file is missing, has no default export, or the class does not extend G2Common.
 */
export async function classOf(ref: ClassRef, registry: ClassRegistry): Promise<AnyClass> {
  if (ref.kind === 'builtin') return builtinClass(ref.name, registry)
  if (ref.kind === 'file') return classOfFile(ref.path, registry)
  return classOfConfig(ref.configPath, ref.analysis, registry)
}

/** What a config's `userClass` string means: a built-in name, else a path relative to `baseDir`. */
export function refOfText(text: string, baseDir: string, registry: ClassRegistry): ClassRef {
  if (Object.hasOwn(registry.builtin, text)) return { kind: 'builtin', name: text }
  if (!looksLikePath(text)) throw unknownClass(text, registry)
  return { kind: 'file', path: isAbsolute(text) ? text : resolve(baseDir, text), exportName: 'default' }
}

/** The registered name of `value`, or null where it is not a built-in class. */
export function builtinName(value: unknown, registry: ClassRegistry): string | null {
  return Object.entries(registry.builtin).find(([, known]) => known === value)?.[0] ?? null
}

function builtinClass(name: string, registry: ClassRegistry): AnyClass {
  const known = registry.builtin[name]
  if (known === undefined) throw unknownClass(name, registry)
  return known
}

async function classOfFile(path: string, registry: ClassRegistry): Promise<AnyClass> {
  const { importUserModule } = await import('./userModule.js')
  const loaded = await importUserModule(path, 'user class file')
  if (loaded.default === undefined) {
    throw new ConfigError(`user class file ${path} has no default export; write "export default class ..."`, { path })
  }
  return checkedClass(loaded.default, `the default export of ${path}`, registry)
}

async function classOfConfig(configPath: string, analysis: number, registry: ClassRegistry): Promise<AnyClass> {
  const { importUserModule } = await import('./userModule.js')
  const { default: config } = await importUserModule(configPath, 'config file')
  return checkedClass(userClassAt(config, analysis), `userClass of ${configPath}`, registry)
}

/** `userClass` of analysis number `analysis` of a config file's default export, in either spelling of the two halves. */
export function userClassAt(config: unknown, analysis: number): unknown {
  const root = record(config)
  const system = record(root.systemParams ?? root.system_params)
  const list = Array.isArray(root.analyses) ? root.analyses : []
  return record(list[analysis]).userClass ?? system.userClass
}

/** `value` as a class that extends G2Common; `where` starts the sentence of the error. */
export function checkedClass(value: unknown, where: string, registry: ClassRegistry): AnyClass {
  if (typeof value !== 'function') {
    throw new ConfigError(`${where} is ${kindOf(value)}, but must be a class that extends G2Common`)
  }
  if (!registry.isG2Class(value)) {
    const name = value.name === '' ? 'an unnamed class' : `class ${value.name}`
    throw new ConfigError(
      `${where} is ${name}, which does not extend G2Common; import G2Common from 'parcorana' and extend it`,
    )
  }
  return value as AnyClass
}

function looksLikePath(text: string): boolean {
  return /[\\/]/.test(text) || moduleExtensions.includes(extname(text))
}

function unknownClass(name: string, registry: ClassRegistry): ConfigError {
  const names = Object.keys(registry.builtin).join(', ')
  return new ConfigError(
    `systemParams.userClass is '${name}', which is neither a built-in class (${names}) nor a path such as './myG2.ts'`,
  )
}

function record(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`
}
