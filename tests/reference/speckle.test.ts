// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Rigaku events of known speckle through the real roles: the curves of the peers, and the truth. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { readNpy } from '../../src/io/npy.js'
import { readCurves } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithShared } from '../support/shared.js'
import { runConfig } from './runCase.js'

describeWithShared('multi-tau of photon events of known speckle', (shared) => {
  const file = (name: string): string => join(shared, 'data', 'speckle-sparse', name)
  const scratch = temporaryFolder('speckle')
  const pool = new ThreadPool({ threads: 6 })
  afterAll(async () => {
    await pool.destroy()
  })

  /** Curves by delay and color, and where a delay is. */
  async function curvesOf(userParams: ParcoranaConfig['userParams']) {
    const h5output = join(scratch, `${userParams?.normalization}.h5`)
    const dataset = { format: 'rigaku', path: file('frames.rigaku.bin'), shape: [128, 128] }
    const engine = { userClass: 'MultiTau', verbosity: 'ERROR', numWorkers: 2, h5arrays: 'none' } as const
    const colors = { colorNdarrayCoords: file('dqmap.npy'), colorFineNdarrayCoords: file('sqmap.npy') }
    const systemParams = { dataset, h5output, maskNdarrayCoords: file('mask.npy'), ...engine }
    const { output } = await runConfig({ systemParams, userParams: { ...colors, ...userParams } }, { pool })
    const { curves } = await readCurves(output as string, '/user/final')
    const at = (delay: number, color: number) => color * curves.delays.length + curves.delays.indexOf(delay)
    return { g2: (...of: Place) => curves.g2[at(...of)], error: (...of: Place) => curves.error[at(...of)] }
  }

  type Place = [delay: number, color: number]

  /** Every delay and color of a peer with its value. */
  function* peerOf(peer: string, name: string): Generator<[...Place, number]> {
    const { data, shape } = readNpy(file(`${peer}.${name}.npy`))
    const { data: tau } = readNpy(file(`${peer}.tau.npy`))
    for (let i = 0; i < data.length; i++) yield [tau[Math.floor(i / shape[1])], i % shape[1], data[i]]
  }

  it('static: boost_corr but for its three bfloat16 sums, and the truth within 3 errors', async () => {
    const own = await curvesOf({ normalization: 'static' })
    const far = [...peerOf('boost_corr', 'g2')].filter(([delay, color, g2]) => {
      return !(Math.abs(own.g2(delay, color) - g2) < 5e-6)
    })
    expect(far.map(([delay, color]) => [delay, color])).toEqual([
      [96, 0],
      [112, 0],
      [128, 0],
    ])
    for (const [delay, color, g2] of far) expect(Math.abs(own.g2(delay, color) - g2)).toBeLessThan(2e-4)
    const { gamma_per_frame: gamma } = JSON.parse(readFileSync(file('truth.json'), 'utf8')) as {
      gamma_per_frame: number[]
    }
    const scores = [...peerOf('boost_corr', 'g2')].map(([delay, color]) => {
      return (own.g2(delay, color) - 1 - 0.25 * Math.exp(-2 * gamma[color] * delay)) / own.error(delay, color)
    })
    const finite = scores.filter(Number.isFinite)
    expect(finite.filter((score) => Math.abs(score) < 3).length / finite.length).toBeGreaterThan(0.95)
    const rms = Math.sqrt(finite.reduce((sum, score) => sum + score ** 2, 0) / finite.length)
    expect(rms).toBeGreaterThan(0.9)
    expect(rms).toBeLessThan(1.3)
  })

  it('ring: scikit-beam', async () => {
    const own = await curvesOf({ normalization: 'ring', numBufs: 8 })
    for (const [delay, color, g2] of peerOf('scikit-beam', 'g2')) {
      expect(Math.abs(own.g2(delay, color) - g2), `${delay}, ${color}`).toBeLessThan(1e-11)
    }
  })
})
