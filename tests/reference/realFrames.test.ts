// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Real camera frames (256 of 128 x 128, 8 bit) through two formats and three definitions of g2 in one run, against scikit-beam,
 * boost_corr and sums written out here.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatasetConfig } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { readNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves, readElements } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { temporaryFolder } from '../support/folder.js'
import { pythonWithH5py, runPython } from '../support/python.js'
import { describeWithShared } from '../support/shared.js'
import { mean } from './oracle.js'
import { runConfig } from './runCase.js'

const delays = [1, 2, 3, 4, 5, 6, 7, 8]
const rings = [1, 2, 3, 4, 5, 6, 7, 8]

describeWithShared('real frames', (shared) => {
  const data = join(shared, 'data', 'frames-bulk-water')
  const file = (name: string): string => join(data, name)
  const scratch = temporaryFolder('frames')
  const pool = new ThreadPool({ threads: 9 })
  afterAll(async () => {
    await pool.destroy()
  })

  const npy: DatasetConfig = { format: 'npy', path: file('crop256x128x128_u8.npy') }
  const hdf5: DatasetConfig = { format: 'hdf5', path: join(scratch, 'frames.h5'), dataset: 'entry/data' }

  async function run(dataset: DatasetConfig, numWorkers: number, blockSize: number, numServers = 1): Promise<string> {
    const labels = { colorNdarrayCoords: file('skb_g2.labels.npy') }
    const { output, accounting } = await runConfig(
      {
        systemParams: {
          dataset,
          delays,
          times: 256,
          numWorkers,
          numServers,
          blockSize,
          h5output: join(scratch, `${dataset.format}-${numWorkers}-${blockSize}.h5`),
          verbosity: 'ERROR',
        },
        analyses: [
          { name: 'ring', userParams: { ...labels, normalization: 'ring' } },
          { name: 'static', userParams: { qmap: file('qmap_rings.h5'), normalization: 'static' } },
          { name: 'instantaneous', userClass: 'G2AtEnd', userParams: { ...labels, normalization: 'instantaneous' } },
        ],
      },
      { pool },
    )
    expect(accounting).toMatchObject({ read: 256, correlated: 256 })
    return output as string
  }

  let result = ''
  beforeAll(async () => {
    result = await run(npy, 1, 1024)
  })

  it.skipIf(pythonWithH5py() === null)(
    'come the same from .npy and from chunked gzip HDF5, on 1, 3 and 5 workers',
    async () => {
      runPython(
        `frames = np.load(sys.argv[1])
with h5py.File(sys.argv[2], 'w') as h5:
    h5.create_dataset('entry/data', data=frames, chunks=(5, 48, 128), compression='gzip', shuffle=True)`,
        npy.path as string,
        hdf5.path as string,
      )
      const others = [await run(hdf5, 3, 7), await run(hdf5, 5, 100, 2), await run(npy, 5, 33)]
      for (const other of others) {
        const { checked, differences } = await compareFiles(result, other, {
          exact: true,
        })
        expect(differences).toEqual([])
        expect(checked).toBeGreaterThan(100)
      }
    },
  )

  it('give the G2, IP and IF of boost_corr for every pixel', async () => {
    const boost = readNpy(file('boost_G2IPIF.G2IPIF.npy')).data
    const size = 128 * 128
    const h5 = await openHdf5(file('qmap_rings.h5'))
    const mask = readDataset(h5, 'qmap/mask').data
    h5.close()
    const inside = (values: ArrayLike<number>): number[] => Array.from(values).filter((_, i) => mask[i] === 1)
    // boost_corr calls the mean of the later frames IP and that of the earlier ones IF.
    const place = { G2: 0, IF: 1, IP: 2 }
    for (const name of ['G2', 'IP', 'IF'] as const)
      for (const [k, delay] of delays.entries()) {
        const ours = (await readElements(result, '/user/ring/final', name, delay)).data
        const theirs = boost.subarray((k * 3 + place[name]) * size, (k * 3 + place[name] + 1) * size)
        expect(largestRelative(inside(ours), inside(theirs)), `${name} at ${delay}`).toBeLessThan(1e-6)
      }
    const past = (await readElements(result, '/user/ring/final', 'IP', 8)).data
    expect(largestRelative(past, boost.subarray((7 * 3 + 1) * size, (7 * 3 + 2) * size)), 'swapped').toBeGreaterThan(
      1e-3,
    )
  })

  it('give the g2 of scikit-beam per ring', async () => {
    const lags = Array.from(readNpy(file('skb_g2.lags.npy')).data)
    const theirs = readNpy(file('skb_g2.g2.npy')).data
    const { curves, counts } = await readCurves(result, '/user/ring/final')
    expect(Array.from(counts)).toEqual(delays.map((delay) => 256 - delay))
    expect(Array.from(curves.colors)).toEqual(rings)
    // Lag 8 belongs to scikit-beam's second level.
    for (const delay of delays.slice(0, 7))
      rings.forEach((_, c) => {
        const expected = theirs[lags.indexOf(delay) * 8 + c] as number
        expect(Math.abs((curves.g2[c * 8 + delay - 1] as number) - expected)).toBeLessThan(1e-12)
      })
  })

  describe('against sums written out here', () => {
    const frames = readNpy(npy.path as string).data
    const frame = (t: number): Uint8Array => frames.subarray(t * 16384, (t + 1) * 16384) as Uint8Array
    const pixelsOf = (labels: ArrayLike<number>, label: number): number[] =>
      Array.from(labels, (_, i) => i).filter((i) => labels[i] === label)

    /** Sums over the pairs of one delay, of the mean over pixels: I(t) I(t+d), I(t), I(t+d) and the product of the frame means. */
    function ringSums(pixels: readonly number[], delay: number): [G2: number, IP: number, IF: number, product: number] {
      const sums: [number, number, number, number] = [0, 0, 0, 0]
      for (let t = 0; t + delay < 256; t++) {
        const [a, b] = [frame(t), frame(t + delay)]
        const [past, future] = [mean(pixels.map((i) => a[i] as number)), mean(pixels.map((i) => b[i] as number))]
        sums[0] += mean(pixels.map((i) => (a[i] as number) * (b[i] as number)))
        sums[1] += past
        sums[2] += future
        sums[3] += past * future
      }
      return sums
    }

    it('g2 by instantaneous', async () => {
      const labels = readNpy(file('skb_g2.labels.npy')).data
      const { curves } = await readCurves(result, '/user/instantaneous/final')
      for (const c of [0, 3, 7])
        for (const delay of [1, 8]) {
          const [G2, , , product] = ringSums(pixelsOf(labels, c + 1), delay)
          expect(curves.g2[c * 8 + delay - 1]).toBeCloseTo(G2 / product, 12)
        }
      expect(Array.from(curves.colors)).toEqual(rings)
    })

    it('g2 by static, and by boost_corr', async () => {
      const h5 = await openHdf5(file('qmap_rings.h5'))
      const [dynamic, fixed] = ['dynamic', 'static'].map((name) => readDataset(h5, `qmap/${name}_roi_map`).data)
      h5.close()
      const theirs = readNpy(file('boost_g2.g2.npy')).data
      const { curves } = await readCurves(result, '/user/static/final')
      for (const c of rings.keys())
        for (const delay of [1, 8]) {
          const bins = new Set(Array.from(fixed ?? []).filter((_, i) => dynamic?.[i] === c + 1))
          const ratios = [...bins].map((bin) => {
            const [G2, IP, IF] = ringSums(pixelsOf(fixed ?? [], bin), delay)
            return (G2 * (256 - delay)) / (IP * IF)
          })
          const ours = curves.g2[c * 8 + delay - 1] as number
          expect(ours).toBeCloseTo(mean(ratios), 12)
          expect(Math.abs(ours - (theirs[(delay - 1) * 8 + c] as number))).toBeLessThan(2e-6)
        }
    })
  })
})

function largestRelative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value / (b[i] as number) - 1)), 0)
}
