// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Ranks that are slow, uneven or idle, and runs at the edge of nothing: all end properly, no event is lost on the way. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeNpy } from '../../src/io/npy.js'
import { watchRun } from '../journey/residentMemory.js'
import { runCli } from '../support/cli.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithPython, pythonJson } from '../support/python.js'
import { type ResultFacts, readResult, type Scenario, writeScenario } from './fixture.js'

const root = temporaryFolder('pressure')
const sleep = (milliseconds: number): string =>
  `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds})`

const streamEvents = 240

/** Stream of an event: 0 everywhere but a burst of 1 in the middle and a lone 2 at the end. */
function streamOf(event: number): number {
  if (event === streamEvents - 1) return 2
  return event > 100 && event < 160 ? 1 : 0
}

/** Events that come too late for a buffer of `times` when the streams take turns, counted plainly. */
function countLate(times: number): number {
  const queues: number[][] = [[], [], []]
  for (let event = 0; event < streamEvents; event++) queues[streamOf(event)]?.push(event)
  let stored: number[] = []
  let late = 0
  while (queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) {
      const event = queue.shift()
      if (event === undefined) continue
      if (stored.length === times && event < (stored[0] as number)) late++
      else stored = [...stored, event].sort((a, b) => a - b).slice(-times)
    }
  }
  return late
}

function writeStreams(folder: string): void {
  writeNpy(
    join(folder, 'streams.npy'),
    Int32Array.from({ length: streamEvents }, (_, i) => streamOf(i)),
  )
  const frames = Uint8Array.from({ length: streamEvents * 20 }, (_, i) => (i * 7 + (i >> 4)) % 6)
  writeNpy(join(folder, 'frames.npy'), frames, [streamEvents, 4, 5])
}

const streams = { format: 'npy', path: 'frames.npy', streams: 'streams.npy' }
const synthetic = (events: number) => ({ format: 'synthetic', shape: [12, 10], events, seed: 3 })

interface Row {
  readonly name: string
  readonly scenario: Scenario
  readonly read: number
  /** Default 0. */
  readonly late?: number
  readonly filtered?: number
  readonly updates: number
}

const lateInTurn = countLate(40)

const rows: readonly Row[] = [
  {
    name: 'a slow server',
    scenario: { members: `serverEventOk() { ${sleep(2)}; return true }`, system: { update: 200 } },
    read: 600,
    updates: 3,
  },
  {
    name: 'uneven streams, round robin',
    scenario: { system: { dataset: streams, numServers: 3, blockSize: 7 } },
    read: streamEvents,
    late: lateInTurn,
    // The lone event of stream 2 has the largest counter and comes first: every update replaces the one before.
    updates: 1,
  },
  {
    name: 'uneven streams, earliest first',
    scenario: { system: { dataset: streams, numServers: 3, blockSize: 7, serversRoundRobin: false } },
    read: streamEvents,
    updates: 5,
  },
  {
    name: 'servers without a stream',
    scenario: { system: { dataset: streams, numServers: 5, blockSize: 1, update: 0 } },
    read: streamEvents,
    late: lateInTurn,
    updates: 1,
  },
  {
    name: 'more servers than blocks',
    scenario: { system: { numServers: 4, blockSize: 1024, update: 0 } },
    read: 600,
    updates: 1,
  },
  {
    name: 'more workers than elements',
    scenario: { system: { dataset: { ...synthetic(60), shape: [1, 2] }, numWorkers: 4, update: 0 } },
    read: 60,
    updates: 1,
  },
  {
    name: 'an update after every event',
    scenario: { system: { dataset: synthetic(25), update: 1 } },
    read: 25,
    updates: 25,
  },
  { name: 'a buffer of one event', scenario: { system: { times: 1, update: 0 } }, read: 600, updates: 1 },
  {
    name: 'delays longer than the run',
    scenario: { system: { dataset: synthetic(50), delays: [1000, 2000], times: 5000 } },
    read: 50,
    updates: 1,
  },
  {
    name: 'no event after the filters',
    scenario: { system: { badEvents: '0-599' } },
    read: 600,
    filtered: 600,
    updates: 1,
  },
  { name: 'one event', scenario: { system: { numEvents: 1 } }, read: 1, updates: 1 },
]

describeWithPython('ends properly:', () => {
  it.each(rows.map((row, i) => ({ ...row, i })))(
    '$name',
    async ({ scenario, read, late = 0, filtered = 0, updates, i }) => {
      const folder = writeScenario(root, String(i), scenario)
      writeStreams(folder)
      const { code, stdout, stderr } = await runCli(['-c', 'config.json', '--json', '-q'], { cwd: folder })
      expect(code, stderr).toBe(0)
      const done = JSON.parse(stdout.trim().split('\n').at(-1) as string) as Record<string, unknown>
      const counts = { read, correlated: read - late - filtered, late, duplicate: 0, lost: 0 }
      expect(done).toMatchObject({ event: 'done', complete: true, ...counts })
      const facts = pythonJson<ResultFacts>(readResult, join(folder, 'out.h5'))
      expect(facts).toMatchObject({ ...counts, filtered, complete: 1, updates })
    },
  )
})

describe('a slow worker', () => {
  it('holds the servers back: memory in flight stays bounded', async () => {
    const [events, side] = [8000, 256]
    const folder = writeScenario(root, 'slow', {
      members: `workerAdjustData() { ${sleep(1)} }`,
      system: {
        dataset: { format: 'synthetic', kind: 'noise', shape: [side, side], events },
        numServers: 2,
        numWorkers: 1,
        times: 4,
        delays: [1],
        update: 0,
        blockSize: 32,
        h5arrays: 'none',
      },
    })
    const { peak, samples, done } = await watchRun('config.json', folder)
    const atStart = Math.min(...samples.slice(0, 4).map(({ mebibytes }) => mebibytes))
    process.stdout.write(
      `slow worker: ${Math.round(atStart)} MiB at the start, peak ${Math.round(peak)} MiB for ${(events * side * side) / 2 ** 20} MiB of frames\n`,
    )
    expect(done).toMatchObject({ complete: true, correlated: events })
    expect(done.seconds).toBeGreaterThan(events / 1000)
    expect(peak).toBeLessThan(600)
  })
})
