// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a job asks for, in each scheduler's words, as values of its template. */
import { UsageError } from '../errors.js'
import type { SlurmOptions } from './slurm/options.js'
import type { TemplateValues } from './template.js'

export const schedulers = ['slurm', 'pbs', 'lsf'] as const
export type Scheduler = (typeof schedulers)[number]

type Asked = SlurmOptions & { readonly nodes: number; readonly ntasksPerNode: number }

/**
 * A node is taken as a whole when one task runs on it and no number of CPUs was asked for: the engine's threads fill it.
 * Throws UsageError for a time that PBS and LSF cannot say.
 */
export function schedulerValues(scheduler: Scheduler, asked: Asked): TemplateValues {
  const { nodes, ntasksPerNode, cpusPerTask } = asked
  const whole = ntasksPerNode === 1 && cpusPerTask === undefined
  const seconds = scheduler === 'slurm' ? undefined : secondsOf(asked.time)
  const select = [`${nodes}`, `ncpus=${ntasksPerNode * (cpusPerTask ?? 1)}`, `mpiprocs=${ntasksPerNode}`]
  return {
    jobName: asked.jobName,
    partition: scheduler === 'pbs' ? (asked.reservation ?? asked.partition) : asked.partition,
    reservation: asked.reservation,
    account: asked.account,
    qos: asked.qos,
    dependency: asked.dependency,
    constraint: asked.constraint,
    gres: asked.gres,
    nodes,
    ntasksPerNode,
    cpusPerTask,
    mem: asked.mem,
    time: asked.time,
    exclusive: whole ? (scheduler === 'lsf' ? '-x' : '--exclusive') : undefined,
    place: whole ? 'excl' : undefined,
    select: [...select, ...(asked.mem === undefined ? [] : [`mem=${asked.mem}`])].join(':'),
    walltime: seconds === undefined ? undefined : clock(seconds, 3),
    hoursMinutes: seconds === undefined ? undefined : clock(Math.ceil(seconds / 60) * 60, 2),
  }
}

/** Slurm's spellings of a time in seconds: minutes, M:S, H:M:S, D-H[:M[:S]]. Throws UsageError. */
export function secondsOf(time: string | undefined): number | undefined {
  if (time === undefined) return undefined
  const [, days, rest = ''] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(time) ?? []
  if (rest === '') throw new UsageError(`--time is '${time}'; give hours:minutes:seconds, such as 1:00:00`, { time })
  const parts = rest.split(':').map(Number)
  const [first = 0, second = 0, third = 0] = parts
  if (days !== undefined) return Number(days) * 86_400 + first * 3600 + second * 60 + third
  if (parts.length === 3) return first * 3600 + second * 60 + third
  return first * 60 + second
}

/** `HH:MM:SS` (3 parts) or `HH:MM` (2 parts). */
function clock(seconds: number, parts: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return [two(seconds / 3600), two((seconds % 3600) / 60), two(seconds % 60)].slice(0, parts).join(':')
}
