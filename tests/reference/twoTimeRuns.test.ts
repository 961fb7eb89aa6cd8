// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `TwoTime` of photon events, beside other analyses, and with every kernel forced in turn: always the same bits. */
import { join } from 'node:path'
import type { Dataset, Group } from 'h5wasm/node'
import { afterAll, expect, it } from 'vitest'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readNpy, writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves } from '../../src/results/reader.js'
import { openSource } from '../../src/formats/index.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runCli } from '../support/cli.js'
import { put, temporaryFolder } from '../support/folder.js'
import { describeWithShared } from '../support/shared.js'
import { runConfig } from './runCase.js'

type Config = Required<Pick<ParcoranaConfig, 'systemParams' | 'userParams'>> & Pick<ParcoranaConfig, 'analyses'>

describeWithShared('two-time of photon events', (shared) => {
  const file = (name: string): string => join(shared, 'data', 'speckle-sparse', name)
  const scratch = temporaryFolder('twotime-runs')
  const pool = new ThreadPool({ threads: 8 })
  afterAll(async () => {
    await pool.destroy()
  })

  const events = { format: 'rigaku', path: file('frames.rigaku.bin'), shape: [128, 128] }

  function config(name: string, settings: object, userParams: object = {}): Config {
    const mask = { maskNdarrayCoords: file('mask.npy') }
    const engine = { userClass: 'TwoTime', verbosity: 'ERROR', h5output: join(scratch, name), overwrite: true } as const
    return {
      systemParams: { dataset: events, ...mask, ...engine, h5arrays: 'none', numWorkers: 2, ...settings },
      userParams: { colorNdarrayCoords: file('dqmap.npy'), ...userParams },
    }
  }

  async function run(raw: ParcoranaConfig): Promise<string> {
    return (await runConfig(raw, { pool })).output as string
  }

  /** All of the group two_time, as text. */
  async function twoTime(path: string, group: string): Promise<string[]> {
    const { file: opened, close } = await openHdf5(path)
    const own = opened.get(`${group}/two_time`) as Group
    const texts = own.keys().map((key) => {
      const { value } = own.get(key) as Dataset
      if (!ArrayBuffer.isView(value)) return `${key} ${String(value)}`
      return `${key} ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}`
    })
    close()
    return texts
  }

  it('equals that of frames, and scikit-beam where both know the delay', async () => {
    const source = await openSource(events)
    const frames = new Uint8Array(600 * 128 * 128)
    const read = await source.read(Int32Array.from({ length: 600 }, (_, i) => i))
    if (read.kind !== 'events') throw new Error('a rigaku file gives events')
    read.pixel.forEach((pixel, k) => {
      frames[read.event[k] * 128 * 128 + pixel] = read.value[k]
    })
    await source.close()
    const dense = join(scratch, 'frames.npy')
    writeNpy(dense, frames, [600, 128, 128])
    const ofEvents = await run(config('events.h5', { numEvents: 600, numWorkers: 3, blockSize: 77 }))
    const ofFrames = await run(config('frames.h5', { dataset: { format: 'npy', path: dense } }))
    expect(await twoTime(ofEvents, '/user/final')).toEqual(await twoTime(ofFrames, '/user/final'))

    const all = await run(config('all.h5', { numEvents: 2000 }, { normalization: 'ring' }))
    const { curves } = await readCurves(all, '/user/final')
    const lags = readNpy(file('scikit-beam.tau.npy')).data
    const wanted = readNpy(file('scikit-beam.g2.npy')).data
    const rings = curves.colors.length
    for (let delay = 1; delay < 8; delay++) {
      const [l, d] = [lags.indexOf(delay), curves.delays.indexOf(delay)]
      for (let c = 0; c < rings; c++) {
        expect(Math.abs(curves.g2[c * curves.delays.length + d] - wanted[l * rings + c])).toBeLessThan(1e-11)
      }
    }
  })

  it('beside other analyses equals that of a run of its own', async () => {
    const settings = { numEvents: 300, times: 1000, delays: [1, 2, 5] }
    const alone = await run(config('alone.h5', settings))
    const analyses = [
      { name: 'tau', userClass: 'MultiTau' },
      { name: 'ages', userClass: 'TwoTime' },
      { name: 'pairs', userClass: 'G2IncrementalAccumulator' },
    ]
    const together = await run({ ...config('together.h5', settings), analyses })
    expect(await twoTime(together, '/user/ages/final')).toEqual(await twoTime(alone, '/user/final'))
    const [a, b] = [await readCurves(together, '/user/ages/final'), await readCurves(alone, '/user/final')]
    expect(a.curves.g2).toEqual(b.curves.g2)
  })

  it('has the same bits with every kernel', async () => {
    const outputs: string[] = []
    for (const kernel of ['wasm', 'reference', 'dense', 'relaxed', 'lookup', 'bits']) {
      const path = put(scratch, `${kernel}.json`, config(`${kernel}.h5`, { numEvents: 40 }))
      const end = await runCli(['-c', path, '-q'], { cwd: scratch, env: { PARCORANA_KERNEL: kernel } })
      expect(end.code, end.stderr).toBe(0)
      outputs.push(join(scratch, `${kernel}.h5`))
    }
    for (const output of outputs.slice(1)) {
      expect((await compareFiles(outputs[0], output, { exact: true })).differences, output).toEqual([])
    }
  })
})
