// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Photon statistics through whole runs: known contrast against exposure, what g2 asks for, counts by hand, the same bits however a run is cut. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ParcoranaConfig, UserParams } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { lookUp, readAttribute } from '../../src/io/hdf5Read.js'
import { writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { randomNumbers } from '../quality/movies.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'
import { knownContrast, stored } from './known.js'

const folder = temporaryFolder('visibility')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

type Params = UserParams & Readonly<Record<string, unknown>>
type System = Partial<ParcoranaConfig['systemParams']>
let outputs = 0

async function run(dataset: object, userParams: Params, more: System = {}) {
  const h5output = join(folder, `${outputs++}.h5`)
  const engine = { userClass: 'MultiTau', numWorkers: 2, verbosity: 'ERROR', h5arrays: 'none', h5output } as const
  const said: string[] = []
  const systemParams = { dataset: dataset as ParcoranaConfig['systemParams']['dataset'], ...engine, ...more }
  const { output } = await runConfig({ systemParams, userParams }, { pool, warn: (text) => said.push(text) })
  return { path: output as string, said }
}

/** Photons of `frames` [events][pixels] as `.npy`. */
function movieFile(frames: readonly (readonly number[])[], Type: typeof Uint8Array | typeof Float32Array = Uint8Array) {
  const path = join(folder, `${outputs++}.npy`)
  writeNpy(path, Type.from(frames.flat()), [frames.length, 1, frames[0].length])
  return { format: 'npy', path }
}

const movie = {
  format: 'synthetic',
  path: '',
  shape: [64, 64],
  events: 2048,
  mean: 0.5,
  contrast: 0.5,
  decay: 0.05,
  seed: 3,
}

const delays = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64]
const pairClass = { userClass: 'G2IncrementalAccumulator', delays, times: 2048 } as const

describe('speckle that moves', () => {
  it.each<[Params, System]>([
    [{ normalization: 'ring' }, {}],
    [{ normalization: 'static' }, pairClass],
    [{ normalization: 'finecolor' }, pairClass],
    [{ normalization: 'instantaneous' }, pairClass],
  ])('%j: contrast against exposure is the known integral, and what g2 asks for', async (userParams, more) => {
    const { path, said } = await run(movie, { ...userParams, visibility: {} }, more)
    const got = await stored(path)
    expect(said).toEqual([])
    expect(got.exposures).toEqual([1, 2, 4, 8, 16, 32, 64])
    expect(got.exposure_counts).toEqual([2048, 1024, 512, 256, 128, 64, 32])
    got.exposures.forEach((ticks, l) => {
      const error = got.contrast_error[l]
      expect(error).toBeLessThan(0.01 * knownContrast(movie, 1))
      expect(Math.abs(got.contrast[l] - knownContrast(movie, ticks)), `${ticks} ticks`).toBeLessThan(3 * error)
      // The same speckles and photons: much closer than the error.
      expect(Math.abs(got.contrast[l] - got.contrast_from_g2[l]), `${ticks} ticks`).toBeLessThan(1.5 * error)
      expect(got.mean[l] / got.mean[0] / ticks).toBeCloseTo(1, 10)
    })
  })

  it('is what g2 asks for under a beam that drifts, with and without the beam divided out', async () => {
    for (const userParams of [{}, { frameNorm: 'frameMean' }, { normalization: 'instantaneous' }] as Params[]) {
      const { path } = await run(
        { ...movie, drift: 0.3 },
        { normalization: 'ring', ...userParams, visibility: {} },
        pairClass,
      )
      const { contrast, contrast_error, contrast_from_g2 } = await stored(path)
      expect(contrast[6] - knownContrast(movie, 64)).toBeGreaterThan(10 * contrast_error[6])
      for (let l = 0; l < 7; l++)
        expect(Math.abs(contrast[l] - contrast_from_g2[l])).toBeLessThan(3 * contrast_error[l])
    }
  })
})

/** Poisson counts of mean `lambda`. */
function poisson(lambda: number, random: () => number): number {
  let k = 0
  for (let p = random(); p > Math.exp(-lambda); p *= random()) k++
  return k
}

describe('light without speckle', () => {
  const random = randomNumbers(5)
  const frames = Array.from({ length: 512 }, () =>
    Array.from({ length: 1200 }, (_, i) => poisson(i < 600 ? 0.1 : 0.3, random)),
  )
  const fine = (): Params => {
    const files = ['color', 'fine'].map((name) => join(folder, `${name}.npy`))
    files.forEach((path, f) => {
      const labels = Int32Array.from({ length: 1200 }, (_, i) => (f === 0 || i < 600 ? 1 : 2))
      writeNpy(path, labels, [1, 1200])
    })
    return { colorNdarrayCoords: files[0], colorFineNdarrayCoords: files[1] }
  }

  it('has no contrast within static bins; over the whole ring its slope counts, as in g2', async () => {
    const dataset = movieFile(frames)
    const [bins, ring] = [
      await stored((await run(dataset, { ...fine(), visibility: {}, normalization: 'static' })).path),
      await stored((await run(dataset, { ...fine(), visibility: {}, normalization: 'ring' })).path),
    ]
    for (let l = 0; l < 7; l++) {
      expect(Math.abs(bins.contrast[l])).toBeLessThan(3 * bins.contrast_error[l])
      expect(Math.abs(bins.contrast[l] - bins.contrast_from_g2[l])).toBeLessThan(3 * bins.contrast_error[l])
      expect(ring.contrast[l]).toBeCloseTo(0.25, 1)
      expect(Math.abs(ring.contrast[l] - ring.contrast_from_g2[l])).toBeLessThan(3 * ring.contrast_error[l])
    }
  })

  it('has the P(k) of its Poisson distributions', async () => {
    const { photons, probability } = await stored(
      (await run(movieFile(frames), { visibility: { kMax: 3, exposures: 2 } })).path,
    )
    const all = 512 * 1200
    const law = (lambda: number, k: number): number => (Math.exp(-lambda) * lambda ** k) / [1, 1, 2, 6][k]
    for (let k = 0; k < 4; k++) {
      const known = (law(0.1, k) + law(0.3, k)) / 2
      expect(Math.abs(probability[k] - known), `P(${k})`).toBeLessThan(4 * Math.sqrt((known * (1 - known)) / all))
      expect(photons[k]).toBe(frames.flat().filter((value) => value === k).length)
    }
    expect(photons.slice(0, 5).reduce((sum, count) => sum + count)).toBe(all)
    expect(photons.slice(5).reduce((sum, count) => sum + count)).toBe(all / 2)
  })
})

