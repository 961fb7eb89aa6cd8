// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The files of one job: four names that differ in their ending only, beside the result or wherever the caller says. */
import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'

export interface JobFiles {
  /** What the scheduler runs; stays as a record, and can be submitted again by hand. */
  readonly script: string
  /** stdout and stderr of the job. */
  readonly log: string
  /** Notes of the script about its start and end: `statusFile.ts`. */
  readonly status: string
  /** NDJSON records of the engine; stays absent for other programs. */
  readonly records: string
}

/** `<folder>/<name>_<UTC time>_<4 hex digits>` with four endings: no two jobs share them. `log`: another place for the log. */
export function jobFiles(folder: string, name: string, log?: string, now = new Date()): JobFiles {
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return filesAt(folder, name, `${time}_${randomBytes(2).toString('hex')}`, log)
}

/** The same files again for the same token, so that a later process finds what an earlier one began. */
export function tokenFiles(folder: string, name: string, token: string, log?: string): JobFiles {
  return filesAt(folder, name, token, log)
}

function filesAt(folder: string, name: string, ending: string, log?: string): JobFiles {
  const base = posix.join(folder, `${name.replace(/[^\w.-]+/g, '_')}_${ending}`)
  return { script: `${base}.sh`, log: log ?? `${base}.log`, status: `${base}.status`, records: `${base}.ndjson` }
}
