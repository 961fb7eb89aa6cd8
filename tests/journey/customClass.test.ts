// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Classes of one's own: what they see, what they may change, which path serves them. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readAttribute, readDataset } from '../../src/io/hdf5Read.js'
import { readNpy, writeNpy, writeNpyInt64 } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves, readElements } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { caseConfig, referenceCases, type ReferenceCase } from '../reference/cases.js'
import { CaseChecker } from '../reference/checkResult.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'
import type { Seen } from './classes/perEvent.js'

const fixtures = fileURLToPath(new URL('../fixtures/parcorana', import.meta.url))
const classFile = (name: string): string => fileURLToPath(new URL(`classes/${name}.ts`, import.meta.url))
const scratch = temporaryFolder('custom')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

const caseOf = (name: string): ReferenceCase => {
  const found = referenceCases(fixtures).find((reference) => reference.name === name)
  if (found === undefined) throw new Error(`no case ${name}`)
  return found
}

let outputs = 0
async function run(raw: ParcoranaConfig): Promise<{ path: string; accounting: object }> {
  const h5output = join(scratch, `${outputs++}.h5`)
  const { output, accounting } = await runConfig({ ...raw, systemParams: { ...raw.systemParams, h5output } }, { pool })
  return { path: output as string, accounting }
}

function withUser(raw: ParcoranaConfig, userParams: Record<string, unknown>): ParcoranaConfig {
  return { ...raw, userParams: { ...raw.userParams, ...userParams } }
}

function notesFolder(): string {
  const folder = join(scratch, `notes${outputs}`)
  mkdirSync(folder)
  return folder
}

const notesIn = <T>(folder: string): T[] =>
  readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T)

describe('per-event callbacks', () => {
  const pairs = [
    ['G2AtEnd', 'b_wrap'],
    ['G2IncrementalAccumulator', 'b_wrap'],
    ['G2IncrementalWindowed', 'd_late_dropped'],
    ['G2IncrementalAccumulator', 's_uneven_streams_rr'],
  ] as const

  it.each(pairs)('of %s give the same file as the block kernels: %s', async (name, caseName) => {
    const settings = { numWorkers: 3, blockSize: 7 }
    const blocks = await run(caseConfig(caseOf(caseName), name, settings))
    const rows = await run(caseConfig(caseOf(caseName), classFile(`perEvent${name}`), settings))
    const { differences, checked } = await compareFiles(blocks.path, rows.path, { exact: true })
    expect(differences).toEqual([])
    expect(checked).toBeGreaterThan(30)
  })

  it.each(['b_wrap', 'd_late_dropped', 's_uneven_streams_rr'])(
    "come in ParCorAna's order, rows and times: %s",
    async (name) => {
      const reference = caseOf(name)
      const notes = notesFolder()
      const raw = caseConfig(reference, classFile('perEventG2IncrementalAccumulator'), { numWorkers: 1, blockSize: 5 })
      await run(withUser(raw, { notes }))
      const [note] = notesIn<{ path: string; seen: Seen[] }>(notes)
      expect(note?.path).toBe('rows')
      expect(note?.seen).toEqual(expectedCalls(reference))
    },
  )
})

/** ParCorAna's WorkerData, in the plainest way: rows never move, a freed row is used again. */
function expectedCalls(reference: ReferenceCase): Seen[] {
  const { params, folder } = reference
  const { accepted } = new CaseChecker(reference, 'G2IncrementalAccumulator').oracle
  const counters = Array.from(readNpy(join(folder, 'times.npy')).data)
  const { data, shape } = readNpy(join(folder, 'input.npy'))
  const first = readNpy(join(folder, 'mask.npy')).data.indexOf(1)
  const size = data.length / (shape[0] as number)
  const valueAt = (tm: number): number => data[counters.indexOf(tm) * size + first] as number
  const rowOf = new Map<number, number>()
  const counts = params.delays.map(() => 0)
  const calls: Seen[] = []
  let outOfOrder = 0
  const see = (call: Seen['call'], tm: number, row: number): void => {
    const stored = [...rowOf.keys()].sort((a, b) => a - b)
    const rows = stored.map((time) => rowOf.get(time) as number)
    const value = valueAt(tm)
    calls.push({
      call,
      tm,
      row,
      value,
      stored,
      rows,
      filled: rowOf.size,
      outOfOrder,
      duplicates: 0,
      counts: [...counts],
    })
  }
  for (const tm of accepted) {
    let row = rowOf.size
    if (rowOf.size === params.times) {
      const smallest = Math.min(...rowOf.keys())
      row = rowOf.get(smallest) as number
      see('remove', smallest, row)
      rowOf.delete(smallest)
    }
    if (rowOf.size > 0 && tm < Math.max(...rowOf.keys())) outOfOrder++
    params.delays.forEach((d, k) => {
      counts[k] = (counts[k] as number) + (rowOf.has(tm - d) ? 1 : 0) + (rowOf.has(tm + d) ? 1 : 0)
    })
    rowOf.set(tm, row)
    see('insert', tm, row)
  }
  return calls
}

