// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a rank loads at its start must not pull in the schema library or the compiler: runs of a second have many ranks. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { repositoryRoot } from '../support/shared.js'

/** Packages that loading `file` loads, through imports that are not types and not dynamic. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const names = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^'"]*?from '([^']+)'/gm)].map(
    ([, name]) => String(name),
  )
  return names.flatMap((name) => {
    if (!name.startsWith('.')) return [name]
    return packagesOf(resolve(dirname(file), name.replace(/\.js$/, '.ts')), seen)
  })
}

it.each([
  'src/config/resolved.ts',
  'src/config/userClass.ts',
  'src/config/stored.ts',
  'src/config/experiment.ts',
  'src/config/testModes.ts',
  'src/config/engineModule.ts',
  'workers/rank.ts',
])('%s loads neither zod nor jiti', (name) => {
  const file = join(repositoryRoot, name)
  expect(existsSync(file)).toBe(true)
  const packages = packagesOf(file)
  expect(packages.filter((each) => each === 'zod' || each === 'jiti')).toEqual([])
})

it('the walk finds what it looks for', () => {
  expect(packagesOf(join(repositoryRoot, 'src/config/assemble.ts'))).toContain('zod')
})
