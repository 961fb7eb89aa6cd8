// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `begin`, `end`, `stride`, `average`: the same results as a file whose frames were selected and summed by hand. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { resolveConfig } from '../../src/config/resolve.js'
import type { ParcoranaConfig, SystemParams } from '../../src/config/types.js'
import { runAlternative } from '../../src/driver/alternative.js'
import { prepare } from '../../src/driver/check.js'
import { classes } from '../../src/driver/classes.js'
import type { RunResult } from '../../src/driver/run.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { writeNpy, writeNpyInt64 } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { temporaryFolder } from '../support/folder.js'
import { runConfig } from './runCase.js'
import { type Film, selectByHand, type SelectedFilm, type Wanted } from './selectedFrames.js'

const scratch = temporaryFolder('selection')
const pool = new ThreadPool({ threads: 9 })
afterAll(async () => {
  await pool.destroy()
})

const [frames, pixels] = [180, 60]
const hash = (n: number): number => (Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) ^ Math.imul(n + 7, 0x297a2d39)) >>> 0
const values = Uint8Array.from({ length: frames * pixels }, (_, i) =>
  hash(i) % 5 === 0 ? hash(i + 1) % 256 : hash(i) % 3,
)
const plain: Film = {
  pixels,
  values,
  counters: Array.from({ length: frames }, (_, i) => i),
  passes: Array.from({ length: frames }, () => true),
}
/** Gaps, a repeat, frames out of order, refused frames, an odd start. */
const rough: Film = {
  ...plain,
  counters: plain.counters.map((i) => (i === 50 ? 49 : i === 61 ? 70 : i === 70 ? 61 : i) + 1003 + (i > 90 ? 5 : 0)),
  passes: plain.passes.map((_, i) => i !== 33 && i % 47 !== 46),
}

function put(name: string, film: Film): ParcoranaConfig['systemParams']['dataset'] {
  writeNpy(join(scratch, `${name}.npy`), Uint8Array.from(film.values), [film.counters.length, 6, pixels / 6])
  writeNpyInt64(join(scratch, `${name}-counters.npy`), film.counters)
  writeNpy(join(scratch, `${name}-ok.npy`), Float64Array.from(film.passes, Number))
  const vars = { ok: join(scratch, `${name}-ok.npy`) }
  return { format: 'npy', path: join(scratch, `${name}.npy`), counters: join(scratch, `${name}-counters.npy`), vars }
}

function putSelected(name: string, { values: sums, counters }: SelectedFilm) {
  writeNpy(join(scratch, `${name}.npy`), Uint32Array.from(sums), [counters.length, 6, pixels / 6])
  writeNpyInt64(join(scratch, `${name}-counters.npy`), counters)
  return { format: 'npy', path: join(scratch, `${name}.npy`), counters: join(scratch, `${name}-counters.npy`) }
}

const color = join(scratch, 'color.npy')
writeNpy(
  color,
  Int32Array.from({ length: pixels }, (_, p) => p % 4),
  [6, pixels / 6],
)

async function run(name: string, system: SystemParams, saturatedValue: number | null = null): Promise<RunResult> {
  const h5output = join(scratch, `${name}.h5`)
  const engine = {
    h5output,
    overwrite: true,
    times: 40,
    delays: [1, 2, 3, 7, 20],
    verbosity: 'ERROR',
    update: 37,
  } as const
  const systemParams = { ...engine, h5arrays: 'every', ...system } as const
  return runConfig({ systemParams, userParams: { colorNdarrayCoords: color, saturatedValue } }, { pool })
}

/** Pairs, curves, errors, arrays and names of the updates; accounting and the id of the last frame belong to the file. */
async function differences(a: RunResult, b: RunResult): Promise<readonly string[]> {
  const ignore = ['system', 'run', 'xpcs', 'entry', 'accounting']
  const found = (await compareFiles(a.output as string, b.output as string, { exact: true, ignore })).differences
  return found.filter((line) => !line.includes('@last_fiducials'))
}

async function stored(result: RunResult, name: string): Promise<number[]> {
  const h5 = await openHdf5(result.output as string)
  try {
    return Array.from(readDataset(h5, name).data, Number)
  } finally {
    h5.close()
  }
}

const files = { plain: put('plain', plain), rough: put('rough', rough) }
const films = { plain, rough }
const filters = [{ var: 'ok', min: 1 }]

const selections: Wanted[] = [
  { begin: 17, end: 140 },
  { stride: 4 },
  { average: 3 },
  { begin: 5, end: 171, stride: 2, average: 4 },
  { begin: 90, average: 2, end: 0 },
]
const settings = [
  { numWorkers: 1, numServers: 1, blockSize: 1024 },
  { numWorkers: 3, numServers: 1, blockSize: 7 },
  { numWorkers: 2, numServers: 3, blockSize: 5 },
  { numWorkers: 1, numServers: 2, blockSize: 1 },
] as const

