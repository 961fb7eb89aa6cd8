// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandModule } from 'yargs'
import { Job } from '../launch/job.js'
import { JobStore, type JobRecord } from '../launch/records.js'
import { isOver } from '../launch/state.js'
import { messageOf, UsageError } from '../errors.js'
import { handled } from './exit.js'
import { printRecord, printUntilOver, stateText } from './jobOutput.js'

interface ListArguments {
  json?: boolean | undefined
}

/** `parcorana jobs`: what was submitted from this account, the latest last. */
export const jobsCommand: CommandModule<object, ListArguments> = {
  command: 'jobs',
  describe: 'jobs submitted or triggered from this account, with their states',
  builder: (yargs) => yargs.option('json', { type: 'boolean', describe: 'one record a line' }) as never,
  handler: handled(async ({ json }) => {
    for (const record of new JobStore().list()) {
      const known = await lookAgain(record)
      if (json) printRecord('job', known)
      else process.stdout.write(`${lineOf(known)}\n`)
    }
  }),
}

/** A job that may have gone on is asked for; one that cannot be reached stays as it was. */
async function lookAgain(record: JobRecord): Promise<JobRecord> {
  const last = record.states.at(-1)
  if (last !== undefined && isOver(last.state)) return record
  const job = new Job(record)
  await job.status().catch((error: unknown) => void process.stderr.write(`warning: ${messageOf(error)}\n`))
  return job.record
}

function lineOf({ id, name, method, submittedAt, states, exitCode, result, files }: JobRecord): string {
  const state = states.at(-1)?.state ?? 'UNKNOWN'
  const code = exitCode === null ? '' : ` (${exitCode})`
  return [id, `${state}${code}`, submittedAt.slice(0, 19), method, name, result ?? files.log].join('  ')
}

interface OneArguments extends ListArguments {
  id?: string | undefined
  action?: string | undefined
  follow?: boolean | undefined
  cancel?: boolean | undefined
  live?: boolean | undefined
}

/** `parcorana job ID`: its state and files; `--follow` to its end, `--cancel` ends it. */
export const jobCommand: CommandModule<object, OneArguments> = {
  command: 'job [id] [action]',
  describe: 'state and files of one job; follow it, or end it',
  builder: (yargs) =>
    yargs
      .positional('id', { type: 'string', describe: 'as submit and trigger print it' })
      .positional('action', { type: 'string', describe: 'follow or cancel, the same as the options' })
      .option('follow', { type: 'boolean', describe: 'state and log until its end; ends with its exit code' })
      .option('live', { type: 'boolean', describe: 'follow it, with the ssh tunnel to its live page' })
      .option('cancel', { type: 'boolean', describe: 'end it; a run writes what it has first' })
      .option('json', { type: 'boolean', describe: 'NDJSON records on stdout' }) as never,
  handler: handled(one),
}

async function one({ id, action, follow, cancel, live, json = false }: OneArguments): Promise<void> {
  if (action !== undefined && action !== 'follow' && action !== 'cancel') {
    throw new UsageError(`'${action}' is nothing to do with a job; give follow or cancel`, { action })
  }
  if (id === undefined) throw new UsageError("no job id; 'parcorana jobs' lists the jobs, then give job ID")
  const job = Job.find(String(id))
  const ends = cancel === true || action === 'cancel'
  const watches = follow === true || live === true || action === 'follow'
  if (ends && watches)
    throw new UsageError(`${live ? '--live' : 'follow'} and cancel exclude each other; give one of them`)
  if (ends) await end(job)
  if (watches) return printUntilOver(job, json, { live })
  const status = await job.status()
  if (json) return printRecord('job', job.record)
  const { files, result } = job.record
  process.stdout.write(`${stateText(job.id, status)}\nscript ${files.script}\nlog ${files.log}\n`)
  if (result !== null) process.stdout.write(`result ${result}\n`)
}

/** One that is over stays as it ended. */
async function end(job: Job): Promise<void> {
  const { state } = await job.status()
  if (isOver(state)) process.stderr.write(`job ${job.id} was over already\n`)
  else await job.cancel()
}
