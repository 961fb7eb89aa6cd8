// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Errors of whole runs; the long form, over all sizes and means, is tests/soak/errors.test.ts. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openHdf5 } from '../../src/io/hdf5.js'
import { lookUp, readAttribute, readDataset } from '../../src/io/hdf5Read.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'
import { rms, zValues } from './z.js'

const folder = temporaryFolder('errors')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

const movie = {
  format: 'synthetic',
  path: '',
  shape: [48, 50],
  mean: 0.6,
  contrast: 0.6,
  seed: 2,
  speckle: 2,
  gaps: 0.1,
}
const delays = [1, 2, 5, 12, 390]
let outputs = 0

async function run(more: object, userParams: object, events = 400): Promise<string> {
  const h5output = join(folder, `${outputs++}.h5`)
  const engine = { delays, times: 300, numWorkers: 1, verbosity: 'ERROR', h5output } as const
  const systemParams = { dataset: { ...movie, events }, ...engine, ...more }
  return (await runConfig({ systemParams, userParams: { ...userParams } }, { pool })).output as string
}

async function readAll(path: string, names: readonly string[]): Promise<Float64Array[]> {
  const h5 = await openHdf5(path)
  try {
    return names.map((name) => Float64Array.from(readDataset(h5, `/user/final/${name}`).data as Float64Array))
  } finally {
    h5.close()
  }
}

describe('z of g2 against the truth', () => {
  it.each([
    { speckle: 1, mean: 0.05, jitter: 0 },
    { speckle: 3, mean: 0.5, jitter: 0.3 },
  ])('speckle $speckle, mean $mean, jitter $jitter: rms near 1', async (wanted) => {
    const { z, undefined: missing } = await zValues(folder, pool, { ...wanted, parts: 2, seeds: 5, events: 400 })
    expect(missing).toBe(0)
    expect(z).toHaveLength(60)
    expect(Math.abs(rms(z) - 1)).toBeLessThan(0.35)
  })

  it('errors over elements are too small where speckles are larger than a pixel', async () => {
    const wanted = { speckle: 3, mean: 5, jitter: 0, parts: 2, seeds: 3, events: 300 }
    const elements = await zValues(folder, pool, { ...wanted, userParams: { errors: 'elements' } })
    const jackknife = await zValues(folder, pool, wanted)
    expect(rms(elements.z) / rms(jackknife.z)).toBeGreaterThan(2)
  })
})

describe('the same bits', () => {
  it.each(['G2IncrementalAccumulator', 'G2AtEnd', 'MultiTau'])(
    '%s: for any number of workers, servers and blocks',
    async (userClass) => {
      const userParams = { covariance: true, normalization: 'static', weights: 'photon' }
      const one = await run({ userClass }, userParams)
      const other = await run({ userClass, numWorkers: 3, numServers: 2, blockSize: 37 }, userParams)
      const { differences, checked } = await compareFiles(one, other, { exact: true })
      expect(differences).toEqual([])
      expect(checked).toBeGreaterThan(20)
    },
  )
})

describe('what is stored', () => {
  it('covariance has the errors on its diagonal, the method is named, speckles have their size', async () => {
    const path = await run({}, { covariance: true, errors: 'jackknife', frameNorm: 'frameMean' })
    const names = ['delay_curve_error_color_1', 'covariance/color_1', 'speckle/size_all', 'delay_counts']
    const [error, covariance, size, counts] = await readAll(path, names)
    delays.forEach((_, d) => {
      if (counts[d] > 0) expect(Math.sqrt(covariance[d * delays.length + d])).toBeCloseTo(error[d], 12)
    })
    expect(covariance[1]).toBe(covariance[delays.length])
    expect(Math.abs(size[0] - 2)).toBeLessThan(0.4)
    const h5 = await openHdf5(path)
    const method = readAttribute(h5, '/user/final/delay_curve_error_color_1', 'error_method')
    h5.close()
    expect(String(method)).toMatch(
      /^jackknife: ratio of sums without each of \d+ compact blocks .* each of \d+ stretches/,
    )
  })

  it('no pairs: NaN with count 0, for g2, its error and the intensity', async () => {
    const path = await run({}, {}, 380)
    const names = ['delay_counts', 'delay_curve_color_1', 'delay_curve_error_color_1', 'delay_curve_intensity_color_1']
    const [counts, ...curves] = await readAll(path, names)
    expect(counts[4]).toBe(0)
    for (const curve of curves) {
      expect(curve[4]).toBeNaN()
      expect(curve[0]).not.toBeNaN()
    }
  })

  it("errors: 'elements' forms no blocks and says so", async () => {
    const path = await run({}, { errors: 'elements' })
    const h5 = await openHdf5(path)
    const method = readAttribute(h5, '/user/final/delay_curve_error_color_1', 'error_method')
    const covariance = lookUp(h5, '/user/final/covariance')
    h5.close()
    expect(String(method)).toMatch(/^standard error over elements/)
    expect(covariance).toBeNull()
  })
})
