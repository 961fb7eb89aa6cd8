// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Our own memory of jobs: one JSON file each in the user's state folder, whatever the scheduler forgets. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { JobAccess } from './access.js'
import { JobUnknown } from './errors.js'
import { requireFolder, stateFolder } from './folders.js'
import type { JobFiles } from './jobFiles.js'

export interface JobRecord {
  /** The scheduler's id, or a process id. */
  readonly id: string
  readonly name: string
  /** How it was started: 'slurm-ssh', 'local', 'submit', ... */
  readonly method: string
  /** UTC, ISO. */
  readonly submittedAt: string
  readonly access: JobAccess
  readonly command: readonly string[]
  readonly files: JobFiles
  readonly token: string | null
  readonly cancelled: boolean
  /** Every state that somebody saw, with the time of the look. */
  readonly states: readonly { readonly state: string; readonly reason: string | null; readonly at: string }[]
  readonly host: string | null
  readonly exitCode: number | null
  /** Path of the result file; null = none, or not known yet. */
  readonly result: string | null
  /** The engine's last words when it failed. */
  readonly error: string | null
}

export class JobStore {
  readonly folder: string

  constructor(folder = join(stateFolder(), 'jobs')) {
    this.folder = folder
  }

  /** Said before a job is started: one that cannot be noted would be lost. Throws InputError. */
  requireWritable(): void {
    requireFolder(this.folder)
  }

  /** Write `record`, replacing an older state of the same job. */
  save(record: JobRecord): void {
    this.requireWritable()
    const path = this.#pathOf(record)
    const next = `${path}.${process.pid}`
    writeFileSync(next, `${JSON.stringify(record, null, 2)}\n`)
    renameSync(next, path)
  }

  /** All jobs, the latest last. Files that are no records are passed over. */
  list(): JobRecord[] {
    return this.#names().flatMap((name) => this.#read(name))
  }

  /** The latest job with this id. Throws JobUnknown. */
  find(id: string): JobRecord {
    const names = this.#names().filter((name) => name.endsWith(`-${id}.json`))
    const [found] = names.toReversed().flatMap((name) => this.#read(name))
    if (found !== undefined) return found
    const next = "'parcorana jobs' lists the jobs that were submitted from here"
    throw new JobUnknown({ tried: `job ${id}`, found: `no record in ${this.folder}`, next }, { id })
  }

  /** `record` as another process may have left it: somebody else may have cancelled the job. */
  latest(record: JobRecord): JobRecord {
    return this.#read(basename(this.#pathOf(record)))[0] ?? record
  }

  #pathOf({ submittedAt, id }: JobRecord): string {
    return join(this.folder, `${submittedAt.replaceAll(':', '')}-${id}.json`)
  }

  /** The time comes first in the names, so their order is that of the jobs. */
  #names(): string[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
    } catch {
      return []
    }
  }

  #read(name: string): JobRecord[] {
    try {
      return [JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as JobRecord]
    } catch {
      return []
    }
  }
}
