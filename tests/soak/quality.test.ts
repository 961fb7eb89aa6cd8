// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Injected faults trip their own check and no other, for other movies than that of tests/quality and every normalisation. */
import { afterAll, describe, expect, it } from 'vitest'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { faults, writeMovie } from '../quality/movies.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('quality-soak')
const pool = new ThreadPool({ threads: 5 })
afterAll(() => pool.destroy())

describe.each([11, 12, 13, 14, 15])('seed %i', (seed) => {
  it.each(faults)('%s: %s', async (fault, check, ring) => {
    const config = await writeMovie(folder, fault, seed)
    for (const normalization of ['ring', 'finecolor', 'static', 'instantaneous'] as const) {
      const systemParams = { ...config.systemParams, numWorkers: 2, overwrite: true }
      const userParams = { ...config.userParams, normalization }
      const { quality } = await runConfig({ ...config, systemParams, userParams }, { pool })
      const tripped = Object.entries(quality[''].checks).filter(([, { status }]) => status !== 'ok')
      const told = `${normalization}: ${JSON.stringify(tripped)}`
      expect(
        tripped.map(([name]) => name),
        told,
      ).toEqual(check === null ? [] : [check])
      if (ring !== null) expect(tripped[0][1].ring, told).toBe(ring)
    }
  })
})