describe.each(['plain', 'rough'] as const)('frames of the %s file', (file) => {
  it.each(selections)('%j equal frames selected and summed by hand', async (wanted) => {
    const byHand = selectByHand(films[file], wanted)
    expect(byHand.counters.length).toBeGreaterThan(10)
    const dataset = putSelected('by-hand', byHand)
    for (const [n, setting] of settings.entries()) {
      const userClass = ['G2IncrementalAccumulator', 'G2IncrementalWindowed', 'MultiTau', 'G2atEnd'][n]
      const expected = await run('expected', { dataset, userClass, numWorkers: 2 })
      const got = await run('got', { dataset: files[file], filters, userClass, ...setting, ...wanted })
      expect(await differences(expected, got), `${userClass}, ${JSON.stringify(setting)}`).toEqual([])

      const { used, left, refused } = byHand.frames
      const { read, correlated, late, duplicate, filtered, lost } = got.accounting
      expect(filtered).toEqual({ ...left, ...(refused > 0 ? { ok: refused } : {}) })
      expect([correlated + late + duplicate, read, lost]).toEqual([used, frames, 0])
      expect(correlated).toBe(expected.accounting.correlated * (wanted.average ?? 1))
    }
  })
})

it('check knows events and pairs, the alternative calculation agrees, the file says what was selected', async () => {
  const wanted = { begin: 2, stride: 2, average: 3 }
  const h5output = join(scratch, 'alternative.h5')
  const system = { dataset: files.rough, filters, delays: [1, 2, 5], h5output, overwrite: true, ...wanted }
  const systemParams = { ...system, verbosity: 'ERROR', numWorkers: 2, experiment: { tickSeconds: 0.5 } } as const
  const raw = { systemParams, userParams: { colorNdarrayCoords: color, saturatedValue: 255 } }
  const { resolved } = await resolveConfig(raw, { configPath: null, baseDir: scratch }, { classes })
  const { explanation } = await prepare(resolved)
  const alternative = await runAlternative(resolved)
  const main = await run('main', { ...systemParams, h5output: join(scratch, 'main.h5'), times: 50_000, update: 0 }, 255)

  const byHand = selectByHand(rough, wanted)
  expect(explanation.source.delivered).toBe(byHand.counters.length)
  expect(explanation.selection).toMatchObject({ begin: 2, end: frames, ticksPerEvent: 6, tickSeconds: 3 })
  expect(explanation.pairs[0].pairs).toEqual(await stored(main, '/user/final/delay_counts'))
  expect(alternative.accounting).toEqual(main.accounting)
  const { differences: found } = await compareFiles(h5output, main.output as string, {
    ignore: ['run', 'accounting', 'entry', 'xpcs', 'system'],
    common: true,
  })
  expect(found).toEqual([])

  expect(await stored(main, '/xpcs/multitau/config/stride_frame')).toEqual([2])
  expect(await stored(main, '/xpcs/multitau/config/avg_frame')).toEqual([3])
  expect(await stored(main, '/entry/instrument/detector_1/frame_time')).toEqual([0.5])
  expect(await stored(main, '/entry/data/delay')).toEqual([3, 6, 15])
  expect(await stored(main, '/system/system_params/average')).toEqual([3])
})

it('refuses a begin beyond the frames and different saturation of summed frames, in one sentence', async () => {
  const dataset = files.plain
  await expect(run('bad', { dataset, begin: 180 })).rejects.toThrow(
    'systemParams.begin is 180, but there are only 180 frames to read; begin must be below that (numEvents limits them too)',
  )
  const analyses = [
    { name: 'a', userParams: { saturatedValue: 7 } },
    { name: 'b', userParams: { saturatedValue: null } },
  ]
  const systemParams = { dataset, average: 2, h5output: null, delays: [1] }
  await expect(runConfig({ systemParams, analyses }, { pool })).rejects.toThrow(
    'the analyses have different values of saturatedValue (7, none), which systemParams.average 2 does not allow; give them one',
  )
})

it('callbacks of a server see single frames, those of a worker see sums', async () => {
  const userClass = fileURLToPath(new URL('classes/pickyFrames.ts', import.meta.url))
  const wanted = { begin: 1, stride: 2, average: 3 }
  const picky: Film = {
    ...plain,
    values: values.map((value) => Math.min(255, 2 * value)),
    passes: plain.passes.map((_, i) => i % 50 !== 7 && i % 40 !== 3),
  }
  const byHand = selectByHand(picky, wanted)
  const perEvent = fileURLToPath(new URL('../journey/classes/perEventG2IncrementalAccumulator.ts', import.meta.url))
  const dataset = putSelected('by-hand', byHand)
  const expected = await run('expected', { dataset, userClass: perEvent, numWorkers: 1 })
  for (const setting of settings) {
    const got = await run('got', { dataset: files.plain, userClass, ...setting, ...wanted })
    const found = await differences(expected, got)
    expect(found.filter((line) => !line.includes('@user_class'))).toEqual([])
    const { serverEventOk, serverFinalDataArray, ...left } = got.accounting.filtered
    expect(left).toEqual(byHand.frames.left)
    expect(serverEventOk + serverFinalDataArray).toBe(byHand.frames.refused)
    expect(got.accounting.read).toBe(frames)
  }
})