describe('a few lines', () => {
  it.each(['weighed', 'doubled'])('keep the block kernels: %s', async (name) => {
    const notes = notesFolder()
    const raw = caseConfig(caseOf('a_inorder'), classFile(name), { numWorkers: 2 })
    const { path } = await run(withUser(raw, { notes, saturatedValue: null, notzero: null }))
    expect(notesIn<{ path: string }>(notes).map((note) => note.path)).toEqual(['blocks', 'blocks'])
    const plain = await run(caseConfig(caseOf('a_inorder'), 'G2IncrementalAccumulator', { numWorkers: 2 }))
    const factor = name === 'doubled' ? 2 : 1
    for (const [array, power] of [
      ['G2', factor ** 2],
      ['IP', factor],
      ['IF', factor],
    ] as const) {
      const [mine, theirs] = await Promise.all(
        [path, plain.path].map((file) => readElements(file, '/user/final', array, 3)),
      )
      expect(mine?.data).toEqual(theirs?.data.map((value) => value * power))
    }
  })

  it('have arrays of their own, given whole and asked for by name', async () => {
    const reference = caseOf('a_inorder')
    const { path } = await run(caseConfig(reference, classFile('ownArrays'), { numWorkers: 3, blockSize: 7 }))
    const mask = readNpy(join(reference.folder, 'mask.npy')).data
    const data = Array.from(readNpy(join(reference.folder, 'input.npy')).data)
    const largest = Array.from(mask, (on, i) =>
      on ? data.filter((_, k) => k % mask.length === i).reduce((most, value) => Math.max(most, value), 0) : 0,
    )
    const h5 = await openHdf5(path)
    const read = (name: string): number[] => Array.from(readDataset(h5, `/user/final/mine/${name}`).data)
    expect(read('largest')).toEqual(largest)
    expect(read('scaled')).toEqual(largest.map((value) => 5 * value))
    expect(read('colors')).toEqual([])
    expect(readAttribute(h5, '/user/final/mine/scaled', 'lastCounter')).toBe(49)
    h5.close()
  })
})

describe('a run in which every element saturates', () => {
  it('still ends with a result: no colors, all sums', async () => {
    const raw = caseConfig(caseOf('a_inorder'), 'G2IncrementalAccumulator', { numWorkers: 2, update: 20 })
    const { path } = await run(withUser(raw, { saturatedValue: 1 }))
    const plain = await run(caseConfig(caseOf('a_inorder'), 'G2IncrementalAccumulator', { numWorkers: 2 }))
    const { curves, counts } = await readCurves(path, '/user/final')
    expect(Array.from(curves.colors)).toEqual([])
    expect(counts[0]).toBe(49)
    const [mine, theirs] = await Promise.all(
      [path, plain.path].map((file) => readElements(file, '/user/final', 'G2', 3)),
    )
    expect(mine?.data).toEqual(theirs?.data)
  })
})

describe('several analyses of one run', () => {
  it('share the data and keep apart', async () => {
    const reference = caseOf('b_wrap')
    const raw = caseConfig(reference, 'G2IncrementalAccumulator', { numWorkers: 2, blockSize: 7 })
    const analyses = [
      { name: 'all' },
      { name: 'window', userClass: 'G2IncrementalWindowed' },
      { name: 'end', userClass: 'G2atEnd' },
      { name: 'rows', userClass: classFile('perEventG2IncrementalWindowed') },
    ]
    const { path } = await run({ ...raw, analyses })
    const classOf = {
      all: 'G2IncrementalAccumulator',
      window: 'G2IncrementalWindowed',
      end: 'G2atEnd',
      rows: 'G2IncrementalWindowed',
    }
    for (const [name, userClass] of Object.entries(classOf))
      expect(await new CaseChecker(reference, userClass).differences(path, `/user/${name}`), name).toEqual([])
  })
})

