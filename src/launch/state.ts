// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** States of a job, in Slurm's words for every way to run one. */

export interface JobStatus {
  /** PENDING, RUNNING, COMPLETED, FAILED, CANCELLED, TIMEOUT, ... ; UNKNOWN = nobody remembers. */
  readonly state: string
  /** Why it is pending, or failed; null = nothing said. */
  readonly reason: string | null
  /** Of the job's command; 128 + n when signal n ended it; null = not over, or unknown. */
  readonly exitCode: number | null
  /** Where it runs. */
  readonly host: string | null
}

const underWay = new Set([
  'PENDING',
  'CONFIGURING',
  'RUNNING',
  'COMPLETING',
  'SUSPENDED',
  'REQUEUED',
  'REQUEUE_HOLD',
  'REQUEUE_FED',
  'RESIZING',
  'SIGNALING',
  'SPECIAL_EXIT',
  'STAGE_OUT',
  'STOPPED',
])

/** True when a job in this state will not change any more. UNKNOWN is final: nobody will ever say more. */
export function isOver(state: string): boolean {
  return !underWay.has(state)
}

/** The exit code that stands for a job that is over: its own, or 1 where it failed without one. */
export function exitCodeOf({ state, exitCode }: JobStatus): number {
  if (state === 'COMPLETED') return exitCode ?? 0
  return exitCode === null || exitCode === 0 ? 1 : exitCode
}

/** Slurm's `5:0` (exit code : signal) as one number. */
export function joinedExitCode(pair: string | undefined): number | null {
  const [, code, signal] = /^(\d+):(\d+)$/.exec(pair ?? '') ?? []
  if (code === undefined) return null
  return Number(signal) > 0 ? 128 + Number(signal) : Number(code)
}
