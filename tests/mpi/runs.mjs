// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A process of an MPI job that makes one run after the other, so that a test starts its ranks once: rank 0 reads configurations as
 * JSON lines from stdin, runs each as the command line does, and answers with a JSON line. An empty line ends the job.
 */
import { createInterface } from 'node:readline'
import { resolveConfig } from '../../dist/src/config/resolve.js'
import { classes } from '../../dist/src/driver/classes.js'
import { serveEngineNames } from '../../dist/src/driver/engineNames.js'
import { joinMpi } from '../../dist/src/driver/mpi.js'
import { runResolved } from '../../dist/src/driver/run.js'

async function lead(leader) {
  const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)
  answer('ready')
  for await (const line of createInterface(process.stdin)) {
    if (line.trim() === '') break
    try {
      const { resolved } = await resolveConfig(JSON.parse(line), { configPath: null, baseDir: process.cwd() }, { classes })
      const { output, accounting, seconds } = await runResolved(resolved, { ranks: leader.ranks })
      answer({ output, accounting, seconds })
    } catch (error) {
      answer({ failed: error.message })
    }
  }
  await leader.leave(0)
  process.stdin.destroy()
}

serveEngineNames()
const joined = await joinMpi({ env: process.env, version: 'test', words: [], say: () => {} })
if (joined !== 'followed') await lead(joined)
