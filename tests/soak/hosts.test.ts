// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A host that dies and a link that is cut, 21 jobs for each trouble and MPI: no hang, no rank left. */
import { it } from 'vitest'
import { checkTrouble, troubles } from '../mpi/hostTroubles.js'
import { describeWithTwoHosts } from '../mpi/namespaces.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithMpi } from '../support/mpi.js'

const root = temporaryFolder('hosts-soak')
const turns = 7
const atOnce = 3

describeWithTwoHosts(root, (hosts) => {
  describeWithMpi('a job ends', (mpi) => {
    it.each(troubles)(`$name, ${turns * atOnce} jobs`, { timeout: 3_600_000 }, async (trouble) => {
      const seconds: number[] = []
      for (let turn = 0; turn < turns; turn++)
        seconds.push(...(await checkTrouble(hosts(), root, mpi, trouble, { turn, atOnce })))
      const [least, most] = [Math.min(...seconds), Math.max(...seconds)].map((value) => value.toFixed(1))
      process.stderr.write(`${mpi}, ${trouble.name}: ${least} to ${most} s\n`)
    })
  })
})
