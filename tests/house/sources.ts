// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Reads the tracked-or-new files of the checkout that the house tests look at. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { repositoryRoot } from '../support/shared.js'
import type { Sources } from './inspect.js'

const ignored = new Set(['node_modules', 'dist', 'coverage', '.git'])
const generated = join(repositoryRoot, 'docs', 'api')

/** All files below `folders` whose name ends with one of `endings`, with their text. */
export function readSources(folders: readonly string[], endings: readonly string[]): Sources {
  const sources = new Map<string, string>()
  for (const folder of folders) {
    for (const file of filesBelow(join(repositoryRoot, folder))) {
      const name = relative(repositoryRoot, file).split(sep).join('/')
      if (endings.some((ending) => name.endsWith(ending))) sources.set(name, readFileSync(file, 'utf8'))
    }
  }
  return sources
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !ignored.has(entry.name))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (path === generated) return []
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}
