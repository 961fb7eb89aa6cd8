// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Finding formats: every file of this folder is one, by its name; a user's own format is a path to its file. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigError, messageOf } from '../errors.js'
import type { DatasetSpec, FrameFormat, FrameSource } from './format.js'

/** Imports a user's module (`.ts` included) and returns its exports. */
export type LoadModule = (path: string) => Promise<unknown>

const notFormats = ['index', 'format']
const fileName = /^([a-z][\w-]*)\.(?:ts|js)$/

/** Names of the formats in this folder, sorted. */
export function listFormats(): string[] {
  const names = readdirSync(fileURLToPath(new URL('.', import.meta.url))).map((file) => fileName.exec(file)?.[1])
  return [...new Set(names.filter((name) => name !== undefined && !notFormats.includes(name)))].sort() as string[]
}

/** True for a format given as a path to the user's own file. */
export function isFormatPath(format: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(format)
}

/** The format `name`, or the user's own at an absolute path, loaded by `loadModule`. Throws ConfigError. */
export async function findFormat(name: string, loadModule: LoadModule = (path) => import(path)): Promise<FrameFormat> {
  if (isFormatPath(name)) return userFormat(name, loadModule)
  const names = listFormats()
  if (!names.includes(name))
    throw new ConfigError(`no format named '${name}'; found: ${names.join(', ')}`, { name, names })
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return formatIn(await import(new URL(`${name}.${extension}`, import.meta.url).href), name)
}

async function userFormat(path: string, loadModule: LoadModule): Promise<FrameFormat> {
  let module: unknown
  try {
    module = await loadModule(path)
  } catch (error) {
    throw new ConfigError(`the format file ${path} cannot be loaded: ${messageOf(error)}`, { path }, { cause: error })
  }
  return formatIn(module, path)
}

function formatIn(module: unknown, name: string): FrameFormat {
  const format = (module as { default?: Partial<FrameFormat> } | null)?.default
  if (typeof format?.open === 'function' && typeof format.name === 'string') return format as FrameFormat
  throw new ConfigError(
    `${name} has no format as its default export: export default { name, description, accepts, open }`,
    { name },
  )
}

/** Open `dataset`, whose paths are absolute. Throws ConfigError for an unknown format, InputError for what the file holds. */
export async function openSource(dataset: DatasetSpec, loadModule?: LoadModule): Promise<FrameSource> {
  const format = await findFormat(dataset.format, loadModule)
  return format.open(dataset)
}

/** The format that accepts `path`, or null; for paths given without a format name. */
export async function guessFormat(path: string): Promise<string | null> {
  for (const name of listFormats()) if ((await findFormat(name)).accepts(path)) return name
  return null
}
