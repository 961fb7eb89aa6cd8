// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Finds what threads and processes start from. `dist/` mirrors the repository, so relative paths agree in both. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RunError } from '../errors.js'

/**
 * The module `name` ('workers/rank'), relative to the package: the built file in `dist/` when it exists, else the TypeScript
 * source, which `launchThreads` starts through `workers/boot.mjs`. Throws a RunError when there is neither.
 */
export function builtOrSource(name: string): URL {
  const beside = new URL(`../../${name}.js`, import.meta.url)
  const built = new URL(`../../dist/${name}.js`, import.meta.url)
  const source = new URL(`../../${name}.ts`, import.meta.url)
  for (const url of [beside, built, source]) if (existsSync(url)) return url
  throw new RunError(`cannot find ${name}.js in the package; run "npm run build" first`, { name })
}

/** What a thread loads to run `entry`: the entry itself, or the loader with the path of a TypeScript `source`. */
export function startOf(entry: URL | string): { filename: string; source: string | null } {
  const path = entry instanceof URL || entry.startsWith('file:') ? fileURLToPath(entry) : entry
  if (!path.endsWith('.ts')) return { filename: path, source: null }
  const loaders = ['../../workers/boot.mjs', '../../../workers/boot.mjs'].map((file) => new URL(file, import.meta.url))
  const loader = loaders.find((url) => existsSync(url))
  if (loader === undefined)
    throw new RunError(`cannot run the TypeScript entry ${path}; give a built .js file`, { path })
  return { filename: fileURLToPath(loader), source: path }
}
