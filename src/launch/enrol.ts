// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A job that was just submitted, as the first entry of its record. */
import type { JobAccess } from './access.js'
import type { PreparedJob } from './backend.js'
import { Job } from './job.js'
import { type JobRecord, JobStore } from './records.js'

interface Submitted {
  readonly id: string
  readonly name: string
  readonly method: string
  readonly access: JobAccess
  readonly command: readonly string[]
  readonly job: PreparedJob
}

export function enrol({ id, name, method, access, command, job }: Submitted, store = new JobStore()): Job {
  const record: JobRecord = {
    ...{ id, name, method, access, command },
    submittedAt: new Date().toISOString(),
    files: job.files,
    token: job.token,
    cancelled: false,
    states: [],
    host: null,
    exitCode: null,
    result: null,
    error: null,
  }
  store.save(record)
  return new Job(record, store)
}
