// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Loads a user's .ts, .mts, .js, .mjs or .cjs file, in any thread, with 'parcorana' bound to the running engine. */
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { ConfigError, messageOf, ParcoranaError } from '../errors.js'
import { engineModule } from './engineModule.js'

/** What a user file exports. */
export interface UserModule {
  readonly default: unknown
  readonly names: readonly string[]
}

/**
 * Evaluate the file at absolute `path`. `what` names its purpose in messages ("config file", "user class file").
 * Throws ConfigError: file missing, syntax error, an import that is not found, an error that the file itself throws.
 */
export async function importUserModule(path: string, what: string): Promise<UserModule> {
  if (!existsSync(path)) throw new ConfigError(`${what} ${path} does not exist; check the path`, { path })
  try {
    return exportsOf(await evaluate(path))
  } catch (error) {
    if (error instanceof ParcoranaError) throw error
    throw loadError(path, what, error)
  }
}

async function evaluate(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti')
  const parcorana = await engineModule()
  const jiti = createJiti(path, {
    virtualModules: { parcorana },
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
  })
  return jiti.import(path)
}

/** ES modules have `default`; a CommonJS file's `module.exports` is its default unless it says otherwise. */
function exportsOf(loaded: unknown): UserModule {
  if (loaded === null || typeof loaded !== 'object') return { default: loaded, names: [] }
  const names = Object.keys(loaded)
  return { default: (loaded as Record<string, unknown>).default, names }
}

function loadError(path: string, what: string, error: unknown): ConfigError {
  const options = { cause: error }
  const message = messageOf(error)
  const syntax = /^ParseError: ([\s\S]*?)\s*\n\s*(.+):(\d+):(\d+)\s*$/.exec(message)
  if (syntax !== null) {
    const [, reason = '', file = path, line, column] = syntax
    const where = file === path ? `${what} ${path}` : `${file}, imported by ${what} ${path},`
    const text = `${where} has a syntax error at line ${line}, column ${column}: ${oneLine(reason)}`
    return new ConfigError(text, { path: file, line: Number(line) }, options)
  }
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(message)
  if (missing !== null) {
    return new ConfigError(`${what} ${path} imports ${missing[1]}, which cannot be found`, { path }, options)
  }
  return new ConfigError(`${what} ${path} threw an error${lineOf(path, error)}: ${oneLine(message)}`, { path }, options)
}

function lineOf(path: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const name = basename(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const line = new RegExp(`${name}:(\\d+):\\d+`).exec(stack)?.[1]
  return line === undefined ? '' : ` at line ${line}`
}

function oneLine(text: string): string {
  return text.trim().split(/\s*\n\s*/)[0] ?? ''
}

/** A user's own format file, for `openSource`. */
export async function loadFormatModule(path: string): Promise<UserModule> {
  return importUserModule(path, 'format file')
}
