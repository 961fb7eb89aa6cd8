// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { builtOrSource, startOf } from '../../src/transports/builtOrSource.js'
import { launchThreads } from '../../src/transports/threads/launch.js'

it('prefers the built file, and names what is missing', () => {
  const url = builtOrSource('src/transports/threads/rank')
  expect(url.pathname).toMatch(/\/dist\/src\/transports\/threads\/rank\.js$/)
  expect(readFileSync(url, 'utf8')).toMatch(/runRank/)
  expect(builtOrSource('tests/transports/ranks/source').pathname).toMatch(/\/tests\/transports\/ranks\/source\.ts$/)
  expect(() => builtOrSource('workers/nobody')).toThrow(/cannot find workers\/nobody\.js .*npm run build/)
})

it('starts built entries directly, TypeScript through the loader', () => {
  expect(startOf('/somewhere/rank.js')).toEqual({ filename: '/somewhere/rank.js', source: null })
  const { filename, source } = startOf(new URL('file:///somewhere/rank.ts'))
  expect(filename).toMatch(/\/workers\/boot\.mjs$/)
  expect(source).toBe('/somewhere/rank.ts')
})

it('runs ranks from a TypeScript entry', async () => {
  const entry = fileURLToPath(new URL('./ranks/source.ts', import.meta.url))
  const handle = launchThreads({ size: 3, entry, taskOf: (rank) => rank * 2 })
  expect(await Promise.all(handle.results)).toEqual([6, 6, 6])
  await handle.done
})
