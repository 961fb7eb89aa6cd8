// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `MultiTau` through the real roles: the peers' numbers, and the same file for any number of workers and any blocks. */
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { readNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves, readElements } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithShared } from '../support/shared.js'
import { runConfig } from './runCase.js'

describeWithShared('multi-tau of real frames', (shared) => {
  const file = (name: string): string => join(shared, 'data', 'frames-bulk-water', name)
  const scratch = temporaryFolder('multitau')
  const pool = new ThreadPool({ threads: 8 })
  afterAll(async () => {
    await pool.destroy()
  })

  function config(numWorkers: number, blockSize: number, userParams: ParcoranaConfig['userParams']): ParcoranaConfig {
    const dataset = { format: 'npy', path: file('crop256x128x128_u8.npy') }
    const h5output = join(scratch, `${numWorkers}-${blockSize}-${userParams?.normalization}.h5`)
    const engine = { userClass: 'MultiTau', verbosity: 'ERROR', update: 100, h5arrays: 'final' } as const
    return { systemParams: { dataset, numWorkers, blockSize, h5output, ...engine }, userParams: userParams ?? {} }
  }

  async function run(...args: Parameters<typeof config>): Promise<string> {
    return (await runConfig(config(...args), { pool })).output as string
  }

  /** Largest difference of the curves of `path` to `expected` [delays x rings]. */
  async function distance(path: string, expected: ArrayLike<number>): Promise<number> {
    const { curves } = await readCurves(path, '/user/final')
    const [D, C] = [curves.delays.length, curves.colors.length]
    expect(D * C).toBe(expected.length)
    return Math.max(...Array.from(expected, (g2, i) => Math.abs(g2 - curves.g2[(i % C) * D + Math.floor(i / C)])))
  }

  it('static equals boost_corr, curves and per-pixel means, whatever the workers and blocks', async () => {
    const params = { qmap: file('qmap_rings.h5'), normalization: 'static' } as const
    const path = await run(1, 1024, params)
    expect(await distance(path, readNpy(file('boost_g2.g2.npy')).data)).toBeLessThan(2e-6)
    const { data: peer } = readNpy(file('boost_G2IPIF.G2IPIF.npy'))
    const pixels = 128 * 128
    const { delays } = (await readCurves(path, '/user/final')).curves
    for (let d = 0; d < delays.length; d += 5) {
      const delay = delays[d]
      for (const [k, name] of ['G2', 'IF', 'IP'].entries()) {
        const { data } = await readElements(path, '/user/final', name, delay)
        const apart = data.reduce((most, value, i) => {
          return value === 0 ? most : Math.max(most, Math.abs(peer[(3 * d + k) * pixels + i] / value - 1))
        }, 0)
        expect(apart, `${name} at ${delay}`).toBeLessThan(1e-6)
      }
    }
    for (const [workers, blocks] of [
      [3, 7],
      [4, 64],
    ] as const) {
      const { differences } = await compareFiles(path, await run(workers, blocks, params), { exact: true })
      expect(differences).toEqual([])
    }
  })

  it('ring with numBufs 8 equals scikit-beam', async () => {
    const params = { colorNdarrayCoords: file('skb_g2.labels.npy'), normalization: 'ring', numBufs: 8 } as const
    const path = await run(2, 100, params)
    const { data } = readNpy(file('skb_g2.g2.npy'))
    const rings = 8
    const { curves } = await readCurves(path, '/user/final')
    const lags = readNpy(file('skb_g2.lags.npy')).data
    const known = Array.from(curves.delays.keys()).filter((d) => lags.includes(curves.delays[d]))
    expect(known.length).toBe(lags.length)
    for (const [l, d] of known.entries()) {
      for (let c = 0; c < rings; c++) {
        expect(Math.abs(curves.g2[c * curves.delays.length + d] - data[l * rings + c])).toBeLessThan(1e-12)
      }
    }
  })
})
