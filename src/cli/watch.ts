// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `trigger --watch FOLDER`: one job for every finished file. */
import { statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import type { Argv } from 'yargs'
import { messageOf, UsageError } from '../errors.js'
import type { Job } from '../launch/job.js'
import type { Trigger, TriggerRequest } from '../launch/trigger.js'
import { Journal } from '../launch/watch/journal.js'
import { patternOf } from '../launch/watch/pattern.js'
import { scanFolder } from '../launch/watch/scan.js'
import { finishedFiles } from '../launch/watch/watch.js'
import { printRecord, printSubmitted, printUntilOver } from './jobOutput.js'
import { printTriggerPlan } from './planOutput.js'
import { numberOption, textOption } from './usage.js'

export interface WatchArguments {
  watch?: string | undefined
  pattern?: string | undefined
  settle?: number | undefined
  poll?: number | undefined
  once?: boolean | undefined
  wait?: boolean | undefined
  json?: boolean | undefined
  dryRun?: boolean | undefined
  maxQueue?: number | undefined
}

export function watchOptions(yargs: Argv<object>): Argv<object> {
  return yargs
    .option(
      'watch',
      textOption('trigger for every finished file of this folder; {} = its path, {stem} = its name without ending'),
    )
    .option('pattern', textOption("names to watch for, such as '*_master.h5' or '**/scan_*' (all)"))
    .option('settle', numberOption('settle', 'a file is finished when unchanged for so many seconds (2)', { from: 0 }))
    .option('poll', numberOption('poll', 'seconds between two looks at the folder (5)', { from: 0 }))
    .option('once', { type: 'boolean', describe: 'end when everything that is there has been triggered' })
}

/** Submit one job per file until a signal comes; with --dry-run show those of the files that are there. A file whose submission fails is said and tried again by the next start. */
export async function watchAndTrigger(
  trigger: Trigger,
  requestOf: (words: readonly string[]) => TriggerRequest,
  words: readonly string[],
  args: WatchArguments,
): Promise<void> {
  const folder = resolve(args.watch as string)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--watch ${folder} is no folder; give the folder that the detector writes to`, { folder })
  }
  const { pattern = '*', settle, poll, once, json = false, wait = false, maxQueue } = args
  const journal = new Journal(folder, pattern, words)
  if (args.dryRun) {
    const open = [...scanFolder(folder, patternOf(pattern)).keys()].sort().filter((path) => !journal.isDone(path))
    for (const path of open) printTriggerPlan(trigger.prepare(requestOf(fill(words, join(folder, path)))), json)
    return
  }
  const release = journal.hold()
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const isDone = (path: string): boolean => journal.isDone(path)
  const options = { pattern, settleSeconds: settle, pollSeconds: poll, once, isDone, signal: stop.signal }
  try {
    for await (const path of finishedFiles(folder, options)) {
      try {
        const job = await triggerOnce(trigger, requestOf(fill(words, join(folder, path))), journal, path)
        if (json) printRecord('file', { path: join(folder, path), id: job.id })
        printSubmitted(job, { json, wait })
        if (wait) await printUntilOver(job, json, { queuedSecondsMax: maxQueue })
      } catch (error) {
        process.exitCode = 5
        process.stderr.write(`parcorana: ${join(folder, path)}: ${messageOf(error)}\n`)
        if (json) printRecord('error', { path: join(folder, path), message: messageOf(error) })
      }
    }
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    release()
  }
}

/** A submission that an earlier process began is looked for before it is made again. */
async function triggerOnce(trigger: Trigger, request: TriggerRequest, journal: Journal, path: string): Promise<Job> {
  const open = journal.openToken(path)
  const begun = open === null ? null : await trigger.recover({ ...request, token: open })
  const token = open ?? journal.begin(path)
  const job = begun ?? (await trigger.submit({ ...request, token }))
  journal.done(path, token, job.id)
  return job
}

function fill(words: readonly string[], path: string): string[] {
  const stem = basename(path, extname(path))
  return words.map((word) => word.replaceAll('{}', path).replaceAll('{stem}', stem))
}
