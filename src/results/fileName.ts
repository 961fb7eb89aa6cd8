// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** File name templates: `%T` local time, `%C` the next free counter, `%J` the batch job. */
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ConfigError } from '../errors.js'

export interface TemplateFacts {
  /** Default: now. */
  readonly now?: Date
  /** Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Names in the template's folder; default: read from disk. */
  readonly names?: readonly string[]
}

const jobVariables = ['SLURM_JOB_ID', 'PBS_JOBID', 'LSB_JOBID'] as const
/** Counters above this are somebody else's numbers. */
const largestCounter = 999

/**
 * Expand a template; templates without `%` come back unchanged. `%T` = yyyymmddhhmmss in local time; `%J` = the id of the
 * Slurm, PBS or LSF job; `%C` = three digits, one more than the largest counter 0..999 among the files of that name
 * (`.inprogress` included), 000 where there is none. `%C` and `%T` each at most once, `%C` only in the file's own name.
 * Throws ConfigError.
 */
export function expandTemplate(template: string, facts: TemplateFacts = {}): string {
  for (const key of ['%T', '%C']) {
    if (template.split(key).length > 2) {
      throw new ConfigError(`h5output '${template}' holds ${key} more than once: use it once`, { template })
    }
  }
  const known = template
    .replace('%T', () => timeText(facts.now ?? new Date()))
    .replaceAll('%J', () => jobId(template, facts.environment ?? process.env))
  return known.includes('%C') ? withCounter(known, facts.names) : known
}

function timeText(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `${day}${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
}

function jobId(template: string, environment: Readonly<Record<string, string | undefined>>): string {
  const id = jobVariables.map((name) => environment[name]).find((value) => value !== undefined && value !== '')
  if (id !== undefined) return id.replaceAll('/', '_')
  throw new ConfigError(
    `h5output '${template}' holds %J, but this is not a batch job (none of ${jobVariables.join(', ')} is set): use %C or %T, or submit the job`,
    { template },
  )
}

function withCounter(template: string, names?: readonly string[]): string {
  const folder = dirname(template)
  const [before, after, ...more] = basename(template).split('%C')
  if (before === undefined || after === undefined || more.length > 0) {
    throw new ConfigError(`h5output '${template}' holds %C in a folder name: put it into the file name`, { template })
  }
  const counters = (names ?? namesIn(folder)).map((name) => counterOf(name, before, after))
  const largest = Math.max(-1, ...counters.filter((counter) => counter <= largestCounter))
  const name = `${before}${String(largest + 1).padStart(3, '0')}${after}`
  return folder === '.' && !template.startsWith('.') ? name : join(folder, name)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The counter in `name`, or -1. */
function counterOf(name: string, before: string, after: string): number {
  const bare = name.endsWith('.inprogress') ? name.slice(0, -'.inprogress'.length) : name
  if (!bare.startsWith(before) || !bare.endsWith(after)) return -1
  const digits = bare.slice(before.length, bare.length - after.length)
  return /^\d+$/.test(digits) ? Number(digits) : -1
}
