// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Contrast against exposure of simulated speckle through whole runs: the known integral, and what g2 of the same run asks for. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ParcoranaConfig, UserParams } from '../../src/config/types.js'
import { truth } from '../../src/formats/synthetic.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readAttribute, readDataset } from '../../src/io/hdf5Read.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('visibility')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

type Params = UserParams & Readonly<Record<string, unknown>>
type System = Partial<ParcoranaConfig['systemParams']>
const movie = { format: 'synthetic', path: '', shape: [64, 64], events: 2048, mean: 0.5, contrast: 0.5, decay: 0.05, seed: 3 }
let outputs = 0

async function run(dataset: object, userParams: Params, more: System = {}) {
  const h5output = join(folder, `${outputs++}.h5`)
  const engine = { userClass: 'MultiTau', numWorkers: 2, verbosity: 'ERROR', h5arrays: 'none', h5output } as const
  const said: string[] = []
  const params = { visibility: {}, normalization: 'ring', ...userParams } as Params
  const systemParams = { dataset: { ...movie, ...dataset }, ...engine, ...more }
  const { output } = await runConfig({ systemParams, userParams: params }, { pool, warn: (text) => said.push(text) })
  return { path: output as string, said }
}

async function stored(path: string): Promise<Record<string, number[]>> {
  const h5 = await openHdf5(path)
  const names = ['exposures', 'exposure_counts', 'mean', 'contrast', 'contrast_error', 'contrast_from_g2', 'photons', 'probability']
  try {
    return Object.fromEntries(
      names.map((name) => [name, Array.from(readDataset(h5, `/user/final/visibility/${name}`).data as Float64Array, Number)]),
    )
  } finally {
    h5.close()
  }
}

it('x', async () => {
  for (const u of [{}, {normalization:'finecolor'}, {normalization:'static'}, {normalization:'instantaneous'}]) {
  const { path, said } = await run({}, u as Params)
  const got = await stored(path)
  const known = truth({...movie})
  console.log(said, got, got.exposures.map((n) => { let s = known.g2(1, 0) - 1; for (let d = 1; d < n; d++) s += 2 * (1 - d / n) * (known.g2(1, d) - 1); return s / n }))
  }
})
