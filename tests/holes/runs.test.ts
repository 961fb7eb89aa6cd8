// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Elements that fail in some events: invalid values, missing panels, saturation of one event; losses by cause and color. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveConfig } from '../../src/config/resolve.js'
import type { ParcoranaConfig, SystemParams, UserParams } from '../../src/config/types.js'
import { runAlternative } from '../../src/driver/alternative.js'
import { classes } from '../../src/driver/classes.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves, readElements } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { random } from '../correlators/pairSumsOracle.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const shape = [2, 4, 5]
const size = 40
const events = 300
const saturatedValue = 200
const delays = [1, 2, 5, 12, 60]

const folder = temporaryFolder('holes')
const pool = new ThreadPool({ threads: 8 })
const file = (name: string): string => join(folder, name)
/** Values with 65535 = invalid, and 200 and more here and there; panel 1 is missing in events 40 and 41. */
const frames = new Uint16Array(events * size)
const color = Int32Array.from({ length: size }, (_, i) => (i === 7 ? 0 : 1 + (i % 2)))

beforeAll(() => {
  const next = random(21)
  for (let e = 0; e < events; e++) {
    for (let i = 0; i < size; i++) {
      const invalid = next() < 0.02 || ((e === 40 || e === 41) && i >= 20) || i === 33
      const spot = next() < 0.01 || (i === 12 && e % 50 === 3)
      frames[e * size + i] = invalid ? 65535 : spot ? saturatedValue + Math.floor(50 * next()) : Math.floor(6 * next())
    }
  }
  writeNpy(file('frames.npy'), frames, [events, ...shape])
  const floats = Float32Array.from(frames, (value) => (value >= saturatedValue ? Number.NaN : value))
  writeNpy(file('floats.npy'), floats, [events, ...shape])
  writeNpy(file('color.npy'), color, shape)
})

afterAll(() => pool.destroy())

function config(name: string, system: Partial<SystemParams>, user: UserParams = {}): ParcoranaConfig {
  const dataset = { format: 'npy', path: file('frames.npy') }
  const engine = {
    h5output: file(name),
    overwrite: true,
    verbosity: 'ERROR',
    numWorkers: 2,
    h5arrays: 'final',
  } as const
  return {
    systemParams: { dataset, holes: { values: ['max'] }, times: 80, delays, ...engine, ...system },
    userParams: {
      colorNdarrayCoords: file('color.npy'),
      saturatedValue,
      saturation: 'event',
      errors: 'elements',
      ...user,
    },
  }
}

const run = async (raw: ParcoranaConfig): Promise<string> => (await runConfig(raw, { pool })).output as string

async function alternative(raw: ParcoranaConfig): Promise<string> {
  const { resolved } = await resolveConfig(raw, { configPath: null, baseDir: folder }, { classes })
  return (await runAlternative(resolved)).output as string
}

async function losses(path: string): Promise<Record<string, number[]>> {
  const h5 = await openHdf5(path)
  const names = ['invalid', 'saturated_events', 'saturated_elements', 'of']
  const all = names.map((name) => [name, Array.from(readDataset(h5, `/user/final/losses/${name}`).data, Number)])
  h5.close()
  return Object.fromEntries(all)
}

/** Values of color c + 1 that fulfil a condition. */
const countOf = (condition: (value: number) => boolean): number[] =>
  [1, 2].map((label) => frames.filter((value, k) => color[k % size] === label && condition(value)).length)

