// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What bench/mpi.c does, through the communicators of the MPI transport: `mpiRank.mjs BYTES BLOCKS SAMPLES BUFFERS` on two ranks. */
import { mpiEnvironment } from '../dist/src/transports/mpi/environment.js'
import { follow } from '../dist/src/transports/mpi/follow.js'
import { MpiJob } from '../dist/src/transports/mpi/job.js'
import { launchMpi } from '../dist/src/transports/mpi/launch.js'

const [bytes, blocks, samples, buffers] = process.argv.slice(2).map(Number)

async function lent(world, block) {
  const buffer = await world.lend(bytes)
  buffer.bytes[block % bytes] = block % 256
  return buffer
}

function check(bulk, block) {
  const right = bulk.view.length === bytes && bulk.view[block % bytes] === block % 256
  bulk.release()
  if (!right) throw new Error(`block ${block} is wrong`)
}

const slices = [
  { offset: 0, length: 0 },
  { offset: 0, length: bytes },
]
const message = { kind: 'ping', value: 0 }

async function scatter(world, block) {
  if (world.rank === 0) await world.scatterv(0, { message, buffer: await lent(world, block), slices })
  else check((await world.scatterv(0)).bulk, block)
}

async function gather(world, block) {
  if (world.rank === 1) await world.gatherv(0, message, { buffer: await lent(world, block), length: bytes })
  else check((await world.gatherv(0, message))[1].bulk, block)
}

async function body(world) {
  for (let sample = 0; sample <= samples; sample++) {
    const seconds = []
    for (const move of [scatter, gather]) {
      await world.barrier()
      const start = performance.now()
      for (let block = 0; block < blocks; block++) await move(world, block)
      await world.barrier()
      seconds.push((performance.now() - start) / 1000 / blocks)
    }
    if (world.rank === 0 && sample > 0) process.stdout.write(`${seconds.map((one) => one.toFixed(9)).join(' ')}\n`)
  }
}

const job = await MpiJob.join(mpiEnvironment(process.env))
if (job.rank === 0) {
  await launchMpi(job, { members: [0, 1], task: null, body, buffers: { buffers } }).done
  job.note(1, { note: 'end' })
} else await follow(job, body)
await job.finish()
