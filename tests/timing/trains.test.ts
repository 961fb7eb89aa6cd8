// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Runs in trains: 352 pulses at 4.5 MHz, trains at 10 Hz, pulses missing. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveConfig } from '../../src/config/resolve.js'
import type { ParcoranaConfig, SystemParams } from '../../src/config/types.js'
import { classes } from '../../src/driver/classes.js'
import { runAlternative } from '../../src/driver/alternative.js'
import { openSource } from '../../src/formats/index.js'
import { truth } from '../../src/formats/synthetic.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves, readElements } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { oracle, type TestEvent } from '../correlators/pairSumsOracle.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const shape = [12, 12]
const size = 144
const trains = { pulses: 352, period: 450_000 }
const movie = { format: 'synthetic', shape, events: 3400, gaps: 0.04, mean: 1.5, contrast: 0.6, decay: 0.01, seed: 5 }
const delays = [1, 2, 3, 10, 100, 351, 352, 1000, 449_999, 450_000, 450_001]

const folder = temporaryFolder('trains')
const pool = new ThreadPool({ threads: 8 })
let events: TestEvent[]

function config(name: string, system: Partial<SystemParams>): ParcoranaConfig {
  const engine = { h5output: join(folder, name), overwrite: true, verbosity: 'ERROR', numWorkers: 2 } as const
  return {
    systemParams: { dataset: movie, timing: trains, times: 1000, delays, h5arrays: 'every', ...engine, ...system },
  }
}

const run = async (name: string, system: Partial<SystemParams> = {}): Promise<string> => {
  return (await runConfig(config(name, system), { pool })).output as string
}

beforeAll(async () => {
  const source = await openSource({ ...movie, path: '' })
  const block = await source.read(Int32Array.from({ length: movie.events }, (_, e) => e))
  if (block.kind !== 'dense') throw new Error('dense frames expected')
  events = Array.from(source.counters ?? [], (tick, e) => ({
    counter: Math.floor(tick / 352) * 450_000 + (tick % 352),
    values: Array.from(block.data.subarray(e * size, (e + 1) * size)),
  }))
})

afterAll(() => pool.destroy())

describe.each(['G2IncrementalAccumulator', 'G2AtEnd', 'G2IncrementalWindowed'])('%s', (userClass) => {
  it('gives the pairs inside trains and across them bit for bit', async () => {
    const path = await run(`${userClass}.h5`, { userClass })
    const pairing = userClass === 'G2AtEnd' ? 'atEnd' : userClass.endsWith('Windowed') ? 'windowed' : 'accumulator'
    const wanted = oracle(events, delays, 1000, pairing)
    const { counts } = await readCurves(path, '/user/final')
    expect([...counts]).toEqual(wanted.counts)
    for (const name of ['G2', 'IP', 'IF'] as const) {
      for (const [d, delay] of delays.entries()) {
        const { data } = await readElements(path, '/user/final', name, delay)
        const means = Array.from(wanted[name][d], (sum) => (counts[d] === 0 ? 0 : sum / counts[d]))
        expect([...data]).toEqual(means)
      }
    }
    const other = await run(`${userClass}-1.h5`, { userClass, numWorkers: 1, blockSize: 17 })
    expect((await compareFiles(path, other, { exact: true })).differences).toEqual([])
  })
})

it('gives the g2 of the sample inside trains', async () => {
  const inside = [1, 3, 10, 30, 100, 250]
  const { curves } = await readCurves(await run('truth.h5', { delays: inside, h5arrays: 'none' }), '/user/final')
  const known = truth({ ...movie, path: '' })
  inside.forEach((delay, d) => {
    expect(Math.abs(curves.g2[d] - known.g2(1, delay))).toBeLessThan(6 * curves.error[d])
    expect(curves.error[d]).toBeLessThan(0.05)
  })
})

it('says intensity and events per pulse', async () => {
  const path = await run('light.h5', { timing: { ...trains, drop: '0-3,100' } })
  const h5 = await openHdf5(path)
  const kept = events.filter(({ counter }) => {
    const pulse = counter % 450_000
    return pulse > 3 && pulse !== 100
  })
  const perPulse = Array.from({ length: 352 }, (_, p) => kept.filter(({ counter }) => counter % 450_000 === p))
  expect(Array.from(readDataset(h5, '/user/final/trains/events').data)).toEqual(perPulse.map(({ length }) => length))
  const { data, shape: stored } = readDataset(h5, '/user/final/trains/intensity')
  expect([...stored]).toEqual([352, 1])
  perPulse.forEach((own, p) => {
    const sum = own.reduce((total, { values }) => total + values.reduce((a, b) => a + b, 0), 0)
    expect(data[p]).toBe(sum / own.length / size)
  })
  expect(readDataset(h5, '/system/accounting/filtered/timing').data[0]).toBe(events.length - kept.length)
  h5.close()
})

describe('TwoTime', () => {
  it.each([
    { name: 'of pulses', average: 1, pulses: 40, events: 900 },
    { name: 'of three pulses added up', average: 3, pulses: 40, events: 900 },
    { name: 'of trains longer than a block', average: 1, pulses: 600, events: 1300 },
  ])('averages maps $name over trains, as the definition says', async (given) => {
    const { average, pulses, events } = given
    const dataset = { ...movie, shape: [2, 2], events }
    const system = { userClass: 'TwoTime', dataset, timing: { ...trains, pulses }, h5arrays: 'final' } as const
    const raw = { ...config('two.h5', system), userParams: { average, ageWindows: 4 } }
    const path = (await runConfig(raw, { pool })).output as string
    const alt = { systemParams: { ...raw.systemParams, testH5output: join(folder, 'two-alt.h5'), testNumEvents: 0 } }
    const at = { configPath: null, baseDir: folder }
    const { resolved } = await resolveConfig({ ...raw, ...alt }, at, { classes })
    const wanted = (
      await runAlternative({
        ...resolved,
        systemParams: { ...resolved.systemParams, h5output: join(folder, 'two-alt.h5') },
      })
    ).output as string
    const [a, b] = [await openHdf5(path), await openHdf5(wanted)]
    for (const name of ['map_color_1', 'g2', 'g2_error', 'g2_age_windows', 'frame_events', 'lags']) {
      const [own, other] = [a, b].map((h5) => readDataset(h5, `/user/final/two_time/${name}`))
      expect([...own.shape], name).toEqual([...other.shape])
      own.data.forEach((value, i) => {
        const same = Number.isNaN(value) ? Number.isNaN(other.data[i]) : Math.abs(value / other.data[i] - 1) < 1e-12
        if (!same && value !== other.data[i]) throw new Error(`${name}[${i}] is ${value} instead of ${other.data[i]}`)
      })
    }
    a.close()
    b.close()
  })
})
