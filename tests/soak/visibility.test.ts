// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** z of the contrast against the truth: rms near 1 where pairs of photons are not few, for speckles of 1 and 2 pixels and a part of the run. */
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { writeNpy } from '../../src/io/npy.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { rms } from '../beam/z.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'
import { knownContrast, stored } from '../visibility/known.js'

const folder = temporaryFolder('visibility-z')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

const [square, squares, seeds, exposures] = [48, 4, 14, 7]
const edge = square * squares
const part = (i: number): number => Math.floor(i / square)
const colorNdarrayCoords = join(folder, 'color.npy')
const color = Int32Array.from(
  { length: edge * edge },
  (_, i) => 1 + squares * part(Math.floor(i / edge)) + part(i % edge),
)
writeNpy(colorNdarrayCoords, color, [edge, edge])

it.each([
  { mean: 0.5, speckle: 1, every: 1, off: 0.2 },
  { mean: 0.5, speckle: 2, every: 4, off: 0.2 },
  { mean: 0.05, speckle: 1, every: 1, off: 0.2 },
  { mean: 0.01, speckle: 1, every: 1, off: 0.2 },
  { mean: 0.002, speckle: 1, every: 1, off: 0.35 },
])('mean $mean, speckle $speckle, one stretch in $every', async ({ mean, speckle, every, off }) => {
  const z = Array.from({ length: exposures }, (): number[] => [])
  for (let seed = 1; seed <= seeds; seed++) {
    const movie = {
      format: 'synthetic',
      path: '',
      shape: [edge, edge],
      events: 512,
      mean,
      contrast: 0.5,
      decay: 0.05,
      speckle,
    }
    const engine = {
      userClass: 'MultiTau',
      numWorkers: 1,
      verbosity: 'ERROR',
      h5arrays: 'none',
      overwrite: true,
    } as const
    const systemParams = { dataset: { ...movie, seed }, ...engine, h5output: join(folder, 'z.h5') }
    const userParams = { colorNdarrayCoords, normalization: 'ring', visibility: { exposures, every } } as const
    await runConfig({ systemParams, userParams }, { pool })
    const { contrast, contrast_error: error } = await stored(join(folder, 'z.h5'))
    contrast.forEach((value, i) => {
      z[i % exposures].push((value - knownContrast(movie, 2 ** (i % exposures))) / error[i])
    })
  }
  const found = z.map(rms)
  process.stderr.write(`mean ${mean}, speckle ${speckle}: rms z ${found.map((value) => value.toFixed(2)).join(' ')}\n`)
  // Of a single tick at the smallest mean the simulation has no pairs at all.
  for (const value of mean < 0.01 ? found.slice(1) : found) expect(Math.abs(value - 1)).toBeLessThan(off)
})
