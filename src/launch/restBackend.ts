// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Jobs of a Slurm that is reached by its REST service only. Script, log and notes lie in a folder that it and this machine both see. */
import { type Backend, placeCommand, placeJob, readThere } from './backend.js'
import { localRunner } from './runner.js'
import { type RestTarget, SlurmRest } from './slurm/rest.js'
import { withNotes } from './slurmBackend.js'
import { isOver } from './state.js'
import { readNotes } from './statusFile.js'

export function restBackend(target: RestTarget): Backend {
  const runner = localRunner()
  const slurm = (): SlurmRest => new SlurmRest(target)
  return {
    runner,
    plan: (job) => [placeCommand(job), ['POST', `${target.url}/job/submit`, JSON.stringify(job.options)]],
    submit: async (job) => {
      const service = slurm()
      await placeJob(runner, job)
      return service.submit(job.script, job.options, job.token)
    },
    status: async ({ id, files }) => {
      const known = await slurm().job(id)
      if (known !== null && !isOver(known.state)) return { ...known, exitCode: null }
      return withNotes(known, await readThere(runner, files.status))
    },
    cancel: ({ id }) => slurm().cancel(id),
    find: async (token, files) => (await slurm().find(token)) ?? readNotes(await readThere(runner, files.status)).job,
  }
}
