// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a job asks of Slurm, as options of sbatch. */
import { UsageError } from '../../errors.js'

export interface SlurmOptions {
  readonly jobName?: string | undefined
  readonly partition?: string | undefined
  readonly reservation?: string | undefined
  readonly account?: string | undefined
  readonly qos?: string | undefined
  readonly dependency?: string | undefined
  readonly constraint?: string | undefined
  readonly gres?: string | undefined
  readonly nodes?: number | undefined
  readonly ntasksPerNode?: number | undefined
  readonly cpusPerTask?: number | undefined
  readonly mem?: string | undefined
  /** Minutes, or `[days-]hours:minutes:seconds` in any of Slurm's spellings. */
  readonly time?: string | undefined
  /** File for stdout and stderr of the job's script. */
  readonly output?: string | undefined
  readonly chdir?: string | undefined
}

const names: readonly (readonly [key: keyof SlurmOptions, option: string])[] = [
  ['jobName', 'job-name'],
  ['partition', 'partition'],
  ['reservation', 'reservation'],
  ['account', 'account'],
  ['qos', 'qos'],
  ['dependency', 'dependency'],
  ['constraint', 'constraint'],
  ['gres', 'gres'],
  ['nodes', 'nodes'],
  ['ntasksPerNode', 'ntasks-per-node'],
  ['cpusPerTask', 'cpus-per-task'],
  ['mem', 'mem'],
  ['time', 'time'],
  ['chdir', 'chdir'],
]

/** `--partition=p10` and so on, in a fixed order; what was not given or is empty is left out. Throws UsageError. */
export function sbatchOptions(options: SlurmOptions): string[] {
  requireTime(options.time)
  const list = names.flatMap(([key, option]) => {
    const value = options[key]
    return value === undefined || value === '' ? [] : [`--${option}=${value}`]
  })
  // In the name of an output file, %j and its like are patterns.
  if (options.output !== undefined) list.push(`--output=${options.output.replaceAll('%', '%%')}`)
  return list
}

/** Slurm's spellings of a time: minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]. Throws UsageError. */
export function requireTime(time: string | undefined): void {
  if (time === undefined || /^(\d+(:\d+){0,2}|\d+-\d+(:\d+){0,2}|infinite|unlimited)$/i.test(time)) return
  throw new UsageError(
    `--time is '${time}'; give minutes, hours:minutes:seconds or days-hours:minutes:seconds, such as 1:00:00`,
    { time },
  )
}