describe('filters', () => {
  it('count each by its own name, whatever the blocks and servers', async () => {
    const events = 100
    const counters = Array.from({ length: events }, (_, i) => 2 * i + (i % 2))
    const data = Float32Array.from({ length: events * 4 }, (_, k) => k % 13)
    const ipm = Float64Array.from({ length: events }, (_, i) => ((i * 7) % 10) / 10)
    const file = (name: string): string => join(scratch, name)
    writeNpy(file('frames.npy'), data, [events, 2, 2])
    writeNpyInt64(file('counters.npy'), counters)
    writeNpy(file('ipm.npy'), ipm)
    const reasons = counters.map((counter, i) => {
      if ((i >= 10 && i <= 14) || i === 60) return 'badEvents'
      if (!((ipm[i] as number) >= 0.2)) return 'ipm'
      if (counter % 7 === 3) return 'serverEventOk'
      return i % 5 === 4 ? 'serverFinalDataArray' : 'kept'
    })
    const count = (reason: string): number => reasons.filter((each) => each === reason).length
    for (const [numWorkers, blockSize, numServers] of [
      [1, 1024, 1],
      [2, 7, 3],
      [3, 1, 2],
    ] as const) {
      const { path, accounting } = await run({
        systemParams: {
          dataset: {
            format: 'npy',
            path: file('frames.npy'),
            counters: file('counters.npy'),
            vars: { ipm: file('ipm.npy') },
          },
          filters: [{ var: 'ipm', min: 0.2 }],
          badEvents: '10-14,60',
          userClass: classFile('choosy'),
          delays: [1, 2, 4],
          times: 100,
          numWorkers,
          numServers,
          blockSize,
          verbosity: 'ERROR',
        },
      })
      const names = ['badEvents', 'ipm', 'serverEventOk', 'serverFinalDataArray']
      expect(accounting).toEqual({
        read: events,
        correlated: count('kept'),
        late: 0,
        duplicate: 0,
        lost: 0,
        filtered: Object.fromEntries(names.map((name) => [name, count(name)])),
      })
      const kept = counters.map((counter, i) => ({ counter, i })).filter(({ i }) => reasons[i] === 'kept')
      const frameAt = (i: number): number[] => Array.from(data.subarray(i * 4, i * 4 + 4), (value) => value + 1)
      for (const delay of [1, 2, 4]) {
        const sum = [0, 0, 0, 0]
        let pairs = 0
        for (const a of kept)
          for (const b of kept.filter(({ counter }) => counter === a.counter + delay)) {
            pairs++
            frameAt(a.i).forEach((value, e) => {
              sum[e] = (sum[e] as number) + value * (frameAt(b.i)[e] as number)
            })
          }
        const { data: mean } = await readElements(path, '/user/final', 'G2', delay)
        expect(Array.from(mean)).toEqual(sum.map((value) => (pairs === 0 ? 0 : value / pairs)))
      }
    }
  })
})

describe('holes', () => {
  const [events, size, times] = [60, 12, 25]
  const delays = [1, 2, 5, 30]
  const value = (t: number, e: number): number => ((t * 7 + e * 3) % 11) + 1
  /** Element 0 is never a hole, element 11 always. */
  const isHole = (t: number, e: number): boolean => e === 11 || (e > 0 && (t * 5 + e * e) % 7 === 0)
  const all = Array.from({ length: events * size }, (_, k) => [Math.floor(k / size), k % size] as const)
  const datasets = {
    nan: join(scratch, 'nan.npy'),
    sentinel: join(scratch, 'sentinel.npy'),
  }
  writeNpy(
    datasets.nan,
    Float32Array.from(all, ([t, e]) => (isHole(t, e) ? Number.NaN : value(t, e))),
    [events, 3, 4],
  )
  writeNpy(
    datasets.sentinel,
    Uint16Array.from(all, ([t, e]) => (isHole(t, e) ? 65535 : value(t, e))),
    [events, 3, 4],
  )

  /** Pairs (t, t + d) that a class counts. */
  function pairsOf(userClass: string, d: number): [number, number][] {
    const first = userClass.includes('Accumulator') ? 0 : events - times
    const starts = Array.from({ length: events }, (_, t) => t).filter((t) => t >= first && t + d < events && d < times)
    return starts.map((t) => [t, t + d])
  }

  const classes = [
    'G2AtEnd',
    'G2IncrementalAccumulator',
    'G2IncrementalWindowed',
    classFile('perEventG2IncrementalAccumulator'),
  ]
  const each = classes.flatMap((userClass) =>
    Object.keys(datasets).map((kind) => ({ userClass, kind: kind as keyof typeof datasets })),
  )

  it.each(each)('leave means over the valid pairs: $kind, $userClass', async ({ userClass, kind }) => {
    const dataset = { format: 'npy', path: datasets[kind], ...(kind === 'sentinel' ? { sentinel: 65535 } : {}) }
    const settings = { delays, times, userClass, numWorkers: 3, blockSize: 7, verbosity: 'ERROR' }
    const { path } = await run({ systemParams: { dataset, ...settings } })
    for (const d of delays) {
      const valid = Array.from({ length: size }, (_, e) =>
        pairsOf(userClass, d).filter(([a, b]) => !isHole(a, e) && !isHole(b, e)),
      )
      const meanOf = (of: (a: number, b: number) => number): number[] =>
        valid.map((pairs, e) =>
          pairs.length === 0 ? 0 : pairs.reduce((sum, [a, b]) => sum + of(value(a, e), value(b, e)), 0) / pairs.length,
        )
      const found = async (name: string): Promise<number[]> =>
        Array.from((await readElements(path, '/user/final', name, d)).data)
      expect(await found('G2'), `G2 at ${d}`).toEqual(meanOf((a, b) => a * b))
      expect(await found('IP'), `IP at ${d}`).toEqual(meanOf((a) => a))
      expect(await found('IF'), `IF at ${d}`).toEqual(meanOf((_, b) => b))
    }
  })
})
