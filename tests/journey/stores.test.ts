// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A run's results do not depend on the type of its buffer: photon counts as bits and as bytes. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { random } from '../correlators/pairSumsOracle.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const [events, rows, columns] = [1500, 8, 9]

it.each(['G2AtEnd', 'G2IncrementalAccumulator', 'G2IncrementalWindowed'])('%s', async (userClass) => {
  const folder = temporaryFolder('stores')
  const next = random(11)
  const frames = new Uint8Array(events * rows * columns).map(() => (next() < 0.95 ? 0 : next() < 0.95 ? 1 : 2))
  const path = join(folder, 'input.npy')
  writeNpy(path, frames, [events, rows, columns])
  const run = async (workerStoreDtype: 'bit' | 'uint8', numWorkers: number) => {
    const h5output = join(folder, `${workerStoreDtype}.h5`)
    const dataset = { format: 'npy', path }
    const systemParams = { dataset, times: 300, delays: [1, 2, 5, 30, 200], update: 400, userClass }
    const more = { workerStoreDtype, numWorkers, h5output, h5arrays: 'every', verbosity: 'ERROR' } as const
    await runConfig({ systemParams: { ...systemParams, ...more } })
    return h5output
  }
  const bytes = await run('uint8', 1)
  const { differences } = await compareFiles(bytes, await run('bit', 2), { exact: true })
  expect(differences).toEqual([])
})
