// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A rank of bench/mpi.mjs: the transport's scatterv and gatherv in a loop, as in mpiYardstick.c.
import { mpiEnvironment } from '../dist/src/transports/mpi/environment.js'
import { follow } from '../dist/src/transports/mpi/follow.js'
import { MpiJob } from '../dist/src/transports/mpi/job.js'
import { launchMpi } from '../dist/src/transports/mpi/launch.js'

const [bytes, rounds, blocks] = process.argv.slice(2).map(Number)
const ping = { kind: 'ping', value: 0 }

async function scatter(world) {
  if (world.rank > 0) {
    const { bulk } = await world.scatterv(0)
    bulk?.release()
    return
  }
  const slices = [
    { offset: 0, length: 0 },
    { offset: 0, length: bytes },
  ]
  await world.scatterv(0, { message: ping, buffer: await world.lend(bytes), slices })
}

async function gather(world) {
  const bulk = world.rank === 0 ? undefined : { buffer: await world.lend(bytes), length: bytes }
  const shares = await world.gatherv(0, ping, bulk)
  for (const share of shares ?? []) share.bulk?.release()
}

/** Microseconds of one block, median over the rounds. */
async function timed(world, step, number) {
  const times = []
  for (let round = 0; round < number; round++) {
    await world.barrier()
    const begin = performance.now()
    for (let i = 0; i < blocks; i++) await step(world)
    await world.barrier()
    times.push(((performance.now() - begin) / blocks) * 1000)
  }
  return times.sort((a, b) => a - b)[number >> 1]
}

async function body(world) {
  await timed(world, scatter, 2)
  return { scatter: await timed(world, scatter, rounds), gather: await timed(world, gather, rounds) }
}

const job = await MpiJob.join(mpiEnvironment(process.env))
if (job.rank === 0) {
  const { results, done } = launchMpi(job, { members: [0, 1], task: null, body })
  console.log(JSON.stringify(await results[0]))
  await done
  job.note(1, { note: 'end' })
} else await follow(job, body)
await job.finish()
