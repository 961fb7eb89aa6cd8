// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Ranks that throw, exit, are killed or told to stop: the whole job ends soon, says why, and leaves its last update. 20 times in tests/soak. */
import { afterAll, it } from 'vitest'
import { temporaryFolder } from '../support/folder.js'
import { describeWithMpi } from '../support/mpi.js'
import { describeWithPython } from '../support/python.js'
import { checkFailure, failures } from './failures.js'

const root = temporaryFolder('mpi-failures')
const report: string[] = []
afterAll(() => void process.stdout.write(`${report.join('\n')}\n`))

describeWithPython('an MPI job', () => {
  describeWithMpi('ends', (mpi) => {
    // What mpiexec itself does when it is told to end depends on how busy the machine is: that one is in tests/soak alone.
    it.each(failures.filter(({ name }) => name !== 'SIGTERM to mpiexec'))(
      '$name',
      { timeout: 120_000 },
      async (failure) => {
        const turns = Array.from({ length: failure.times }, (_, turn) => checkFailure(root, mpi, failure, turn))
        const seconds = await Promise.all(turns)
        report.push(`${mpi}, ${failure.name}: ${seconds.map((one) => one.toFixed(1)).join(' ')} s`)
      },
    )
  })
})
