// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `TwoTime` through the real roles: scikit-beam's numbers, and the same file for any number of workers and any blocks. */
import { join } from 'node:path'
import type { Dataset } from 'h5wasm/node'
import { afterAll, expect, it } from 'vitest'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithShared } from '../support/shared.js'
import { runConfig } from './runCase.js'

type Settings = Partial<NonNullable<ParcoranaConfig['systemParams']>>

/** Values of numeric datasets of one file, by path. */
async function read<K extends string>(
  path: string,
  names: Readonly<Record<K, string>>,
): Promise<Record<K, Float64Array>> {
  const { file, close } = await openHdf5(path)
  try {
    const entries = Object.entries<string>(names).map(([key, name]) => {
      const { value } = file.get(name) as Dataset
      return [key, Float64Array.from(value as ArrayLike<number>)]
    })
    return Object.fromEntries(entries)
  } finally {
    close()
  }
}

describeWithShared('two-time of real frames', (shared) => {
  const file = (name: string): string => join(shared, 'data', 'frames-bulk-water', name)
  const scratch = temporaryFolder('twotime')
  const pool = new ThreadPool({ threads: 8 })
  afterAll(async () => {
    await pool.destroy()
  })
  let runs = 0

  async function run(settings: Settings, userParams: ParcoranaConfig['userParams'] = {}): Promise<string> {
    const dataset = { format: 'npy', path: file('crop256x128x128_u8.npy') }
    const engine = { userClass: 'TwoTime', verbosity: 'ERROR', h5output: join(scratch, `${++runs}.h5`) } as const
    const labels = { colorNdarrayCoords: file('skb_g2.labels.npy'), ...userParams }
    return (await runConfig({ systemParams: { dataset, ...engine, ...settings }, userParams: labels }, { pool }))
      .output as string
  }

  it('maps of rings 1, 4 and 8 equal scikit-beam, in both layouts', async () => {
    const path = await run({ numWorkers: 2 })
    const { data, shape } = readNpy(file('skb_two_time_rings1_4_8.tt.npy'))
    const [, N] = shape
    for (const [k, ring] of [1, 4, 8].entries()) {
      const names = {
        own: `/user/final/two_time/map_color_${ring}`,
        aps: `/xpcs/twotime/correlation_map/c2_0000${ring}`,
      }
      const { own, aps } = await read(path, names)
      expect(own.length).toBe(N * N)
      let apart = 0
      for (let t1 = 0; t1 < N; t1++) {
        for (let t2 = 0; t2 < N; t2++) {
          const wanted = t2 < t1 ? 0 : data[(k * N + t1) * N + t2]
          apart = Math.max(apart, Math.abs(own[t1 * N + t2] - wanted))
        }
      }
      expect(apart).toBeLessThan(1e-12)
      expect(aps).toEqual(own)
    }
  })

  it('gives the same file for any workers and blocks', async () => {
    const settings = { h5arrays: 'every', update: 100 } as const
    const path = await run({ ...settings, numWorkers: 1, blockSize: 1024 })
    for (const [numWorkers, blockSize] of [
      [2, 64],
      [3, 7],
      [5, 1],
    ]) {
      const { differences } = await compareFiles(path, await run({ ...settings, numWorkers, blockSize }), {
        exact: true,
      })
      expect(differences).toEqual([])
    }
  })

  it('the curves are those of the lines of the map', async () => {
    const path = await run({ numWorkers: 2 }, { normalization: 'instantaneous' })
    const { g2 } = await read(path, { g2: '/user/final/two_time/g2' })
    const { curves } = await readCurves(path, '/user/final')
    const [D, C] = [curves.delays.length, curves.colors.length]
    expect(C).toBe(8)
    for (const [d, delay] of curves.delays.entries()) {
      for (let c = 0; c < C; c++) expect(Math.abs(curves.g2[c * D + d] - g2[delay * C + c])).toBeLessThan(1e-12)
    }
  })
})
