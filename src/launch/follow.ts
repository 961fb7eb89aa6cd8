// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Watching one job from its submission to its end, by polling: schedulers tell nobody by themselves. */
import { QueuedTooLong } from './errors.js'
import { reasonText } from './slurm/reasons.js'
import { isOver, type JobStatus } from './state.js'

/** What can be watched. */
export interface Watched {
  readonly id: string
  readonly isRemote: boolean
  status(): Promise<JobStatus>
  log(offset: number, last: boolean): Promise<{ text: string; next: number }>
  cancel(): Promise<void>
}

export type JobEvent =
  | { readonly kind: 'state'; readonly status: JobStatus }
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'warning'; readonly message: string }

export interface FollowOptions {
  /** Between two looks; default: 0.5 s growing to 5 s, over ssh 1 s growing to 10 s, to be gentle to the scheduler. */
  readonly intervalSeconds?: number | undefined
  /** A job that pends longer is warned about with Slurm's reason, again whenever that changes; default 30 s. */
  readonly pendingSeconds?: number | undefined
  /** A job that pends longer is cancelled, and QueuedTooLong thrown; default: no limit. */
  readonly queuedSecondsMax?: number | undefined
  /** Also the lines of its log; default true. */
  readonly log?: boolean | undefined
  /** Ends the watching, not the job. */
  readonly signal?: AbortSignal | undefined
}

export async function* followJob(job: Watched, options: FollowOptions): AsyncGenerator<JobEvent> {
  const { log = true, signal } = options
  const [first, longest] = job.isRemote ? [1, 10] : [0.5, 5]
  let interval = options.intervalSeconds ?? first
  const begun = performance.now()
  let [last, warned, offset] = ['', '', 0]
  while (!signal?.aborted) {
    const status = await job.status()
    const over = isOver(status.state)
    if (status.state !== last) {
      last = status.state
      // A state that ends comes after the rest of the log.
      if (!over) yield { kind: 'state', status }
    }
    if (log && status.state !== 'PENDING') {
      const { text, next } = await job.log(offset, over)
      offset = next
      if (text !== '') yield { kind: 'log', text }
    }
    if (over) return yield { kind: 'state', status }
    const seconds = (performance.now() - begun) / 1000
    if (status.state === 'PENDING') {
      const warning = await pendingWarning(job, status, seconds, options)
      if (warning !== null && status.reason !== warned) {
        warned = status.reason ?? 'None'
        yield { kind: 'warning', message: warning }
      }
    }
    await pause(interval * 1000, signal)
    interval = options.intervalSeconds ?? Math.min(longest, interval * 1.25)
  }
}

/** A sentence when the job waits longer than expected; throws QueuedTooLong when it waits longer than allowed. */
async function pendingWarning(
  job: Watched,
  { reason }: JobStatus,
  seconds: number,
  { pendingSeconds = 30, queuedSecondsMax = Number.POSITIVE_INFINITY }: FollowOptions,
): Promise<string | null> {
  const why = reasonText(reason)
  if (seconds > queuedSecondsMax) {
    await job.cancel()
    const found = `still pending after ${Math.round(seconds)} s: ${why}`
    const next =
      'it has been cancelled; use another partition or reservation, or run it elsewhere (--method ssh or local)'
    throw new QueuedTooLong({ tried: `job ${job.id}`, found, next }, { id: job.id, reason, seconds })
  }
  return seconds < pendingSeconds ? null : `job ${job.id} has been pending for ${Math.round(seconds)} s: ${why}`
}

/** At once where `signal` is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
    if (signal?.aborted) done()
  })
}
