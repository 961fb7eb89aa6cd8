// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Elements without value are no weaker beam: frames that never change give g2 = 1 and g_I0 = 1, whatever is missing. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ParcoranaConfig, UserParams } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { random } from '../correlators/pairSumsOracle.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const shape = [2, 8, 8]
const size = 128
const events = 120
const folder = temporaryFolder('light')
const pool = new ThreadPool({ threads: 8 })
const file = (name: string): string => join(folder, name)
afterAll(() => pool.destroy())

/** Color 1 is panel 0 and half of panel 1, color 2 the other half. */
const color = Int32Array.from({ length: size }, (_, i) => (i < 96 ? 1 : 2))

beforeAll(() => {
  const next = random(7)
  const frames = new Uint16Array(events * size)
  for (let e = 0; e < events; e++) {
    const missing = e % 5 === 0
    for (let i = 0; i < size; i++) {
      const noColor2 = e === 33 && i >= 96
      const hole = i % 8 === 3 || (missing && i >= 64) || noColor2 || next() < 0.05
      frames[e * size + i] = hole ? 65535 : i < 96 ? 8 : 20
    }
  }
  writeNpy(file('frames.npy'), frames, [events, ...shape])
  const floats = Float32Array.from(frames, (value) => (value === 65535 ? Number.NaN : value))
  writeNpy(file('floats.npy'), floats, [events, ...shape])
  writeNpy(file('color.npy'), color, shape)
})

let outputs = 0

async function run(userClass: string, userParams: UserParams, numWorkers: number, data: 'frames' | 'floats') {
  const engine = { numWorkers, verbosity: 'ERROR', h5output: file(`${outputs++}.h5`) } as const
  const clock = userClass === 'MultiTau' ? {} : { delays: [1, 2, 5, 10], times: events }
  const dataset = { format: 'npy', path: file(`${data}.npy`) }
  const holes = data === 'frames' ? { values: ['max' as const] } : {}
  const systemParams = { dataset, holes, userClass, ...clock, ...engine }
  const labels = { colorNdarrayCoords: file('color.npy') }
  const config: ParcoranaConfig = { systemParams, userParams: { errors: 'jackknife', ...userParams, ...labels } }
  const { output, warnings } = await runConfig(config, { pool })
  const { curves } = await readCurves(output as string, '/user/final')
  return { path: output as string, warnings, curves }
}

async function stored(path: string, name: string): Promise<number[]> {
  const h5 = await openHdf5(path)
  const { data } = readDataset(h5, `/user/final/${name}`)
  h5.close()
  return Array.from(data, Number)
}

/** All of these are 1, but where there is no pair. */
function expectOnes(values: Iterable<number>): void {
  const known = [...values].filter((value) => !Number.isNaN(value))
  expect(known.length).toBeGreaterThan(2)
  for (const value of known) expect(value).toBeCloseTo(1, 12)
}

const choices = [
  ['G2IncrementalAccumulator', { normalization: 'instantaneous' }],
  ['G2AtEnd', { normalization: 'instantaneous' }],
  ['MultiTau', { normalization: 'instantaneous' }],
  ['G2IncrementalAccumulator', { normalization: 'ring', frameNorm: 'frameMean' }],
  ['MultiTau', { normalization: 'static', frameNorm: 'frameMean' }],
] as const

describe.each(choices)('%s, %j', (userClass, userParams) => {
  it('is 1 in spite of dead pixels, missing panels and colors, and values here and there', async () => {
    const { path, curves, warnings } = await run(userClass, userParams, 2, 'frames')
    expectOnes(curves.g2)
    for (const c of [1, 2]) expectOnes(await stored(path, `delay_curve_intensity_color_${c}`))
    if ('frameNorm' in userParams) expectOnes(await stored(path, 'frame_norm_curve'))
    // No light, no shot noise: less than none.
    expect(await stored(path, 'beam/variation')).toEqual([0])
    expect(warnings).toEqual([])
  })

  it('is the same for any number of workers, and for floats with NaN', async () => {
    const own = await run(userClass, userParams, 1, 'frames')
    for (const [workers, data] of [
      [3, 'frames'],
      [2, 'floats'],
    ] as const) {
      const other = await run(userClass, userParams, workers, data)
      const ignore = data === 'frames' ? [] : ['system', 'losses', 'speckle']
      const { differences } = await compareFiles(own.path, other.path, { exact: true, ignore })
      expect(differences).toEqual([])
    }
  })
})
