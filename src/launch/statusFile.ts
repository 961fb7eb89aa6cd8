// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a job's own script notes about itself, one line each: `started TIME HOST PID [SLURM JOB]`, `ended TIME CODE`.
 * It outlives the scheduler's memory (Slurm forgets a job minutes after its end).
 */
export interface JobNotes {
  readonly startedAt: string | null
  readonly host: string | null
  /** Process id of the script. */
  readonly pid: string | null
  /** Slurm's id of the job. */
  readonly job: string | null
  readonly endedAt: string | null
  readonly exitCode: number | null
}

/** The last start counts: a requeued job starts twice. */
export function readNotes(text: string): JobNotes {
  const lines = text.split('\n').map((line) => line.split(' '))
  const at = lines.findLastIndex(([word]) => word === 'started')
  const [, startedAt = null, host = null, pid = null, job = null] = lines[at] ?? []
  const ended = lines.slice(at + 1).find(([word, , code]) => at >= 0 && word === 'ended' && /^\d+$/.test(code ?? ''))
  const exitCode = ended === undefined ? null : Number(ended[2])
  return { startedAt, host, pid, job: job || null, endedAt: ended?.[1] ?? null, exitCode }
}
