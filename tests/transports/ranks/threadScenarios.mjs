// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a rank can do to its thread. `args.rank` misbehaves while the others wait for it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { InputError, RankError } from '../../../dist/src/errors.js'

function waitFor(misbehave) {
  return async (world, args, main) => {
    await world.barrier()
    if (world.rank === args.rank) await misbehave(args, main, world)
    return world.recv(args.rank)
  }
}

const hoard = []

export const threadScenarios = {
  throws: waitFor(() => {
    throw new Error('the sky is falling')
  }),
  throwsNamed: waitFor((args) => {
    const cause = new InputError('frame 7 is truncated', { frame: 7, helper: () => 1 })
    throw new RankError('worker', args.rank, cause, 'workerAdjustData')
  }),
  exits: waitFor((args) => process.exit(args.code)),
  outOfMemory: waitFor(() => {
    for (;;) hoard.push(new Array(100_000).fill(Math.random()))
  }),
  unhandled: waitFor(async () => {
    setTimeout(() => Promise.reject(new Error('nobody listens')), 1)
    await sleep(60_000)
  }),
  notCloneable: async () => () => 1,
  /** One rank never comes back; another one fails. */
  endlessBeside: async (world, args) => {
    await world.barrier()
    if (world.rank === args.endless) for (;;) Math.random()
    await sleep(50)
    if (world.rank === args.rank) throw new Error('stop here')
    return world.recv('any')
  },
  /** Says to main what main says, until 'end'. */
  echo: (world, _args, main) =>
    new Promise((resolve) => {
      main.onMessage((note) => {
        main.send({ rank: world.rank, note })
        if (note === 'end') resolve(world.rank * 10)
      })
    }),
  notesThenEnd: async (world, args, main) => {
    for (let i = 0; i < args.count; i++) main.send(i)
    return world.rank
  },
  waits: async (world) => world.recv('any'),
  empty: async (world) => world.rank,
  readsHeapLimit: async () => {
    const { resourceLimits } = await import('node:worker_threads')
    return resourceLimits.maxOldGenerationSizeMb
  },
}
