// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The contract of all transports, on the processes of a real MPI job: one job per MPI for all scenarios. */
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { describeWithMpi, MpiTalk } from '../support/mpi.js'
import { communicatorContract, type ScenarioResult, type ScenarioRun } from './contract.js'

const program = fileURLToPath(new URL('./ranks/mpi.mjs', import.meta.url))

const said = { openmpi: /Open MPI/, mpich: /MPICH/ }

describeWithMpi('MPI transport', (mpi) => {
  const job = new MpiTalk(mpi, 8, [program])
  afterAll(() => job.end())

  it('finds the library of the mpiexec that started it', async () => {
    expect(await job.greeting()).toMatchObject({ library: expect.stringMatching(said[mpi]) })
  })

  const launch = (run: ScenarioRun) => job.ask<ScenarioResult>(run)
  communicatorContract(`mpi (${mpi})`, launch)

  it('ends with all ranks', async () => {
    job.end()
    expect(await job.code()).toBe(0)
  })
})
