// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError, messageOf, ParcoranaError, RankError } from '../../src/errors.js'
import { launchThreads, type LaunchOptions } from '../../src/transports/threads/launch.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { communicatorContract, type Launch } from './contract.js'

const entry = new URL('./ranks/scenario.mjs', import.meta.url)
const pool = new ThreadPool({ threads: 8 })
afterAll(() => pool.destroy())

type Start = Omit<LaunchOptions, 'entry' | 'taskOf'> & { scenario: string; args?: Record<string, unknown> }

const start = ({ scenario, args = {}, ...options }: Start) =>
  launchThreads({ entry, taskOf: () => ({ scenario, args }), ...options })

const launch: Launch = async ({ size, scenario, args = {}, buffers = {} }) => {
  const handle = start({ size, scenario, args, buffers, pool })
  const settled = await Promise.allSettled(handle.results)
  const failure = await handle.done.then(() => null, messageOf)
  return { ranks: settled.map((one) => (one.status === 'fulfilled' ? one.value : null)), failure }
}

communicatorContract('threads', launch)

/** The failure of a run and how long it took, milliseconds. */
async function failing(options: Start): Promise<{ error: RankError; milliseconds: number; reasons: unknown[] }> {
  const started = performance.now()
  const handle = start(options)
  const error: unknown = await handle.done.then(
    () => 'no failure',
    (reason: unknown) => reason,
  )
  const milliseconds = performance.now() - started
  const settled = await Promise.allSettled(handle.results)
  const reasons = settled.map((one) => (one.status === 'rejected' ? one.reason : null))
  expect(error).toBeInstanceOf(RankError)
  return { error: error as RankError, milliseconds, reasons }
}

describe('a rank that fails', () => {
  it('by an exception: the run ends with it, every other rank too', async () => {
    const { error, milliseconds, reasons } = await failing({
      size: 3,
      scenario: 'throws',
      args: { rank: 1 },
      graceMilliseconds: 60_000,
    })
    expect(error.message).toBe('rank (rank 1) failed: the sky is falling')
    expect((error.cause as Error).stack).toMatch(/threadScenarios/)
    for (const reason of reasons) expect(messageOf(reason)).toMatch(/the sky is falling/)
    expect(milliseconds).toBeLessThan(5000)
  })

  it('by an error that names role and callback: the name and the cause stay', async () => {
    const { error } = await failing({ size: 3, scenario: 'throwsNamed', args: { rank: 2 } })
    expect(error.message).toBe('worker (rank 2) failed in workerAdjustData(): frame 7 is truncated')
    expect(error.cause).toMatchObject({ tag: 'input', details: { frame: 7 } })
    expect(error.exitCode).toBe(new InputError('').exitCode)
  })

  it.each([0, 3])('by process.exit(%i)', async (code) => {
    const roleOf = () => 'server'
    const { error, milliseconds } = await failing({ size: 3, scenario: 'exits', args: { rank: 2, code }, roleOf })
    expect(error.message).toBe(`server (rank 2) failed: worker thread exited with code ${code}`)
    expect(milliseconds).toBeLessThan(2500)
  })

  it('by memory: named, with the limit', async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 40 }
    const { error, milliseconds } = await failing({
      size: 2,
      scenario: 'outOfMemory',
      args: { rank: 1 },
      resourceLimits,
    })
    expect(error.message).toMatch(
      /^rank \(rank 1\) failed: worker thread ran out of memory at its heap limit of 40 MiB/,
    )
    expect(milliseconds).toBeLessThan(5000)
  })

  it('by a rejection nobody handles', async () => {
    const { error, milliseconds } = await failing({ size: 2, scenario: 'unhandled', args: { rank: 1 } })
    expect(error.message).toBe('rank (rank 1) failed: nobody listens')
    expect(milliseconds).toBeLessThan(2500)
  })

  it('by a result that cannot be posted', async () => {
    const { error } = await failing({ size: 2, scenario: 'notCloneable' })
    expect(error.message).toMatch(/^rank \(rank \d\) failed: the result of a rank cannot be sent .*could not be cloned/)
  })

  it('by a task that cannot be posted', async () => {
    const handle = launchThreads({
      size: 2,
      entry,
      taskOf: (rank) => ({ scenario: 'waits', hook: rank === 1 ? () => 1 : null }),
    })
    await expect(handle.done).rejects.toThrow(/rank \(rank 1\) failed: .*could not be cloned/)
  })

  it('by an entry that does not exist', async () => {
    const handle = launchThreads({
      size: 2,
      entry: new URL('./ranks/nowhere.mjs', import.meta.url),
      taskOf: () => null,
    })
    await expect(handle.done).rejects.toThrow(/nowhere\.mjs/)
  })

  it('beside a rank in an endless loop: both are ended in time', async () => {
    const args = { rank: 0, endless: 2 }
    const { error, milliseconds, reasons } = await failing({ size: 3, scenario: 'endlessBeside', args })
    expect(error.message).toBe('rank (rank 0) failed: stop here')
    expect(messageOf(reasons[2])).toMatch(/rank 2.* did not end within 2500 ms/)
    expect(milliseconds).toBeGreaterThan(2400)
    expect(milliseconds).toBeLessThan(5000)
  })
})

