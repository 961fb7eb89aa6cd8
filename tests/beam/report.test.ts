// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the report of a beam says about frames that are known by heart: poor bins, and slopes inside a color. */
import { join } from 'node:path'
import type { Dataset } from 'h5wasm/node'
import { afterAll, describe, expect, it } from 'vitest'
import type { UserParams } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { writeNpy } from '../../src/io/npy.js'
import { readCurves } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('report')
const pool = new ThreadPool({ threads: 6 })
afterAll(() => pool.destroy())
let runs = 0

/** Twelve events of the same frame of 8 x 8 pixels; `fine`: static bin of every pixel, `color`: color. */
async function run(
  frame: (pixel: number) => number,
  userParams: UserParams,
  fine: (pixel: number) => number,
  color: (pixel: number) => number = () => 1,
  delays = [1, 5],
) {
  const number = runs++
  const file = (name: string): string => join(folder, `${number}.${name}`)
  const pixels = Array.from({ length: 64 }, (_, pixel) => pixel)
  const one = Uint16Array.from(pixels, frame)
  writeNpy(
    file('npy'),
    Uint16Array.from({ length: 12 * 64 }, (_, i) => one[i % 64]),
    [12, 8, 8],
  )
  writeNpy(file('fine.npy'), Int32Array.from(pixels, fine), [8, 8])
  writeNpy(file('color.npy'), Int32Array.from(pixels, color), [8, 8])
  const engine = { delays, times: 12, numWorkers: 2, verbosity: 'ERROR', h5output: file('h5') } as const
  const labels = { colorNdarrayCoords: file('color.npy'), colorFineNdarrayCoords: file('fine.npy') }
  const systemParams = { dataset: { format: 'npy', path: file('npy') }, ...engine }
  const { warnings } = await runConfig({ systemParams, userParams: { ...userParams, ...labels } }, { pool })
  const { curves } = await readCurves(file('h5'), '/user/final')
  const h5 = await openHdf5(file('h5'))
  const slope = readDataset(h5, '/user/final/beam/slope_offset')
  const definition = String((h5.file.get('/user/final/beam/slope_offset') as Dataset).attrs.definition?.value)
  h5.close()
  return { warnings, curves, slope: Array.from(slope.data, Number), definition }
}

describe('bins below 10 counts', () => {
  /** Pixel 0 is a bin of its own with 11 and 7 counts at delays 1 and 5, 63 others have 63 times as many. */
  const poor = (pixel: number): number => (pixel === 0 ? 1 : 2)

  it('of static bins: how many, the least, and the next step', async () => {
    const { warnings } = await run(() => 1, { normalization: 'static' }, poor)
    expect(warnings).toEqual([
      "1 of 4 values of a static bin and delay rest on fewer than 10 counts (least 7), so that their ratios are noise: set userParams.weights to 'photon', or take larger bins",
    ])
  })

  it('of fine colors', async () => {
    const { warnings } = await run(() => 1, { normalization: 'finecolor' }, poor, undefined, [1, 5, 8])
    expect(warnings).toEqual([
      "2 of 6 values of a fine color and delay rest on fewer than 10 counts (least 4), so that their ratios are noise: set normalization to 'ring', or take larger bins",
    ])
  })

  it.each<[string, UserParams, number]>([
    ['weighed by photons', { normalization: 'static', weights: 'photon' }, 1],
    ['of a whole ring', { normalization: 'ring' }, 1],
    ['from 10 counts on', { normalization: 'static' }, 2],
  ])('are no matter %s', async (_, userParams, counts) => {
    expect((await run(() => counts, userParams, poor)).warnings).toEqual([])
  })
})

describe('a slope inside a color', () => {
  const row = (pixel: number): number => Math.floor(pixel / 8)
  const half = (pixel: number): number => (row(pixel) < 4 ? 3 : 7)

  it('is what ring has too much in g2: color 3 has rows of 10 to 40, color 7 of 100, 100, 100, 500', async () => {
    const levels = [10, 20, 30, 40, 100, 100, 100, 500]
    const frame = (pixel: number): number => levels[row(pixel)]
    const fine = (pixel: number): number => 1 + row(pixel)
    const ring = await run(frame, { normalization: 'ring' }, fine, half)
    // <I^2> / <I>^2 - 1.
    const known = [750 / 25 ** 2 - 1, 70_000 / 200 ** 2 - 1]
    known.forEach((value, c) => {
      expect(ring.slope[c]).toBeCloseTo(value, 12)
      for (const d of [0, 1]) expect(ring.curves.g2[2 * c + d] - 1).toBeCloseTo(ring.slope[c], 12)
    })
    expect(ring.definition).toBe('<I^2> / <I>^2 - 1 over the static bins of the color, weighted by elements')
    const finecolor = await run(frame, { normalization: 'finecolor' }, fine, half)
    expect([...finecolor.curves.g2]).toEqual([1, 1, 1, 1])
    expect(finecolor.slope).toEqual(ring.slope)
  })

  it('where a color is its only static bin, is found from compact blocks', async () => {
    const frame = (pixel: number): number => 100 + 10 * row(pixel)
    const { slope, definition, curves } = await run(frame, { normalization: 'ring' }, () => 1)
    // Rows of 100, 110, ... 170; blocks of one pixel each.
    const squares = [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, r) => sum + (100 + 10 * r) ** 2 / 8, 0)
    expect(slope[0]).toBeCloseTo(squares / 135 ** 2 - 1, 12)
    expect(curves.g2[0] - 1).toBeCloseTo(slope[0], 12)
    expect(definition).toContain('over the compact blocks of the color')
  })
})
