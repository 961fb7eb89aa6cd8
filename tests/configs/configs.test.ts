// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every example config runs with the built engine, and what it promises is in its result. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { systemFields } from '../../src/config/schema/system.js'
import { experimentFields, userFields } from '../../src/config/schema/user.js'
import { repositoryRoot } from '../support/shared.js'

const configs = join(repositoryRoot, 'configs')
const folder = mkdtempSync(join(tmpdir(), 'parcorana-configs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Flags that shorten a long example. */
const shortened: Readonly<Record<string, string[]>> = { 'parcorana-default.ts': ['-n', '500'] }

interface Done {
  readonly event: string
  readonly output: string
  readonly complete: boolean
  readonly read: number
  readonly correlated: number
  readonly filtered: number | Record<string, number>
}

function parcorana(...args: string[]) {
  const cli = join(repositoryRoot, 'dist', 'src', 'cli.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' })
  return { status, stdout, stderr }
}

function runConfig(name: string): Done {
  const output = join(folder, `${name.replaceAll(/\W/g, '_')}.h5`)
  const flags = ['-c', join(configs, name), '-o', output, '--json', '--no-progress', ...(shortened[name] ?? [])]
  const { status, stdout, stderr } = parcorana(...flags)
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Done
}

/** `a.ts` and `b/config.ts`; other files in a folder belong to its config. */
function configNames(): string[] {
  return readdirSync(configs, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return entry.name.endsWith('.ts') ? [entry.name] : []
    return existsSync(join(configs, entry.name, 'config.ts')) ? [`${entry.name}/config.ts`] : []
  })
}

describe('configs', () => {
  it('are all here', () => {
    expect(configNames()).toEqual(
      expect.arrayContaining(['quickstart.ts', 'parcorana-default.ts', 'custom-g2/config.ts']),
    )
  })

  it.each(configNames())('%s runs', (name) => {
    const done = runConfig(name)
    expect(done).toMatchObject({ event: 'done', complete: true })
    expect(existsSync(done.output)).toBe(true)
    expect(done.correlated).toBeGreaterThan(0)
  })

  it('custom-g2 drops what its class says', () => {
    const done = runConfig('custom-g2/config.ts')
    expect(done.read).toBe(1000)
    expect(done.correlated).toBe(900)
  })

  it('parcorana-default.ts names every key, and no other', () => {
    const text = readFileSync(join(configs, 'parcorana-default.ts'), 'utf8')
    const named = [...text.matchAll(/^\s{4,6}(\w+):/gm)].map((match) => match[1])
    const forOthers = Object.entries(userFields).filter(([, field]) => field.onlyFor !== undefined)
    const expected = [systemFields, userFields, experimentFields].flatMap((fields) => Object.keys(fields))
    const without = new Set(forOthers.map(([key]) => key))
    expect([...named].sort()).toEqual(expected.filter((key) => !without.has(key)).sort())
  })
})