describe('by hand', () => {
  const frames = [
    [1, 0, 2, 9],
    [0, 0, 1, 0],
    [3, 1, 0, 0],
    [0, 1, 1, 0],
    [2, 0, 5, 0],
    [1, 0, 0, 0],
  ]

  it('counts, mean and contrast of six frames of four pixels', async () => {
    const got = await stored(
      (await run(movieFile(frames), { visibility: { exposures: 3, kMax: 3 }, normalization: 'ring' })).path,
    )
    expect(got.exposure_counts).toEqual([6, 3, 1])
    expect(got.photons).toEqual([13, 6, 2, 1, 2, 4, 2, 1, 3, 2, 0, 0, 1, 0, 3])
    expect(got.mean).toEqual([27 / 24, 27 / 12, 19 / 4])
    const pairs = [2 + 6 + 2 + 20 + 72, 6 + 6 + 6 + 2 + 20 + 72, 12 + 2 + 12 + 72]
    const expected = [24, 12, 4].map((n, l) => pairs[l] / n / got.mean[l] ** 2 - 1)
    got.contrast.forEach((value, l) => {
      expect(value).toBeCloseTo(expected[l], 12)
    })
  })

  it('an element leaves with its saturation; until the update its exposures below count', async () => {
    const user = { visibility: { exposures: 2, kMax: 3 }, saturatedValue: 5, normalization: 'ring' } as const
    const { path } = await run(movieFile(frames), user, { update: 3 })
    const [first, last] = [await stored(path, '/user/G2_results_at_000002'), await stored(path)]
    expect(first.photons).toEqual([6, 3, 1, 1, 0, 1, 1, 0, 1, 0])
    // The last pixel has left, the third is left out of one event and of the exposure of two that holds it.
    expect(last.photons).toEqual([10, 6, 2, 1, 0, 2, 2, 1, 3, 0])
  })
})

describe('the same bits', () => {
  const dataset = {
    ...movie,
    shape: [24, 24],
    events: 450,
    mean: 0.4,
    gaps: 0.02,
    disorder: 3,
    repeats: 0.02,
    edges: [0, 6, 20],
  }
  const user = { visibility: { exposures: 5, every: 2 }, normalization: 'ring' } as const
  const engine = { ...pairClass, times: 50, update: 200 } as const

  it.each([1, 7, 1024])('blocks of %i events, 1 to 5 workers, frames and photon events', async (blockSize) => {
    const { path } = await run(dataset, user, { ...engine, numWorkers: 1, blockSize: 64 })
    expect((await stored(path)).exposure_counts[0]).toBeGreaterThan(150)
    for (const [numWorkers, sparse] of [
      [1, false],
      [2, true],
      [3, false],
      [5, true],
    ] as const) {
      const other = await run({ ...dataset, sparse }, user, { ...engine, numWorkers, blockSize })
      const { differences, onlyInOne } = await compareFiles(path, other.path, { exact: true })
      expect([...differences, ...onlyInOne].filter((text) => !text.startsWith('/system'))).toEqual([])
    }
  })
})

describe('nothing to say', () => {
  it('of values that are no photons: one sentence, and g2 as ever', async () => {
    const frames = Array.from({ length: 40 }, (_, e) => [e % 3, 0.5, 1, 2])
    const { path, said } = await run(movieFile(frames, Float32Array), { visibility: {} }, { numWorkers: 1 })
    expect(said).toEqual([
      'userParams.visibility needs numbers of photons, but some values are not whole numbers of 0 to 262143; count photons (systemParams.calibration.photonize) or set it to null',
    ])
    const h5 = await openHdf5(path)
    expect(readAttribute(h5, '/user/final/visibility', 'reason')).toBe(said[0])
    expect(lookUp(h5, '/user/final/visibility/contrast')).toBeNull()
    expect(lookUp(h5, '/user/final/delay_curve_color_1')).not.toBeNull()
    h5.close()
  })

  it('when nobody asks', async () => {
    const { path } = await run({ ...movie, events: 100 }, {})
    const h5 = await openHdf5(path)
    expect(lookUp(h5, '/user/final/visibility')).toBeNull()
    h5.close()
  })
})
