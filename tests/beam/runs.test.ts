// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Known speckle under a beam that drifts or jitters, through whole runs: corrected curves are right, plain ones are flagged. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ParcoranaConfig, UserParams } from '../../src/config/types.js'
import { truth } from '../../src/formats/synthetic.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { readCurves } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('beam')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

const delays = [1, 2, 5, 12, 40]
const movie = { format: 'synthetic', path: '', shape: [64, 64], events: 1200, mean: 0.5, contrast: 0.5, decay: 0.05 }
const drifting = { ...movie, seed: 3, drift: 0.2, vars: ['beam'] }
const jittering = { ...movie, seed: 4, jitter: 0.3, vars: ['beam'] }
const known = truth({ ...movie, seed: 3 })
let outputs = 0

async function run(
  dataset: object,
  userParams: UserParams & Readonly<Record<string, unknown>>,
  more: Partial<ParcoranaConfig['systemParams']> = {},
) {
  const h5output = join(folder, `${outputs++}.h5`)
  const engine = { delays, times: 1200, numWorkers: 2, verbosity: 'ERROR', h5output } as const
  const said: string[] = []
  const systemParams = { dataset: { ...dataset, format: 'synthetic' }, ...engine, ...more }
  const { output, warnings } = await runConfig({ systemParams, userParams }, { pool, warn: (text) => said.push(text) })
  const { curves } = await readCurves(output as string, '/user/final')
  return { path: output as string, warnings, said, curves }
}

async function stored(path: string, name: string): Promise<Float64Array> {
  const h5 = await openHdf5(path)
  try {
    return Float64Array.from(readDataset(h5, `/user/final/${name}`).data as Float64Array)
  } finally {
    h5.close()
  }
}

const corrections: readonly (UserParams & Readonly<Record<string, unknown>>)[] = [
  { normalization: 'instantaneous' },
  { normalization: 'ring', frameNorm: 'monitor:beam' },
  { normalization: 'ring', frameNorm: 'frameMean' },
  { frameNorm: 'monitor:beam' },
]

describe.each([
  ['20 % of slow drift', drifting],
  ['30 % of noise from event to event', jittering],
])('%s', (_, dataset) => {
  it.each(corrections)('%j gives the truth within 3 errors, and no warning', async (userParams) => {
    const { curves, said } = await run(dataset, userParams)
    delays.forEach((delay, d) => {
      expect(Math.abs(curves.g2[d] - known.g2(1, delay)), `delay ${delay}`).toBeLessThan(3 * curves.error[d])
      expect(curves.error[d]).toBeLessThan(0.05 * (known.g2(1, 1) - 1))
    })
    expect(said).toEqual([])
  })

  it('MultiTau too', async () => {
    const { curves } = await run(dataset, { frameNorm: 'monitor:beam' }, { userClass: 'MultiTau' })
    // Samples of a level are sums of 2^l frames: from level 1 on g2 is a mean over neighbouring delays.
    for (let d = 0; d < 8; d++) {
      const off = curves.g2[d] - known.g2(1, curves.delays[d])
      expect(Math.abs(off), `delay ${curves.delays[d]}`).toBeLessThan(3 * curves.error[d])
    }
  })
})

describe('the plain curve', () => {
  it('is wrong under drift, and flagged', async () => {
    const { path, curves, said, warnings } = await run(drifting, { normalization: 'ring' })
    expect(curves.g2[0] - known.g2(1, 1)).toBeGreaterThan(5 * curves.error[0])
    expect(said).toEqual(warnings)
    expect(said.join()).toMatch(
      /correlated in time: g_I0 - 1 is 0\.02 for color 1 at delay \d+, 8\.\d % of the contrast/,
    )
    const light = await stored(path, 'delay_curve_intensity_color_1')
    expect(light[0]).toBeCloseTo(1.02, 2)
    expect(curves.g2[0] / light[0] - known.g2(1, 1)).toBeLessThan(3 * curves.error[0])
  })

  it('is flagged under noise from event to event', async () => {
    const { said } = await run(jittering, { normalization: 'ring' })
    expect(said.join()).toMatch(/varies by (29|30|31) % from event to event: g_I0\(0\) - 1 is 0\.0(8|9)/)
  })

  it('is not flagged under a constant beam', async () => {
    for (const mean of [0.01, 0.5]) {
      const { said } = await run({ ...movie, mean, seed: 6 }, { normalization: 'ring' })
      expect(said).toEqual([])
    }
  })
})
