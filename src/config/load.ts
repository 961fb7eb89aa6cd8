// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Loads a config file: .json, or .ts/.mts/.js/.mjs/.cjs with a default export. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { ConfigError, messageOf } from '../errors.js'
import { type LoadedConfig, type LoadOptions, resolveConfig } from './resolve.js'
import { moduleExtensions } from './moduleExtensions.js'

/**
 * The configuration at `path` (relative to `options.cwd`), overridden (command line before environment before file before default),
 * checked and filled in. Throws ConfigError, one sentence, for everything that is wrong with it.
 */
export async function loadConfig(path: string, options: LoadOptions): Promise<LoadedConfig> {
  const configPath = resolve(options.cwd ?? process.cwd(), path)
  const raw = await readConfig(configPath)
  return resolveConfig(raw, { configPath, baseDir: dirname(configPath) }, options)
}

async function readConfig(path: string): Promise<unknown> {
  if (!existsSync(path)) {
    throw new ConfigError(`config file ${path} does not exist; 'parcorana init' writes one`, { path })
  }
  const extension = extname(path).toLowerCase()
  if (extension === '.json') return parseJson(path)
  if (moduleExtensions.includes(extension)) return readModule(path)
  const python = extension === '.py' ? ' a Python file of ParCorAna;' : ''
  throw new ConfigError(
    `config file ${path} is${python === '' ? ` of unknown type '${extension}';` : python} write it as .ts, .mjs or .json ('parcorana init' writes one)`,
    { path },
  )
}

async function readModule(path: string): Promise<unknown> {
  const { importUserModule } = await import('./userModule.js')
  const { default: config, names } = await importUserModule(path, 'config file')
  if (config !== undefined) return config
  const halves = names.filter((name) => /^(system|user)(_params|Params)$/.test(name))
  const found = halves.length > 0 ? `exports ${halves.join(' and ')} by name, but` : 'has'
  throw new ConfigError(
    `config file ${path} ${found} no default export; write "export default defineConfig({ systemParams, userParams })"`,
    { path },
  )
}

function parseJson(path: string): unknown {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    const line = lineOfJsonError(text, messageOf(error))
    throw new ConfigError(
      `config file ${path} is not valid JSON at line ${line}: ${messageOf(error)}`,
      { path, line },
      { cause: error },
    )
  }
}

/** Node says a position, or quotes what it stumbled over, or (at the end of the text) neither. */
function lineOfJsonError(text: string, message: string): number {
  const position = /at position (\d+)/.exec(message)?.[1]
  const end = position === undefined ? text.length : Number(position)
  return text.slice(0, end).split('\n').length
}
