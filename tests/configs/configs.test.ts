// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every example config runs with the built engine, and what it promises is in its result. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { calibrationFields } from '../../src/config/schema/calibration.js'
import { qualityFields } from '../../src/config/schema/quality.js'
import { holesFields } from '../../src/config/schema/holes.js'
import { timingFields } from '../../src/config/schema/timing.js'
import { systemFields } from '../../src/config/schema/system.js'
import { experimentFields, userFields } from '../../src/config/schema/user.js'
import { truth } from '../../src/formats/synthetic.js'
import { agreement } from '../../src/results/curveText.js'
import { readCurves, readResult } from '../../src/results/reader.js'
import quickstart from '../../configs/quickstart.js'
import { runCli } from '../support/cli.js'
import { describeWithPython, pythonJson } from '../support/python.js'
import { temporaryFolder } from '../support/folder.js'
import { repositoryRoot } from '../support/shared.js'

const configs = join(repositoryRoot, 'configs')
const folder = temporaryFolder('configs')

/** Flags that shorten a long example. */
const shortened: Readonly<Record<string, string[]>> = { 'parcorana-default.ts': ['-n', '500'] }

interface Done {
  readonly event: string
  readonly output: string
  readonly complete: boolean
  readonly read: number
  readonly correlated: number
  readonly filtered: Readonly<Record<string, number>>
  readonly seconds: number
}

const runs = new Map<string, Promise<Done>>()

/** The last record of a run of config `name`; each runs once. */
function runConfig(name: string): Promise<Done> {
  const running = runs.get(name) ?? startConfig(name)
  runs.set(name, running)
  return running
}

async function startConfig(name: string): Promise<Done> {
  const output = join(folder, `${name.replaceAll(/\W/g, '_')}.h5`)
  const flags = ['-c', join(configs, name), '-o', output, '--json', '--no-progress', ...(shortened[name] ?? [])]
  const { code, stdout, stderr } = await runCli(flags, { cwd: folder })
  expect(code, stderr).toBe(0)
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

  it.each(configNames())('%s runs', async (name) => {
    const done = await runConfig(name)
    expect(done).toMatchObject({ event: 'done', complete: true })
    expect(existsSync(done.output)).toBe(true)
    expect(done.correlated).toBeGreaterThan(0)
  })

  it('custom-g2 drops what its class says', async () => {
    const { read, correlated, filtered } = await runConfig('custom-g2/config.ts')
    expect({ read, correlated, filtered }).toEqual({ read: 1000, correlated: 900, filtered: { serverEventOk: 100 } })
  })

  it('quickstart is quick and finds the known g2, not that of the next ring', async () => {
    const { output, seconds } = await runConfig('quickstart.ts')
    expect(seconds).toBeLessThan(30)
    const { analyses } = await readResult(output)
    const curves = await readCurves(output, analyses[0]?.updates.at(-1) as string)
    const known = truth(quickstart.systemParams.dataset as Parameters<typeof truth>[0])
    const own = agreement(curves, (ring, delay) => known.g2(ring, delay))
    expect(own.points).toBe(5 * 24)
    expect(own.inside / own.points).toBeGreaterThanOrEqual(0.95)
    const next = agreement(curves, (ring, delay) => known.g2((ring % 5) + 1, delay))
    expect(next.inside / next.points).toBeLessThan(0.6)
  })

  it('parcorana-default.ts names every key, and no other', () => {
    const text = readFileSync(join(configs, 'parcorana-default.ts'), 'utf8')
    const named = [...text.matchAll(/^\s{4,6}(\w+):/gm)].map((match) => match[1])
    const forAll = Object.keys(userFields).filter(
      (key) => userFields[key as keyof typeof userFields].onlyFor === undefined,
    )
    const expected = [
      ...forAll,
      ...[systemFields, calibrationFields, timingFields, holesFields, qualityFields, experimentFields].flatMap(
        (fields) => Object.keys(fields),
      ),
    ]
    expect([...named].sort()).toEqual(expected.sort())
  })
})

describeWithPython('the README', () => {
  it('shows how to read a result', async () => {
    const { output } = await runConfig('quickstart.ts')
    const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8')
    const script = /```python\n([\s\S]*?)```/.exec(readme)?.[1]?.replace('"g2_000.h5"', 'sys.argv[1]') ?? ''
    const shapes = 'print(json.dumps([list(x.shape) for x in (delays, g2, error, pairs, per_pixel)]))'
    expect(pythonJson(`${script}\n${shapes}`, output)).toEqual([[24], [24], [24], [24], [256, 256]])
  })
})
