// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Jobs of a Slurm that is reached by its own programs, here or behind ssh. */
import { type Backend, placeCommand, placeJob, type PreparedJob, readThere } from './backend.js'
import type { Runner } from './runner.js'
import { sbatchOptions } from './slurm/options.js'
import { Slurm } from './slurm/slurm.js'
import { isOver, type JobStatus } from './state.js'
import { readNotes } from './statusFile.js'

export function slurmBackend(runner: Runner): Backend {
  const slurm = new Slurm(runner)
  const submitCommand = ({ files, options, token }: PreparedJob): string[] =>
    Slurm.submitCommand(files.script, [...sbatchOptions(options), ...(token === null ? [] : [`--comment=${token}`])])
  return {
    runner,
    plan: (job) => [runner.argv(placeCommand(job)), runner.argv(submitCommand(job))],
    submit: async (job) => {
      const command = submitCommand(job)
      await placeJob(runner, job)
      return slurm.submit(command, job.options.reservation)
    },
    status: async ({ id, files }) => {
      const known = await slurm.job(id)
      if (known !== null && !isOver(known.state)) return known
      return withNotes(known, await readThere(runner, files.status))
    },
    cancel: ({ id }) => slurm.cancel(id),
    // A job that Slurm has forgotten has noted its id.
    find: async (token, files) => (await slurm.find(token)) ?? readNotes(await readThere(runner, files.status)).job,
  }
}

/** A job that is over: Slurm's state with the script's exit code; the script's word alone where Slurm has forgotten. */
export function withNotes(known: JobStatus | null, text: string): JobStatus {
  const { exitCode, host } = readNotes(text)
  if (known !== null) return { ...known, exitCode: exitCode ?? known.exitCode, host: known.host ?? host }
  if (exitCode !== null) return { state: exitCode === 0 ? 'COMPLETED' : 'FAILED', reason: null, exitCode, host }
  const reason = 'Slurm has forgotten the job, and its script did not say how it ended'
  return { state: 'UNKNOWN', reason, exitCode: null, host }
}