describe.each(['G2IncrementalAccumulator', 'G2AtEnd', 'G2IncrementalWindowed'])('%s', (userClass) => {
  it('equals floats with NaN, and says what was lost', async () => {
    const path = await run(config('integers.h5', { userClass, update: 90, blockSize: 13 }))
    const dataset = { format: 'npy', path: file('floats.npy') }
    const floats = await run(config('floats.h5', { userClass, dataset, holes: {}, numWorkers: 1 }))
    for (const delay of delays) {
      for (const name of ['G2', 'IP', 'IF']) {
        const [a, b] = [path, floats].map((from) => readElements(from, '/user/final', name, delay))
        expect([...(await a).data]).toEqual([...(await b).data])
      }
    }
    const [a, b] = [await readCurves(path, '/user/final'), await readCurves(floats, '/user/final')]
    expect([...a.curves.g2]).toEqual([...b.curves.g2])
    expect(await losses(path)).toEqual({
      invalid: countOf((value) => value === 65535),
      saturated_events: countOf((value) => value >= saturatedValue && value < 65535),
      saturated_elements: [0, 0],
      of: [20 * events, 19 * events].map((_, c) => events * color.filter((label) => label === c + 1).length),
    })
  })
})

it.each(['TwoTime', 'G2IncrementalAccumulator'])('%s: holes of one worker only, single events', async (userClass) => {
  const values = frames.map((value, k) => (value >= saturatedValue && k % size < 20 ? 1 : value))
  writeNpy(file('half.npy'), values, [events, ...shape])
  const dataset = { format: 'npy', path: file('half.npy') }
  const system = { userClass, dataset, times: events, blockSize: 1 }
  const one = await run(config('one.h5', { ...system, numWorkers: 1 }))
  const two = await run(config('two.h5', { ...system, numWorkers: 2 }))
  const ignore = ['run', 'system']
  expect((await compareFiles(one, two, { exact: true, ignore })).differences).toEqual([])
})

describe('the definition agrees', () => {
  it.each([
    { userClass: 'G2IncrementalAccumulator', user: {} },
    { userClass: 'G2IncrementalAccumulator', user: { saturationLimit: 4 } },
    { userClass: 'G2IncrementalAccumulator', user: { notzero: 1 } },
    { userClass: 'G2AtEnd', user: { saturation: 'pixel' } },
    { userClass: 'G2IncrementalAccumulator', user: { normalization: 'instantaneous' } },
    { userClass: 'G2AtEnd', user: { normalization: 'ring', frameNorm: 'frameMean' } },
    { userClass: 'MultiTau', user: {} },
    { userClass: 'MultiTau', user: { normalization: 'instantaneous' } },
    { userClass: 'MultiTau', user: { frameNorm: 'frameMean' } },
    { userClass: 'TwoTime', user: {} },
  ] as const)('%j', async ({ userClass, user }) => {
    const path = await run(config('run.h5', { userClass, times: events }, user))
    const wanted = await alternative(config('alt.h5', { userClass, times: events }, user))
    // The alternative says nothing about these.
    const ignore = ['beam', 'changed', 'quality', 'speckle']
    expect((await compareFiles(path, wanted, { ignore })).differences).toEqual([])
    expect(await losses(path)).toEqual(await losses(wanted))
  })

  it('of frames dropped for a missing panel', async () => {
    const holes = { values: ['max' as const], missingPanel: 'frame' as const }
    const path = await run(config('panel.h5', { holes }))
    const wanted = await alternative(config('panel-alt.h5', { holes, times: events }))
    const { counts } = await readCurves(path, '/user/final')
    expect(counts[0]).toBe(events - 1 - 3)
    const h5 = await openHdf5(path)
    expect(readDataset(h5, '/system/accounting/filtered/missingPanel').data[0]).toBe(2)
    h5.close()
    expect(await losses(path)).toEqual(await losses(wanted))
  })
})

it('an element that saturates too often leaves for ever, others do not', async () => {
  const path = await run(config('limit.h5', {}, { saturationLimit: 4 }))
  const times = Array.from({ length: size }, (_, i) => {
    return frames.filter((value, k) => k % size === i && value >= saturatedValue && value < 65535).length
  })
  const h5 = await openHdf5(path)
  const map = Array.from(readDataset(h5, '/user/final/saturated').data)
  h5.close()
  expect(map).toEqual(times.map((count) => (count > 4 ? 1 : 0)))
  expect(map[12]).toBe(1)
  expect(map.filter((left) => left === 0).length).toBeGreaterThan(20)
})
