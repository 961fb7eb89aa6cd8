// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A process of an MPI job that runs one scenario after the other: rank 0 reads them as JSON lines from stdin, and answers each with
 * a JSON line of what the ranks returned. An empty line ends the job.
 */
import { createInterface } from 'node:readline'
import { mpiEnvironment } from '../../../dist/src/transports/mpi/environment.js'
import { follow } from '../../../dist/src/transports/mpi/follow.js'
import { MpiJob } from '../../../dist/src/transports/mpi/job.js'
import { launchMpi } from '../../../dist/src/transports/mpi/launch.js'
import { scenarios } from '../scenarios.mjs'

const body = (world, { scenario, args }, main) => scenarios[scenario](world, args, main)

async function lead(job) {
  for await (const line of createInterface(process.stdin)) {
    if (line.trim() === '') break
    const { size, scenario, args = {}, buffers = {} } = JSON.parse(line)
    const members = Array.from({ length: size }, (_, rank) => rank)
    const handle = launchMpi(job, { members, task: { scenario, args }, body, buffers })
    const settled = await Promise.allSettled(handle.results)
    const failure = await handle.done.then(
      () => null,
      (error) => error.message,
    )
    const ranks = settled.map((one) => (one.status === 'fulfilled' ? (one.value ?? null) : null))
    process.stdout.write(`${JSON.stringify({ ranks, failure })}\n`)
    if (!handle.ended()) await job.abort(1)
  }
  for (let to = 1; to < job.size; to++) job.note(to, { note: 'end' })
}

const job = await MpiJob.join(mpiEnvironment(process.env))
if (job.rank === 0) {
  process.stdout.write(`${JSON.stringify({ library: job.library })}\n`)
  await lead(job)
} else await follow(job, body)
await job.finish()
process.stdin.destroy()
