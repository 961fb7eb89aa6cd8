// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Every reference case and class as a run of a real MPI job of 8 ranks: the file is that of the threads transport, bit for bit.
 * (That those are ParCorAna's numbers is what tests/reference shows.)
 */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { caseConfig, type ReferenceCase, referenceCases } from '../reference/cases.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithMpi, type MpiName, MpiTalk } from '../support/mpi.js'
import { repositoryRoot, sharedFolder } from '../support/shared.js'

const ranks = 8
/** MPICH runs every third case, other ones each day. */
const parts: Readonly<Record<MpiName, number>> = { openmpi: 1, mpich: 3 }
const today = Math.floor(Date.now() / 86_400_000)

const shared = sharedFolder()
const folder =
  shared === null ? join(repositoryRoot, 'tests/fixtures/parcorana') : join(shared, 'reference', 'parcorana')
const all = referenceCases(folder)
const scratch = temporaryFolder('mpi-reference')
const pool = new ThreadPool({ threads: ranks })
afterAll(() => pool.destroy())

interface Answer {
  readonly output?: string
  readonly failed?: string
  readonly accounting?: object
}

/** Threads with other numbers of workers and other blocks than the job has. */
async function onThreads(reference: ReferenceCase, userClass: string): Promise<{ output: string; accounting: object }> {
  const h5output = join(scratch, `threads-${reference.name}-${userClass}.h5`)
  const { output, accounting } = await runConfig(
    caseConfig(reference, userClass, { numWorkers: 2, blockSize: 7, h5output }),
    { pool },
  )
  return { output: output as string, accounting }
}

describeWithMpi('reference cases', (mpi) => {
  const talk = new MpiTalk(mpi, ranks, [join(repositoryRoot, 'tests/mpi/runs.mjs')])
  afterAll(() => talk.end())
  const cases = all.filter((_, i) => (i + today) % parts[mpi] === 0)

  it('has cases', () => expect(cases.length).toBeGreaterThan(0))

  it.each(cases)('$name', async (reference) => {
    for (const userClass of reference.params.userClasses) {
      const h5output = join(scratch, `${mpi}-${reference.name}-${userClass}.h5`)
      const asked = talk.ask<Answer>(caseConfig(reference, userClass, { h5output }))
      const threads = await onThreads(reference, userClass)
      const { output, failed, accounting } = await asked
      expect(failed).toBeUndefined()
      expect(accounting).toEqual(threads.accounting)
      const { differences, onlyInOne } = await compareFiles(threads.output, output as string, { exact: true })
      expect([...differences, ...onlyInOne], userClass).toEqual([])
    }
  })

  it('the job ends well', async () => {
    talk.end()
    expect(await talk.code()).toBe(0)
  })
})

describe('the cases', () => {
  it('are all of them where ../shared is', () => expect(all.length).toBe(shared === null ? 5 : 15))
})
