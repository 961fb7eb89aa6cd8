// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the commands about jobs print: NDJSON records, or the job's log on stderr and its result on stdout. */
import type { FollowOptions } from '../launch/follow.js'
import type { Job } from '../launch/job.js'
import { shellLine } from '../launch/quote.js'
import type { JobRecord } from '../launch/records.js'
import { exitCodeOf, type JobStatus } from '../launch/state.js'
import { reasonText } from '../launch/slurm/reasons.js'
import { type PageOutput, PageWatch } from './pageWatch.js'

export function printRecord(event: string, facts: object): void {
  process.stdout.write(`${JSON.stringify({ event, ts: new Date().toISOString(), ...facts })}\n`)
}

/** The first words about a new job. Its id goes to stdout unless the job is waited for. */
export function printSubmitted({ record }: Job, { json, wait }: { json: boolean; wait: boolean }): void {
  const { id, name, method, files } = record
  if (json) return void printRecord('submitted', { id, name, method, ...files })
  process.stderr.write(`job ${id} (${name}); script ${files.script}, log ${files.log}\n`)
  if (!wait) process.stdout.write(`${id}\n`)
}

export interface PrintOptions extends FollowOptions {
  /** Also the way to the live page of its run. */
  readonly live?: boolean | undefined
}

/** Follow `job` to its end; the process ends with the job's exit code. SIGINT ends the watching, not the job. */
export async function printUntilOver(job: Job, json: boolean, options: PrintOptions = {}): Promise<void> {
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const page = options.live === true ? new PageWatch(job, pageOutput(job, json)) : null
  let last: JobStatus | null = null
  try {
    for await (const event of job.follow({ ...options, signal: stop.signal })) {
      if (event.kind === 'state') {
        last = event.status
        page?.hear(last)
      }
      if (json) printRecord(event.kind, event.kind === 'state' ? { id: job.id, ...event.status } : event)
      else if (event.kind === 'log') process.stderr.write(event.text)
      else if (event.kind === 'warning') process.stderr.write(`warning: ${event.message}\n`)
      else process.stderr.write(`${stateText(job.id, event.status)}\n`)
    }
  } finally {
    page?.close()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
  if (stop.signal.aborted) {
    process.stderr.write(`job ${job.id} goes on; 'parcorana job ${job.id} --follow' watches it again\n`)
    process.exitCode = 130
  } else if (last !== null) printEnd(job, last, json)
}

function pageOutput({ id }: Job, json: boolean): PageOutput {
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  return {
    page: (facts) => {
      if (json) printRecord('live', { id, ...facts })
      else {
        const when = facts.tunnel ? 'the same tunnel by hand' : 'from another machine first'
        say(`live page of job ${id}: ${facts.url}\n${when}: ${shellLine(facts.command)}`)
      }
    },
    line: (text) => void (json || say(text)),
    warning: (message) => (json ? printRecord('warning', { kind: 'warning', message }) : say(`warning: ${message}`)),
  }
}

function printEnd(job: Job, status: JobStatus, json: boolean): void {
  const { id, files, result, error } = job.record
  const exitCode = exitCodeOf(status)
  process.exitCode = exitCode
  if (json)
    return void printRecord('done', { id, state: status.state, exitCode, output: result, log: files.log, error })
  if (exitCode !== 0) process.stderr.write(`parcorana: ${failureText(job.record, status)}\n`)
  if (result !== null) process.stdout.write(`${result}\n`)
}

function failureText({ id, files, error }: JobRecord, status: JobStatus): string {
  const code = status.exitCode === null ? '' : ` with exit code ${status.exitCode}`
  return `job ${id} ended as ${status.state}${code}${error === null ? '' : `: ${error}`}; its log is ${files.log}`
}

/** `job 12 RUNNING on max-p3a` */
export function stateText(id: string, { state, reason, host, exitCode }: JobStatus): string {
  const why = state === 'PENDING' ? `: ${reasonText(reason)}` : reason === null ? '' : `: ${reason}`
  const code = exitCode === null ? '' : ` (exit code ${exitCode})`
  return `job ${id} ${state}${host === null || state === 'PENDING' ? '' : ` on ${host}`}${code}${why}`
}
