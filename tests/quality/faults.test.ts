// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every injected fault trips its own check and no other; a whole movie trips none. */
import { afterAll, expect, it } from 'vitest'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'
import { faults, writeMovie } from './movies.js'

const folder = temporaryFolder('quality')
const pool = new ThreadPool({ threads: 5 })
afterAll(async () => {
  await pool.destroy()
})

it.each(faults)('%s: %s', async (fault, check, ring) => {
  const config = await writeMovie(folder, fault)
  const { quality } = await runConfig({ ...config, systemParams: { ...config.systemParams, numWorkers: 2 } }, { pool })
  const { checks } = quality['']
  console.log(fault, JSON.stringify(checks))
  const tripped = Object.entries(checks).filter(([, { status }]) => status !== 'ok')
  expect(tripped.map(([name]) => name)).toEqual(check === null ? [] : [check])
  if (ring !== null) expect(tripped[0][1].ring).toBe(ring)
})
