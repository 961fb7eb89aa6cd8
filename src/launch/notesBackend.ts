// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Jobs of PBS and LSF: submitted by their own programs; states are what the job's script notes about itself. */
import { type Backend, placeCommand, placeJob, readThere } from './backend.js'
import { JobUnknown, SubmissionRefused } from './errors.js'
import { type Runner, shellScript } from './runner.js'
import type { JobStatus } from './state.js'
import { readNotes } from './statusFile.js'

interface Programs {
  submit(script: string): string[]
  readonly id: RegExp
  cancel(id: string): string[]
}

const programs: Readonly<Record<'pbs' | 'lsf', Programs>> = {
  pbs: { submit: (script) => ['qsub', script], id: /^(\d[\w.[\]-]*)\s*$/m, cancel: (id) => ['qdel', id] },
  // bsub reads the script, with its directives, from stdin only.
  lsf: { submit: (script) => shellScript('bsub < "$1"', script), id: /Job <(\d+)>/, cancel: (id) => ['bkill', id] },
}

export function notesBackend(kind: 'pbs' | 'lsf', runner: Runner): Backend {
  const { submit, id: pattern, cancel } = programs[kind]
  return {
    runner,
    plan: (job) => [runner.argv(placeCommand(job)), runner.argv(submit(job.files.script))],
    submit: async (job) => {
      await placeJob(runner, job)
      const { code, stdout, stderr } = await runner.run(submit(job.files.script))
      const id = pattern.exec(stdout)?.[1]
      if (code === 0 && id !== undefined) return id
      const found = stderr.trim() || `ended with ${code}`
      const next = `the script is ${job.files.script}; submit it by hand where ${kind === 'pbs' ? 'qsub' : 'bsub'} works`
      throw new SubmissionRefused({ tried: `${kind} on ${runner.where}`, found, next }, { script: job.files.script })
    },
    status: async ({ files, cancelled }) => statusOf(await readThere(runner, files.status), cancelled),
    cancel: async ({ id }) => {
      const { code, stderr } = await runner.run(cancel(id))
      if (code === 0) return
      const next = "'parcorana jobs' lists the jobs"
      throw new JobUnknown({ tried: `${cancel(id).join(' ')} on ${runner.where}`, found: stderr.trim(), next }, { id })
    },
    find: async () => null,
  }
}

function statusOf(text: string, cancelled: boolean): JobStatus {
  const { startedAt, host, exitCode } = readNotes(text)
  if (exitCode === null) {
    const state = cancelled ? 'CANCELLED' : startedAt === null ? 'PENDING' : 'RUNNING'
    return { state, reason: null, exitCode: null, host }
  }
  const state = exitCode === 0 ? 'COMPLETED' : cancelled ? 'CANCELLED' : 'FAILED'
  return { state, reason: null, exitCode, host }
}
