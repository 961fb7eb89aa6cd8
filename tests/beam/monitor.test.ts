// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A monitor that misses events, or belongs to frames that are summed: through whole runs, against the same data without either. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { resolveConfig } from '../../src/config/resolve.js'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { runAlternative } from '../../src/driver/alternative.js'
import { classes } from '../../src/driver/classes.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { randomNumbers } from '../quality/movies.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('monitor')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

const shape = [6, 8]
const size = 48
const events = 90
const random = randomNumbers(12)
const frames = Uint8Array.from({ length: events * size }, () => Math.floor(6 * random()))
const monitor = Float64Array.from({ length: events }, () => 1 + random())
const delays = [1, 2, 5, 11]
let outputs = 0

/** A dataset of `data` and its monitor, as files. */
function dataset(name: string, data: Uint8Array, beam: Float64Array, counters?: Float64Array) {
  const file = (what: string): string => join(folder, `${name}.${what}.npy`)
  writeNpy(file('frames'), data, [beam.length, ...shape])
  writeNpy(file('beam'), beam, [beam.length])
  if (counters !== undefined) writeNpy(file('counters'), Int32Array.from(counters), [beam.length])
  const clock = counters === undefined ? {} : { counters: file('counters') }
  return { format: 'npy', path: file('frames'), vars: { beam: file('beam') }, ...clock }
}

function config(data: object, more: Partial<ParcoranaConfig['systemParams']> = {}): ParcoranaConfig {
  const h5output = join(folder, `${outputs++}.h5`)
  const engine = { delays, times: events, numWorkers: 2, verbosity: 'ERROR', h5output } as const
  const systemParams = { dataset: data as { format: string; path: string }, ...engine, ...more }
  return { systemParams, userParams: { normalization: 'ring', frameNorm: 'monitor:beam' } }
}

async function run(...given: Parameters<typeof config>) {
  const { output, accounting } = await runConfig(config(...given), { pool })
  return { path: output as string, accounting }
}

async function alternative(...given: Parameters<typeof config>): Promise<string> {
  const raw = config(...given)
  const { resolved } = await resolveConfig(raw, { configPath: null, baseDir: folder }, { classes })
  return (await runAlternative(resolved)).output as string
}

/** Everything that g2 consists of, bit for bit. */
async function differences(a: string, b: string): Promise<string[]> {
  const ignore = ['accounting', 'changed', 'quality', 'losses', 'xpcs', 'entry', 'system', 'speckle']
  const { differences } = await compareFiles(a, b, { ignore, exact: true })
  // An event's identity is that of its last frame.
  return differences.filter((line) => !line.includes('@last_fiducials'))
}

async function divisor(path: string): Promise<number[]> {
  const h5 = await openHdf5(path)
  const { data } = readDataset(h5, '/user/final/frame_norm_curve')
  h5.close()
  return Array.from(data, Number)
}

/** <m(t) m(t+d)> / (<m(t)> <m(t+d)>) over the events at `ticks`, by the words of the manual. */
function divisorByHand(ticks: readonly number[], values: readonly number[]): number[] {
  const at = new Map(ticks.map((tick, e) => [tick, values[e]]))
  return delays.map((delay) => {
    const pairs = ticks.flatMap((tick) => (at.has(tick + delay) ? [[at.get(tick), at.get(tick + delay)]] : []))
    const mean = (of: (pair: number[]) => number) =>
      pairs.reduce((sum, pair) => sum + of(pair as number[]), 0) / pairs.length
    return mean(([a, b]) => a * b) / (mean(([a]) => a) * mean(([, b]) => b))
  })
}

