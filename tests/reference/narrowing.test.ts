// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Counts of 16 bits travel as bytes until one does not fit; results are those of the same counts in 32 bits, which never do. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { AnalysisConfig } from '../../src/config/types.js'
import { writeNpy } from '../../src/io/npy.js'
import { Narrower, narrowed } from '../../src/kernels/narrow.js'
import { partition } from '../../src/masks/partition.js'
import type { FileFrames } from '../../src/roles/keptEvents.js'
import { Narrowing } from '../../src/roles/narrowing.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { temporaryFolder } from '../support/folder.js'
import { runConfig } from './runCase.js'

const scratch = temporaryFolder('narrowing')
const pool = new ThreadPool({ threads: 7 })
afterAll(async () => {
  await pool.destroy()
})

const shape = [12, 20]
const pixels = 240
const events = 130

/** Seeded counts up to 255; from event `from` on, every third event has larger ones in the pixels `large`. */
function counts(from: number, large: readonly number[]): Uint16Array {
  const values = Uint16Array.from({ length: events * pixels }, (_, i) => ((i * 2654435761) >>> 13) % (i % 97 ? 9 : 256))
  for (let event = from; event < events; event += 3)
    for (const pixel of large) values[event * pixels + pixel] = 256 + ((event * 7919) % 65280)
  return values
}

const movies = [
  { name: 'bytes only', values: counts(events, []) },
  { name: 'a large count in the first event', values: counts(0, [70]) },
  { name: 'large counts of one worker in the third block', values: counts(40, [50, 51]) },
  { name: 'a large count in the last event', values: counts(events - 1, [199]) },
  { name: 'large counts that the mask leaves out', values: counts(20, [3, 239]) },
]

/** Rows 0, 1 and 11 are masked out, so that every worker has one stretch. */
const masks = { mask: join(scratch, 'mask.npy'), color: join(scratch, 'color.npy') }
const inside = Int32Array.from({ length: pixels }, (_, p) => Number(p >= 40 && p < 220))
writeNpy(masks.mask, inside, shape)
writeNpy(
  masks.color,
  inside.map((one, p) => one * (1 + (p % 3))),
  shape,
)

const analyses: AnalysisConfig[] = [
  { name: 'all', userClass: 'G2IncrementalAccumulator', delays: [1, 2, 5, 30] },
  { name: 'recent', userClass: 'G2IncrementalWindowed', delays: [1, 3, 17] },
  { name: 'multi', userClass: 'MultiTau' },
  { name: 'ages', userClass: 'TwoTime' },
]

async function run(name: string, data: Uint16Array | Uint32Array, servers: number, workers: number, user: object) {
  const path = join(scratch, `${name}.npy`)
  writeNpy(path, data, [events, ...shape])
  const systemParams = {
    dataset: { format: 'npy', path },
    maskNdarrayCoords: masks.mask,
    numServers: servers,
    numWorkers: workers,
    blockSize: 16,
    h5output: join(scratch, `${name}.h5`),
    h5arrays: 'final',
    overwrite: true,
    verbosity: 'ERROR',
    times: 50,
  } as const
  const userParams = { colorNdarrayCoords: masks.color, ...user }
  return (await runConfig({ systemParams, userParams, analyses }, { pool })).output as string
}

const rows = [
  ...movies.map((movie) => ({ ...movie, servers: 2, workers: 3, user: {} })),
  { ...movies[2], servers: 1, workers: 1, user: {} },
  { ...movies[2], servers: 2, workers: 2, user: { notzero: 1, saturatedValue: 300 } },
]

it.each(rows)('$name, $servers servers, $workers workers, $user', async ({ values, servers, workers, user }) => {
  const short = await run('short', values, servers, workers, user)
  const wide = await run('wide', Uint32Array.from(values), 1, 1, user)
  const ignore = ['run', 'system', 'entry', 'xpcs']
  const { differences, checked } = await compareFiles(short, wide, { exact: true, ignore })
  expect(differences).toEqual([])
  expect(checked).toBeGreaterThan(100)
})

describe('narrowing', () => {
  it.each([1, 31, 32, 33, 1000])('gives %i values as bytes, or null, whatever was there before', (count) => {
    const narrower = new Narrower(1024)
    for (const large of [-1, 0, count - 1]) {
      narrower.values.fill(0xfffe)
      const values = Uint16Array.from({ length: count }, (_, i) => (i === large ? 256 << (i % 8) : i & 255))
      narrower.values.set(values)
      expect(narrower.narrow(count)).toEqual(narrowed(values))
    }
  })

  const split = partition(inside, 2)
  const given = (values: Uint16Array): FileFrames => ({
    kind: 'file',
    events,
    dtype: 'uint16',
    read(first, count, pieces) {
      for (let e = 0; e < count; e++)
        for (const { pixel, length, out, stride, at } of pieces) {
          const from = (first + e) * pixels + pixel
          out.set(values.subarray(from, from + length), e * stride + at)
        }
    },
  })
  const places = () => split.shares.map(({ count }) => new Uint16Array(events * count))
  const plan = { partition: split, sentinels: [] as number[] }

  it('is done once the first larger count has come', () => {
    const narrowing = new Narrowing({ plan, instances: [] } as never)
    const types = [0, 2, 0].map((movie) => narrowing.read(given(movies[movie].values), places()))
    expect(types).toEqual(['uint8', 'uint16', 'uint16'])
  })

  it('leaves frames alone whose invalid values have a meaning', () => {
    const narrowing = new Narrowing({ plan: { ...plan, sentinels: [65535] }, instances: [] } as never)
    expect(narrowing.read(given(movies[0].values), places())).toBe('uint16')
  })

  it("fills every worker's place from its beginning", () => {
    const out = places()
    new Narrowing({ plan, instances: [] } as never).read(given(movies[0].values), out)
    split.shares.forEach(({ first, count }, worker) => {
      const bytes = new Uint8Array(out[worker].buffer, 0, events * count)
      const wanted = Array.from({ length: events * count }, (_, i) => {
        return movies[0].values[Math.floor(i / count) * pixels + split.elements[first + (i % count)]]
      })
      expect([...bytes]).toEqual(wanted)
    })
  })
})