describe('the main thread', () => {
  it('aborts a run: done rejects with the reason, pending calls too', async () => {
    const handle = start({ size: 3, scenario: 'waits', pool })
    setTimeout(() => handle.abort(new ParcoranaError('interrupted', 'stopped by SIGTERM', { signal: 'SIGTERM' })), 30)
    await expect(handle.done).rejects.toMatchObject({ message: 'stopped by SIGTERM', exitCode: 143 })
    for (const result of handle.results) await expect(result).rejects.toThrow(/stopped by SIGTERM/)
  })

  it('aborts a run in which a rank sits in an endless loop', async () => {
    const started = performance.now()
    const handle = start({ size: 2, scenario: 'endlessBeside', args: { endless: 1 }, graceMilliseconds: 300 })
    setTimeout(() => handle.abort(new Error('enough')), 200)
    await expect(handle.done).rejects.toThrow(/^enough$/)
    await expect(handle.results[1]).rejects.toThrow(/rank 1.* did not end within 300 ms/)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('exchanges notes with the ranks, in order', async () => {
    const handle = start({ size: 2, scenario: 'echo', pool })
    const heard: unknown[][] = [[], []]
    handle.onMessage((rank, note) => heard[rank]?.push(note))
    for (let i = 0; i < 5; i++) for (const rank of [0, 1]) handle.send(rank, i)
    for (const rank of [0, 1]) handle.send(rank, 'end')
    await handle.done
    expect(await Promise.all(handle.results)).toEqual([0, 10])
    for (const rank of [0, 1]) expect(heard[rank]).toEqual([0, 1, 2, 3, 4, 'end'].map((note) => ({ rank, note })))
    expect(() => handle.send(2, 'x')).toThrow(/rank 2 is outside 0\.\.1/)
  })

  it('has every note of a rank before done', async () => {
    const handle = start({ size: 2, scenario: 'notesThenEnd', args: { count: 3000 }, pool })
    let heard = 0
    handle.onMessage(() => heard++)
    await handle.done
    expect(heard).toBe(6000)
  })
})

describe('a thread pool', () => {
  it('refuses a run with more ranks than threads, at once', () => {
    expect(() => start({ size: 9, scenario: 'empty', pool })).toThrow(/9 ranks needs 9 threads, the pool has 8/)
    expect(() => start({ size: 0, scenario: 'empty' })).toThrow(/run of 0 ranks/)
    const taskOf = () => {
      throw new Error('no task today')
    }
    expect(() => launchThreads({ size: 2, entry, taskOf, pool })).toThrow(/no task today/)
  })

  it('refuses a second run beside the first', async () => {
    const handle = start({ size: 2, scenario: 'empty', pool })
    expect(() => start({ size: 2, scenario: 'empty', pool })).toThrow(/serves another run/)
    await handle.done
  })

  it('serves 50 runs in a row with the same threads, and goes on after a failure', async () => {
    for (let run = 0; run < 50; run++) {
      const size = 1 + (run % 8)
      const handle = start({ size, scenario: 'empty', pool })
      await handle.done
      expect(await Promise.all(handle.results)).toEqual(Array.from({ length: size }, (_, rank) => rank))
    }
    await expect(start({ size: 2, scenario: 'throws', args: { rank: 0 }, pool }).done).rejects.toThrow(/sky/)
    await start({ size: 8, scenario: 'empty', pool }).done
  })

  it('gives its threads the heap limit', async () => {
    const handle = start({ size: 1, scenario: 'readsHeapLimit', resourceLimits: { maxOldGenerationSizeMb: 77 } })
    expect(await handle.results[0]).toBe(77)
    await handle.done
  })
})

describe('a process with runs', () => {
  it.each(['clean', 'kept', 'failed', 'endless'])('ends by itself after a %s run', async (kind) => {
    const script = fileURLToPath(new URL('./ranks/process.mjs', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [script, kind], { timeout: 10_000 })
    const { settled, exited } = JSON.parse(stdout) as { settled: string; exited: number }
    expect(settled).toMatch(kind === 'failed' ? /sky/ : kind === 'endless' ? /stop here/ : /fine/)
    expect(exited).toBeLessThan(1000)
  })
})