describe('a monitor without a value', () => {
  const missing = new Map([
    [0, Number.NaN],
    [17, Number.NaN],
    [18, Number.POSITIVE_INFINITY],
    [63, Number.NaN],
  ])
  const holed = dataset(
    'holed',
    frames,
    monitor.map((value, e) => missing.get(e) ?? value),
  )
  const whole = dataset('whole', frames, monitor)
  const badEvents = '0,17-18,63'

  it('drops its event, which is counted by the name of the variable', async () => {
    const { path, accounting } = await run(holed)
    expect(accounting).toMatchObject({ read: 90, correlated: 86, filtered: { beam: 4 } })
    const ticks = Array.from({ length: events }, (_, e) => e).filter((e) => !missing.has(e))
    const byHand = divisorByHand(
      ticks,
      ticks.map((e) => monitor[e]),
    )
    ;(await divisor(path)).forEach((value, d) => {
      expect(value).toBeCloseTo(byHand[d], 12)
    })
  })

  it.each([1, 3])('is the same as leaving these events out: %i workers', async (numWorkers) => {
    const own = await run(holed, { numWorkers, blockSize: 7 })
    const left = await run(whole, { badEvents })
    expect(await differences(own.path, left.path)).toEqual([])
  })

  it('the same by --test-alt', async () => {
    const own = await run(holed)
    const ignore = ['accounting', 'quality', 'losses', 'xpcs', 'entry', 'system', 'run', 'beam', 'speckle']
    const compared = await compareFiles(own.path, await alternative(holed), { ignore, common: true })
    expect(compared.differences.filter((line) => !/error/.test(line))).toEqual([])
  })
})

describe('a monitor of frames that are summed', () => {
  const average = 3
  const groups = events / average
  const sums = Uint8Array.from({ length: groups * size }, (_, i) => {
    const [group, pixel] = [Math.floor(i / size), i % size]
    return [0, 1, 2].reduce((sum, k) => sum + frames[(group * average + k) * size + pixel], 0)
  })
  const monitorSums = Float64Array.from({ length: groups }, (_, g) =>
    [0, 1, 2].reduce((sum, k) => sum + monitor[g * average + k], 0),
  )

  it.each([1, 3])('is the sum over the same frames: %i workers', async (numWorkers) => {
    const summed = await run(dataset('frames', frames, monitor), { average, numWorkers, blockSize: 7 })
    const before = await run(dataset('sums', sums, monitorSums))
    expect(summed.accounting).toMatchObject({ read: 90, correlated: 90 })
    expect(await differences(summed.path, before.path)).toEqual([])
    const byHand = divisorByHand([...monitorSums.keys()], [...monitorSums])
    ;(await divisor(summed.path)).forEach((value, d) => {
      expect(value).toBeCloseTo(byHand[d], 12)
    })
  })

  it('in frames that come in disorder, with ticks and values that are missing', async () => {
    // Frames of ticks 3 and 4 change places with those of 40 and 41; tick 50 is not there, tick 71 has no monitor.
    const order = Array.from({ length: events }, (_, e) => ({ 3: 40, 4: 41, 40: 3, 41: 4 })[e] ?? e)
    const kept = order.filter((tick) => tick !== 50)
    const data = Uint8Array.from(kept.flatMap((tick) => [...frames.subarray(tick * size, (tick + 1) * size)]))
    const beam = Float64Array.from(kept, (tick) => (tick === 71 ? Number.NaN : monitor[tick]))
    const mixed = dataset('mixed', data, beam, Float64Array.from(kept))
    const { path, accounting } = await run(mixed, { average, blockSize: 8 })
    expect(accounting).toMatchObject({ read: 89, correlated: 84, filtered: { beam: 1, average: 4 } })
    const ticks = [...monitorSums.keys()].filter((group) => group !== 16 && group !== 23)
    const byHand = divisorByHand(
      ticks,
      ticks.map((group) => monitorSums[group]),
    )
    ;(await divisor(path)).forEach((value, d) => {
      expect(value).toBeCloseTo(byHand[d], 12)
    })
    const badGroups = dataset('left', sums, monitorSums)
    const left = await run(badGroups, { badEvents: '16,23' })
    // Late groups: pair sums of floats are added in another order.
    const found = (await compareFiles(path, left.path, { ignore: ['accounting', 'xpcs', 'entry', 'system', 'run'] }))
      .differences
    expect(found.filter((line) => /delay_curve_color|frame_norm_curve|\/(G2|IP|IF)\//.test(line))).toEqual([])
  })

  it('the same by --test-alt', async () => {
    const data = dataset('frames', frames, monitor)
    const own = await run(data, { average })
    const ignore = ['accounting', 'quality', 'losses', 'xpcs', 'entry', 'system', 'run', 'beam', 'speckle']
    const compared = await compareFiles(own.path, await alternative(data, { average }), { ignore, common: true })
    expect(compared.differences.filter((line) => !/error/.test(line))).toEqual([])
  })
})
