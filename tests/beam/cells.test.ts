// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Curves and errors from the light of cells, against the same from the elements, for classes whose sums the engine may not take for its own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Group } from 'h5wasm'
import { afterAll, describe, expect, it } from 'vitest'
import { openHdf5 } from '../../src/io/hdf5.js'
import { lookUp, readAttribute, readDataset } from '../../src/io/hdf5Read.js'
import { writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('cells')
const pool = new ThreadPool({ threads: 8 })
afterAll(() => pool.destroy())

const shape = [192, 128]
const delays = Array.from({ length: 100 }, (_, d) => (d < 90 ? d + 1 : 4 * (d - 67)))
const color = mapFile('color', (row) => (row < 6 ? 0 : row < 90 ? 4 : 7))
const fine = mapFile('fine', (row, column) => (row < 6 ? 0 : column < 40 ? 1 : 2))
let files = 0

function mapFile(name: string, label: (row: number, column: number) => number): string {
  const path = join(folder, `${name}.npy`)
  const values = Int32Array.from({ length: shape[0] * shape[1] }, (_, i) =>
    label(Math.floor(i / shape[1]), i % shape[1]),
  )
  writeNpy(path, values, shape)
  return path
}

/** A class with results of its own, equal to the engine's. */
function ownClass(base: string): string {
  const path = join(folder, `own-${base}.ts`)
  writeFileSync(
    path,
    `import { ${base} } from 'parcorana'
export default class Own extends ${base} {
  override workerCalc(data) { return { ...super.workerCalc(data) } }
}
`,
  )
  return path
}

interface Wanted {
  readonly userClass: string
  readonly normalization: string
  readonly system?: object
  readonly user?: object
}

async function run({ userClass, normalization, system, user }: Wanted): Promise<string> {
  const h5output = join(folder, `${files++}.h5`)
  const dataset = { format: 'synthetic', path: '', shape, events: 170, mean: 0.3, contrast: 0.7, seed: 3, gaps: 0.05 }
  const engine = {
    delays,
    times: 200,
    update: 120,
    numWorkers: 2,
    verbosity: 'ERROR',
    h5output,
    h5arrays: 'none',
  } as const
  const files_ = { colorNdarrayCoords: color, colorFineNdarrayCoords: fine }
  const userParams = { normalization, ...files_, ...user }
  const config = { systemParams: { dataset, ...engine, userClass, ...system }, userParams }
  return (await runConfig(config as never, { pool })).output as string
}

interface Curves {
  readonly values: number[]
  readonly errors: number[]
  readonly method: string
}

async function curvesOf(path: string, which: 'first' | 'final' = 'final'): Promise<Curves> {
  const h5 = await openHdf5(path)
  const updates = (lookUp(h5, '/user') as Group).keys().filter((name) => name.startsWith('G2_results_at_'))
  const update = which === 'final' ? which : updates.sort()[0]
  const read = (name: string): number[] => [...(readDataset(h5, `/user/${update}/${name}`).data as Float64Array)]
  try {
    return {
      values: [4, 7].flatMap((label) => read(`delay_curve_color_${label}`)),
      errors: [4, 7].flatMap((label) => read(`delay_curve_error_color_${label}`)),
      method: String(readAttribute(h5, `/user/${update}`, 'error_method')),
    }
  } finally {
    h5.close()
  }
}

function expectClose(got: readonly number[], wanted: readonly number[], relative: number): void {
  expect(got).toHaveLength(wanted.length)
  expect(got.filter(Number.isFinite).length).toBeGreaterThan(got.length / 2)
  got.forEach((value, i) => {
    if (Number.isNaN(wanted[i])) expect(value).toBeNaN()
    else expect(Math.abs(value / wanted[i] - 1), `value ${i}: ${value} for ${wanted[i]}`).toBeLessThan(relative)
  })
}

describe('from the light of cells', () => {
  it.each([
    ['G2IncrementalAccumulator', 'finecolor'],
    ['G2IncrementalAccumulator', 'instantaneous'],
    ['G2IncrementalWindowed', 'static'],
    ['G2AtEnd', 'ring'],
  ])('%s, %s', async (userClass, normalization) => {
    const own = await curvesOf(await run({ userClass: ownClass(userClass), normalization }))
    const engine = await curvesOf(await run({ userClass, normalization }))
    expect(engine.method).toMatch(/^jackknife/)
    expect(engine.method).toBe(own.method)
    expectClose(engine.values, own.values, 1e-13)
    expectClose(engine.errors, own.errors, 1e-9)
  })

  it('at updates too, with the same bits for any number of workers and blocks', async () => {
    const wanted = { userClass: 'G2IncrementalAccumulator', normalization: 'finecolor' }
    const one = await run({ ...wanted, system: { numWorkers: 1, update: 90 } })
    const three = await run({ ...wanted, system: { numWorkers: 3, numServers: 2, blockSize: 17, update: 90 } })
    const { differences, checked } = await compareFiles(one, three, { exact: true })
    expect(differences).toEqual([])
    expect(checked).toBeGreaterThan(20)
    expect((await curvesOf(one, 'first')).method).toMatch(/^jackknife/)
  })

  it('errors over elements stay what they are', async () => {
    const user = { errors: 'elements' }
    const normalization = 'ring'
    const engine = await curvesOf(await run({ userClass: 'G2IncrementalAccumulator', normalization, user }))
    expect(engine.method).toMatch(/^standard error over elements/)
  })

  it.each([
    ['saturated elements leave', { saturatedValue: 4 }, {}],
    ['values without number', {}, { holes: { values: [3] } }],
  ])('%s: from the elements again', async (_, user, system) => {
    const userClass = 'G2IncrementalAccumulator'
    const given = { normalization: 'ring', user, system }
    const own = await curvesOf(await run({ userClass: ownClass(userClass), ...given }))
    const engine = await curvesOf(await run({ userClass, ...given }))
    expectClose(engine.values, own.values, 1e-13)
    expectClose(engine.errors, own.errors, 1e-9)
  })
})
