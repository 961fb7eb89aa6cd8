// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Ranks that throw, exit, are killed or told to stop: the whole job ends soon, says why, and leaves its last update. Three times each; 20 in tests/soak. */
import { afterAll, it } from 'vitest'
import { temporaryFolder } from '../support/folder.js'
import { describeWithMpi } from '../support/mpi.js'
import { describeWithPython } from '../support/python.js'
import { checkFailure, failures, inTurns } from './failures.js'

const root = temporaryFolder('mpi-failures')
/** Most at the same time: they wait most of it. */
const times = 3
const report: string[] = []
afterAll(() => void process.stdout.write(`${report.join('\n')}\n`))

describeWithPython('an MPI job', () => {
  describeWithMpi('ends', (mpi) => {
    it.each(failures)('$name', async (failure) => {
      const seconds = await inTurns(times, failure.alone ? 1 : times, (turn) => checkFailure(root, mpi, failure, turn))
      report.push(`${mpi}, ${failure.name}: ${seconds.map((one) => one.toFixed(1)).join(' ')} s`)
    })
  })
})
