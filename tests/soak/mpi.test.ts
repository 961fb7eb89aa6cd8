// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every failure of an MPI job 20 times for each MPI, four at a time: no hang, no rank left. */
import { it } from 'vitest'
import { checkFailure, failures, inTurns } from '../mpi/failures.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithMpi } from '../support/mpi.js'
import { describeWithPython } from '../support/python.js'

const root = temporaryFolder('mpi-soak')
const times = 20

describeWithPython('an MPI job', () => {
  describeWithMpi('ends', (mpi) => {
    it.each(failures)(`$name, ${times} times`, { timeout: 3_600_000 }, async (failure) => {
      const seconds = await inTurns(times, 4, (turn) => checkFailure(root, mpi, failure, turn))
      const most = Math.max(...seconds).toFixed(1)
      const least = Math.min(...seconds).toFixed(1)
      process.stderr.write(`${mpi}, ${failure.name}: ${least} to ${most} s\n`)
    })
  })
})
