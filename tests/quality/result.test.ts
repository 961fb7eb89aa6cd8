// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where quality is found: in the file at every update, on stderr, in the JSON records; the same for any number of workers. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readAttribute, readDataset } from '../../src/io/hdf5Read.js'
import { compareFiles } from '../../src/results/cmp.js'
import { runConfig } from '../reference/runCase.js'
import { runCli } from '../support/cli.js'
import { temporaryFolder } from '../support/folder.js'
import { writeMovie } from './movies.js'

const folder = temporaryFolder('quality-result')
let config: ParcoranaConfig

beforeAll(async () => {
  config = await writeMovie(folder, 'shutter')
})

const output = (name: string): string => join(folder, `${name}.h5`)

it.each(['G2IncrementalAccumulator', 'MultiTau'])(
  '%s: the same for any number of workers and blocks, at every update',
  async (userClass) => {
    const { delays, times, ...rest } = config.systemParams
    const engine = userClass === 'MultiTau' ? rest : { ...rest, delays: delays ?? [], times: times ?? 1 }
    const run = (numWorkers: number, blockSize: number) =>
      runConfig({
        ...config,
        systemParams: {
          ...engine,
          userClass,
          update: 400,
          numWorkers,
          blockSize,
          h5output: output(`${userClass}-${numWorkers}`),
        },
      })
    const results = [await run(1, 1024), await run(3, 37)]
    const [one, three] = results.map((result) => result.output as string)
    const { differences } = await compareFiles(one as string, three as string, { exact: true })
    expect(differences).toEqual([])
    const h5 = await openHdf5(one as string)
    const jumps = ['/user/G2_results_at_000399', '/user/G2_results_at_000799', '/quality'].map((group) => {
      const path = group === '/quality' ? group : `${group}/quality`
      return [readDataset(h5, `${path}/jumps/value`).data[0], readAttribute(h5, `${path}/jumps`, 'status')]
    })
    expect(jumps).toEqual([
      [0, 'ok'],
      [12 / 800, 'warn'],
      [12 / 1500, 'warn'],
    ])
    expect([...readDataset(h5, '/quality/colors').data]).toEqual([1, 2, 3, 4, 5])
    expect([...readDataset(h5, '/quality/hotElements/status').data]).toEqual([0, 0, 0, 0, 0])
    expect(readAttribute(h5, '/quality', 'status')).toBe('warn')
    expect(readAttribute(h5, '/quality/hotElements', 'warn')).toBe(0.005)
    const drift = readDataset(h5, '/user/G2_results_at_000399/quality/intensityDrift/value').data[0] as number
    // Multi-tau compares whole stretches of 512 ticks.
    if (userClass === 'MultiTau') expect(drift).toBeNaN()
    else expect(Math.abs(drift)).toBeLessThan(0.05)
    const whole = readDataset(h5, '/quality/intensityDrift/value').data[0] as number
    expect(Math.abs(whole)).toBeLessThan(0.05)
    h5.close()
  },
)

it('on stderr when it changes and at the end, and in the records', async () => {
  const path = join(folder, 'cli.json')
  const systemParams = {
    ...config.systemParams,
    update: 500,
    verbosity: 'WARNING',
    h5output: output('cli'),
    numWorkers: 1,
  }
  writeFileSync(path, JSON.stringify({ ...config, systemParams }))
  const { code, stderr, stdout } = await runCli(['-c', path, '--json'], { cwd: folder })
  expect(code, stderr).toBe(0)
  const lines = stderr.split('\n').filter((line) => line.includes('quality'))
  expect(lines.map((line) => line.slice(line.indexOf('quality')))).toEqual([
    'quality warn: jumps is 0.012 of the events (warning above 0.001, failure above 0.02): the shutter or the beam was interrupted: drop these events (systemParams.badEvents, filters)',
    expect.stringMatching(/^quality warn: jumps is 0\.008 of the events/),
  ])
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; quality?: Record<string, { status: string }> })
  const statuses = records
    .filter(({ quality }) => quality !== undefined)
    .map(({ event, quality }) => [event, quality?.['']?.status])
  expect(statuses).toEqual([
    ['update', 'ok'],
    ['update', 'warn'],
    ['update', 'warn'],
    ['update', 'warn'],
    ['done', 'warn'],
  ])
})

it('without checks there is nothing to say', async () => {
  const off = [
    'baseline',
    'contrast',
    'firstDelays',
    'profileDrift',
    'deadElements',
    'hotElements',
    'saturatedElements',
  ]
  const more = ['photonsPerSpeckle', 'intensityDrift', 'centreDrift', 'jumps', 'longestPairs', 'lostFrames']
  const quality = Object.fromEntries([...off, ...more].map((name) => [name, null]))
  const { quality: records } = await runConfig({
    ...config,
    systemParams: { ...config.systemParams, quality, numWorkers: 1, h5output: output('off') },
  })
  expect(records).toEqual({ '': { status: 'unknown', checks: {} } })
})
