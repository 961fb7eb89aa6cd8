// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A run of the engine as a batch job: script, submission, record. */
import { backendOf, type JobAccess } from './access.js'
import type { PreparedJob } from './backend.js'
import { enrol } from './enrol.js'
import type { Job } from './job.js'
import { jobFiles } from './jobFiles.js'
import { shellLine } from './quote.js'
import { type Layout, requireRanks } from './ranks.js'
import { JobStore } from './records.js'
import { type Scheduler, schedulerValues } from './schedulers.js'
import { requireTime, type SlurmOptions } from './slurm/options.js'
import type { SshTarget } from './ssh.js'
import { fillTemplate, readTemplate } from './template.js'

export interface SubmitRequest extends SlurmOptions {
  readonly scheduler: Scheduler
  /** Of the job's files; also the job's name unless given. */
  readonly name: string
  /** Script, log and notes go here. */
  readonly folder: string
  /** Where the engine runs. */
  readonly workFolder: string
  /** The engine and its options: argv without `--json`. */
  readonly engine: readonly string[]
  /** What starts the ranks when there are several tasks; default 'srun' with Slurm, else 'mpiexec'. */
  readonly launcher?: 'srun' | 'mpiexec' | undefined
  /** `srun --mpi=...`: 'pmix' for Open MPI, 'pmi2' for MPICH; default: the site's. */
  readonly mpi?: string | undefined
  /** Of the run, for its ranks. */
  readonly layout: Layout
  /** A template file of the user's own. */
  readonly template?: string | undefined
  /** A login node; null = this machine is one. */
  readonly ssh?: SshTarget | null | undefined
}

export interface SubmitPlan {
  readonly job: PreparedJob
  readonly tasks: number
  readonly command: readonly string[]
  /** argv of every program that would be started here, in order. */
  readonly commands: readonly (readonly string[])[]
}

/** The job script and what would be run. Throws UsageError, ConfigError (template). */
export function prepareSubmit(request: SubmitRequest): SubmitPlan {
  requireTime(request.time)
  const { scheduler, name, nodes = 1, ntasksPerNode = 1, jobName = name } = request
  const tasks = nodes * ntasksPerNode
  requireRanks(tasks, nodes, request.layout)
  const files = jobFiles(request.folder, name)
  const command = [...launcherOf(request, tasks), ...request.engine, '--json']
  const script = fillTemplate(readTemplate(request.template ?? scheduler), {
    ...schedulerValues(scheduler, { ...request, nodes, ntasksPerNode, jobName }),
    title: `${name}: ${tasks === 1 ? 'one process with threads' : `${tasks} ranks`}, written by parcorana submit`,
    tasks,
    script: files.script,
    log: files.log,
    output: files.log.replaceAll('%', '%%'),
    status: files.status,
    records: files.records,
    folder: request.workFolder,
    command: shellLine(command),
  })
  const job = { files, script, program: null, options: {}, token: null }
  return { job, tasks, command, commands: backendOf(accessOf(request)).plan(job) }
}

/** Submit the run; returns its job, which is in the job records. Rejects with a LaunchError. */
export async function submitRun(request: SubmitRequest, store = new JobStore()): Promise<Job> {
  store.requireWritable()
  const { job, command } = prepareSubmit(request)
  const access = accessOf(request)
  const id = await backendOf(access).submit(job)
  return enrol({ id, name: request.jobName ?? request.name, method: 'submit', access, command, job }, store)
}

function accessOf({ scheduler, ssh = null }: SubmitRequest): JobAccess {
  return { kind: scheduler, ssh }
}

/** Several tasks are ranks of an MPI job; one task runs the engine's threads. */
function launcherOf({ scheduler, launcher, mpi }: SubmitRequest, tasks: number): string[] {
  if (tasks === 1) return []
  const program = launcher ?? (scheduler === 'slurm' ? 'srun' : 'mpiexec')
  // A rank that dies before it could tell the others must not leave them waiting.
  const srun = ['--kill-on-bad-exit=1', ...(mpi === undefined ? [] : [`--mpi=${mpi}`])]
  return [program, '-n', String(tasks), ...(program === 'srun' ? srun : [])]
}
