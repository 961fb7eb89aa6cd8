// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Several analyses in one run: every group holds what a run of its own gives, bit for bit. */
import { join } from 'node:path'
import type { Dataset } from 'h5wasm/node'
import { afterAll, describe, expect, it } from 'vitest'
import type { AnalysisConfig, SystemParams } from '../../src/config/types.js'
import { listDatasets, readDataset } from '../../src/io/hdf5Read.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { temporaryFolder } from '../support/folder.js'
import { runConfig } from './runCase.js'

const scratch = temporaryFolder('analyses')
const pool = new ThreadPool({ threads: 8 })
afterAll(async () => {
  await pool.destroy()
})

const shape = [12, 20]
const color = join(scratch, 'color.npy')
writeNpy(
  color,
  Int32Array.from({ length: 240 }, (_, p) => p % 5),
  shape,
)

/** Two of the rings. */
const chosen = join(scratch, 'chosen.npy')
writeNpy(
  chosen,
  Int32Array.from({ length: 240 }, (_, p) => (p % 5 === 2 || p % 5 === 4 ? p % 5 : 0)),
  shape,
)

const analyses: AnalysisConfig[] = [
  { name: 'ages', userClass: 'TwoTime', userParams: { colorNdarrayCoords: chosen, ageWindows: 3 } },
  { name: 'multi', userClass: 'MultiTau', userParams: { normalization: 'static' } },
  { name: 'all', userClass: 'G2IncrementalAccumulator', delays: [1, 2, 5, 30] },
  { name: 'recent', userClass: 'G2IncrementalWindowed', delays: [1, 3, 17], userParams: { normalization: 'ring' } },
]

async function run(name: string, list: AnalysisConfig[], system: Partial<SystemParams>): Promise<string> {
  const systemParams = {
    dataset: inOrder,
    h5output: join(scratch, `${name}.h5`),
    h5arrays: 'final',
    overwrite: true,
    verbosity: 'ERROR',
    times: 50,
    update: 90,
    ...system,
  } as const
  const userParams = { colorNdarrayCoords: color }
  return (await runConfig({ systemParams, userParams, analyses: list }, { pool })).output as string
}

/** Datasets of one analysis, accounting and quality apart. */
async function groupOf(file: string, name: string): Promise<string[]> {
  const h5 = await openHdf5(file)
  try {
    return listDatasets(h5).filter(
      (path) => path.startsWith(`/user/${name}/`) && !/\/(accounting|quality)\//.test(path),
    )
  } finally {
    h5.close()
  }
}

/** How many objects these names are: an array that does not change has several, and is compared once. */
async function objectsOf(file: string, paths: readonly string[]): Promise<number> {
  const h5 = await openHdf5(file)
  try {
    const places = paths.map((path) =>
      Buffer.from((h5.file.get(path) as Dataset).create_reference().ref_data).toString('hex'),
    )
    return new Set(places).size
  } finally {
    h5.close()
  }
}

const others = (name: string): string[] => analyses.map((analysis) => analysis.name).filter((other) => other !== name)

const inOrder = { format: 'synthetic', shape, events: 300, seed: 5, mean: 0.6, gaps: 0.05 }
/** Late events count as correlated in a run where one analysis has a buffer for them: accounting and the quality that follows from it are those of the run. */
const disorder = { ...inOrder, disorder: 3, repeats: 0.02 }

describe.each([
  { numWorkers: 1, numServers: 1, blockSize: 1024, dataset: inOrder },
  { numWorkers: 3, numServers: 2, blockSize: 17, dataset: disorder },
  { numWorkers: 2, numServers: 1, blockSize: 200, dataset: { ...inOrder, mean: 0.03 } },
])('%j', (settings) => {
  it('each group equals a run of its own, updates and arrays included', async () => {
    const together = await run('together', analyses, { numWorkers: 2, blockSize: 64, dataset: settings.dataset })
    for (const analysis of analyses) {
      const alone = await run('alone', [analysis], settings)
      const own = await groupOf(alone, analysis.name)
      expect(own.length).toBeGreaterThan(30)
      expect(await groupOf(together, analysis.name)).toEqual(own)
      const accounting = settings.dataset === disorder ? ['accounting', 'quality'] : []
      const ignore = ['run', 'system', 'xpcs', 'entry', ...others(analysis.name), ...accounting]
      const { differences, checked } = await compareFiles(alone, together, { exact: true, ignore })
      expect(differences).toEqual([])
      expect(checked).toBeGreaterThanOrEqual(await objectsOf(alone, own))
    }
  })
})

it('the groups differ, so the comparison can fail', async () => {
  const together = await run('together', analyses, { numWorkers: 2 })
  const h5 = await openHdf5(together)
  try {
    const pairs = ['all', 'recent'].map((name) => Array.from(readDataset(h5, `/user/${name}/final/delay_counts`).data))
    expect(pairs[0][0]).toBeGreaterThan(pairs[1][0])
  } finally {
    h5.close()
  }
})
