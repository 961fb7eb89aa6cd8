// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Slurm by its own programs: sbatch, scontrol, squeue, scancel, and sacct only where a database keeps accounts. */
import { JobUnknown } from '../errors.js'
import type { Runner } from '../runner.js'
import type { JobStatus } from '../state.js'
import { jobOfSacct, jobOfScontrol, jobOfSqueue, recordsOf } from './parse.js'
import { noScheduler, refusalOf } from './refusals.js'

export class Slurm {
  readonly runner: Runner

  constructor(runner: Runner) {
    this.runner = runner
  }

  /** argv that submits the script at `path`. */
  static submitCommand(path: string, options: readonly string[] = []): string[] {
    return ['sbatch', '--parsable', ...options, path]
  }

  /** Submit; returns the job's id. Rejects with ReservationInvalid, SubmissionRefused, SchedulerUnreachable. */
  async submit(command: readonly string[], reservation?: string): Promise<string> {
    const finished = await this.runner.run(command)
    const id = /^(\d+)(;|$)/m.exec(finished.stdout)?.[1]
    if (finished.code === 0 && id !== undefined) return id
    throw refusalOf(`sbatch on ${this.runner.where}`, reservation, finished)
  }

  /**
   * What Slurm knows about job `id`; null when it has forgotten it (some minutes after its end, unless it keeps accounts).
   * Rejects with SchedulerUnreachable.
   */
  async job(id: string): Promise<JobStatus | null> {
    const shown = await this.runner.run(['scontrol', 'show', 'job', id, '-o'])
    const known = shown.code === 0 ? jobOfScontrol(shown.stdout) : null
    if (known !== null) return known
    const queued = await this.runner.run(['squeue', '-h', '-j', id, '-o', '%T|%r|%N'])
    const waiting = queued.code === 0 ? jobOfSqueue(queued.stdout) : null
    if (waiting !== null) return waiting
    const gone = /Invalid job id/i
    if (!gone.test(shown.stderr) && !gone.test(queued.stderr) && shown.code !== 0) {
      throw noScheduler(`scontrol show job ${id} on ${this.runner.where}`, shown)
    }
    const kept = await this.runner.run(['sacct', '-n', '-P', '-X', '-j', id, '-o', 'State,ExitCode,NodeList'])
    return kept.code === 0 ? jobOfSacct(kept.stdout) : null
  }

  /** Ask Slurm to end job `id`: SIGTERM, SIGKILL after KillWait. Rejects with JobUnknown. */
  async cancel(id: string): Promise<void> {
    const { code, stderr } = await this.runner.run(['scancel', id])
    if (code === 0) return
    const next = "'parcorana jobs' lists the jobs"
    throw new JobUnknown({ tried: `scancel ${id} on ${this.runner.where}`, found: stderr.trim(), next }, { id })
  }

  /** Slurm's version, such as `22.05.8`; null where its programs are not. */
  async version(): Promise<string | null> {
    const { code, stdout } = await this.runner.run(['scontrol', '--version'])
    return code === 0 ? (stdout.trim().split(' ').at(-1) ?? null) : null
  }

  /** Partitions, reservations or nodes with their properties. Rejects with SchedulerUnreachable. */
  async show(kind: 'partition' | 'reservation' | 'node'): Promise<Record<string, string>[]> {
    const finished = await this.runner.run(['scontrol', 'show', kind, '-o'])
    if (finished.code === 0) return recordsOf(finished.stdout)
    throw noScheduler(`scontrol show ${kind} on ${this.runner.where}`, finished)
  }

  /** Id of the job that carries `comment`; null when none is queued or running. */
  async find(comment: string): Promise<string | null> {
    const { stdout } = await this.runner.run(['squeue', '-h', '-t', 'all', '-o', '%i|%k'])
    const line = stdout.split('\n').find((each) => each.slice(each.indexOf('|') + 1).trim() === comment)
    return line?.split('|')[0] ?? null
  }
}