it('only begin and end are the same as badEvents around them', async () => {
  const dataset = files.rough
  const all = { dataset, userClass: 'G2IncrementalAccumulator', numWorkers: 2, blockSize: 9 } as const
  const cut = await run('cut', { ...all, begin: 20, end: 150 })
  const bad = await run('bad', { ...all, badEvents: '0-19,150-179' })
  expect(await differences(cut, bad)).toEqual([])
  expect(cut.accounting.filtered).toEqual({ begin: 20, end: 30 })
  expect(bad.accounting.filtered).toEqual({ badEvents: 50 })
})

it('streams: events are the same whatever the servers, and the last frame of an event says whose it is', async () => {
  writeNpy(
    join(scratch, 'streams.npy'),
    Int32Array.from({ length: frames }, (_, i) => Math.floor(i / 4) % 3),
  )
  const dataset = { ...(files.plain as object), streams: join(scratch, 'streams.npy') }
  const wanted = { stride: 2, average: 2, begin: 4 }
  const expected = await run('expected', {
    dataset: putSelected('by-hand', selectByHand(plain, wanted)),
    numWorkers: 1,
  })
  for (const numServers of [1, 2, 3]) {
    const got = await run('got', {
      dataset,
      numWorkers: 2,
      numServers,
      serversRoundRobin: false,
      blockSize: 6,
      ...wanted,
    })
    expect(await differences(expected, got)).toEqual([])
    expect(got.accounting).toMatchObject({ read: frames, correlated: expected.accounting.correlated * 2 })
  }
})

describe('values of sums', () => {
  /** 40 frames of 60 pixels as photon words of a Rigaku detector, 12 bits of counts. */
  function photons(name: string, film: Film): { format: string; path: string; shape: number[]; events: number } {
    const words: bigint[] = []
    film.counters.forEach((_, i) => {
      for (let p = 0; p < pixels; p++) {
        const count = film.values[i * pixels + p]
        if (count > 0) words.push((BigInt(i) << 40n) | (BigInt(p) << 16n) | BigInt(count))
      }
    })
    const path = join(scratch, `${name}.bin`)
    writeFileSync(path, new Uint8Array(new BigUint64Array(words).buffer))
    return { format: 'rigaku', path, shape: [6, pixels / 6], events: film.counters.length }
  }

  const bright: Film = { ...plain, values: Array.from(values, (value) => (value > 2 ? 4095 : value === 1 ? 1 : 0)) }

  it.each([2, 20])('photon events summed by %d, also past 16 bits', async (average) => {
    const wanted = { begin: 3, average }
    const expected = await run('expected', { dataset: putSelected('by-hand', selectByHand(bright, wanted)) })
    for (const setting of settings) {
      const got = await run('got', { dataset: photons('bright', bright), ...setting, ...wanted })
      expect(await differences(expected, got)).toEqual([])
    }
  })

  it('an average longer than a block is read in pieces', async () => {
    const wanted = { average: 30 }
    const dense = await run('expected', { dataset: putSelected('by-hand', selectByHand(plain, wanted)) })
    const pieces = await run('got', { dataset: files.plain, blockSize: 7, numWorkers: 2, numServers: 2, ...wanted })
    expect(await differences(dense, pieces)).toEqual([])
    const sparse = await run('got', { dataset: photons('plain', plain), blockSize: 7, numWorkers: 2, ...wanted })
    expect(await differences(dense, sparse)).toEqual([])
  })

  it('a frame that saturates makes the sum saturated, sums of frames that do not stay below', async () => {
    const wanted = { average: 3 }
    const limit = 255
    const expected = new Set<number>()
    for (const [i, value] of values.entries()) if (value >= limit) expected.add(i % pixels)
    expect(expected.size).toBeGreaterThan(0)
    expect(expected.size).toBeLessThan(pixels)
    const map = Uint8Array.from({ length: pixels }, (_, p) => (expected.has(p) ? 1 : 0))
    for (const dataset of [files.plain, photons('plain', plain)]) {
      const got = await run('got', { dataset, blockSize: 10, numWorkers: 2, ...wanted }, limit)
      expect(await stored(got, '/user/final/saturated')).toEqual([...map])
    }
  })
})
