// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `TwoTime` of synthetic movies with gaps, late events, holes, fractions and averaging: the plain definition, whatever the workers. */
import { join } from 'node:path'
import type { Dataset, Group } from 'h5wasm/node'
import { afterAll, describe, expect, it } from 'vitest'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { resolveConfig } from '../../src/config/resolve.js'
import { runAlternative } from '../../src/driver/alternative.js'
import { classes } from '../../src/driver/classes.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { writeNpy, writeNpyInt64 } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { allocate, type DType, type TypedArray } from '../../src/units.js'
import { temporaryFolder } from '../support/folder.js'
import { runConfig } from './runCase.js'

const shape = [11, 13]
const pixels = 143
const frames = 70
const scratch = temporaryFolder('twotime-holes')
const pool = new ThreadPool({ threads: 9 })
afterAll(async () => {
  await pool.destroy()
})

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function save(name: string, values: TypedArray, extents: readonly number[]): string {
  const path = join(scratch, `${name}.npy`)
  writeNpy(path, values, extents)
  return path
}

interface Movie {
  readonly dtype: DType
  readonly value: (next: () => number) => number
  /** Counters of the events, in file order. */
  readonly counters: readonly number[]
  /** Value at which an element leaves its color. */
  readonly saturatedValue?: number
}

const inOrder = Array.from({ length: frames }, (_, t) => t)
const withGaps = inOrder.map((t) => 3 + t + (t > 20 ? 9 : 0) + (t > 40 ? 600 : 0))
const disordered = withGaps.map((_, t) => withGaps[t % 7 === 3 ? t + 1 : t % 7 === 4 ? t - 1 : t])
const photons = (next: () => number): number => (next() < 0.05 ? 1 + Math.floor(1.3 * next()) : 0)
const movies: Record<string, Movie> = {
  bright: { dtype: 'uint16', value: (next) => Math.floor(40 * next() ** 2), counters: inOrder },
  'sparse, with gaps': { dtype: 'uint8', value: photons, counters: withGaps },
  'bright, some saturated': {
    dtype: 'uint16',
    value: (next) => Math.floor(40.5 * next() ** 2),
    counters: inOrder,
    saturatedValue: 40,
  },
  'sparse, some saturated': { dtype: 'uint8', value: photons, counters: withGaps, saturatedValue: 2 },
  'out of order': { dtype: 'int16', value: (next) => Math.floor(20 * next()) - 5, counters: disordered },
  fractions: { dtype: 'float32', value: (next) => Math.fround(1 + 9 * next()), counters: inOrder },
  'fractions with holes and gaps': {
    dtype: 'float64',
    value: (next) => (next() < 0.03 ? Number.NaN : 1 + next()),
    counters: withGaps,
  },
  'counts with holes': {
    dtype: 'float32',
    value: (next) => (next() < 0.03 ? Number.NaN : Math.floor(6 * next())),
    counters: inOrder,
  },
}

function config(name: string, average: number, settings: object, file: string): ParcoranaConfig {
  const { dtype, value, counters, saturatedValue = null } = movies[name]
  const next = random(7)
  const id = name.replaceAll(/\W/g, '_')
  const data = save(
    id,
    allocate(dtype, frames * pixels).map(() => value(next)),
    [frames, ...shape],
  )
  const times = join(scratch, `${id}_times.npy`)
  writeNpyInt64(times, counters)
  const color = save(
    'color',
    Int32Array.from({ length: pixels }, (_, i) => (i * 5) % 4),
    shape,
  )
  const fine = save(
    'fine',
    Int32Array.from({ length: pixels }, (_, i) => 1 + (i % 7)),
    shape,
  )
  return {
    systemParams: {
      dataset: { format: 'npy', path: data, counters: times },
      userClass: 'TwoTime',
      h5output: join(scratch, file),
      overwrite: true,
      verbosity: 'ERROR',
      ...settings,
    },
    userParams: { colorNdarrayCoords: color, colorFineNdarrayCoords: fine, average, ageWindows: 3, saturatedValue },
  }
}

async function twoTime(path: string): Promise<Record<string, number[]>> {
  const { file, close } = await openHdf5(path)
  const group = file.get('/user/final/two_time') as Group
  const entries = group
    .keys()
    .map((key) => [key, Array.from((group.get(key) as Dataset).value as Iterable<number>, Number)])
  close()
  return Object.fromEntries(entries)
}

describe('two-time of', () => {
  for (const name of Object.keys(movies)) {
    for (const average of [1, 3]) {
      it(`${name}, average ${average}`, async () => {
        const one = config(name, average, { numWorkers: 1, blockSize: 64 }, 'one.h5')
        const path = (await runConfig(one, { pool })).output as string
        const { resolved } = await resolveConfig(
          config(name, average, {}, 'plain.h5'),
          { configPath: null, baseDir: scratch },
          { classes },
        )
        const found = await twoTime(path)
        const wanted = await twoTime((await runAlternative(resolved)).output as string)
        expect(Object.keys(found)).toEqual(Object.keys(wanted))
        for (const [key, values] of Object.entries(wanted)) {
          expect(found[key].length, key).toBe(values.length)
          const apart = values.findIndex((value, i) => !close(value, found[key][i]))
          expect(apart, `${key}: ${values[apart]} and ${found[key][apart]}`).toBe(-1)
        }
        for (const [numWorkers, blockSize, numServers] of [
          [2, 5, 1],
          [5, 64, 2],
        ]) {
          const other = config(name, average, { numWorkers, blockSize, numServers }, 'other.h5')
          const { differences } = await compareFiles(path, (await runConfig(other, { pool })).output as string, {
            exact: true,
          })
          expect(differences).toEqual([])
        }
      })
    }
  }
})

function close(a: number, b: number): boolean {
  return Number.isNaN(a) ? Number.isNaN(b) : Math.abs(a - b) <= 1e-11 * Math.max(1, Math.abs(a))
}
