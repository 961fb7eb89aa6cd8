// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Options that `submit` and `trigger` share: what a job asks of the scheduler. */
import type { Argv } from 'yargs'
import { UsageError } from '../errors.js'
import type { SlurmOptions } from '../launch/slurm/options.js'
import { numberOf } from './usage.js'

export interface SlurmArguments {
  jobName?: string | undefined
  partition?: string | undefined
  reservation?: string | undefined
  account?: string | undefined
  qos?: string | undefined
  dependency?: string | undefined
  constraint?: string | undefined
  gres?: string | undefined
  nodes?: number | undefined
  ntasksPerNode?: number | undefined
  cpusPerTask?: number | undefined
  mem?: string | undefined
  time?: string | undefined
}

const word = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const
const count = (name: string, describe: string) =>
  ({ type: 'string', requiresArg: true, coerce: countOf(name), describe }) as const

function countOf(name: string): (given: string | undefined) => number | undefined {
  return (given) => {
    const value = numberOf(name)(given)
    if (value === undefined || (Number.isInteger(value) && value >= 1)) return value
    throw new UsageError(`--${name} is ${given}; give a whole number from 1 on`, { option: name, given })
  }
}

export function slurmOptions(yargs: Argv<object>): Argv<object> {
  return yargs
    .option('job-name', word('name of the job'))
    .option('partition', { alias: 'p', ...word('partition (queue)') })
    .option('reservation', word('reservation'))
    .option('account', word('account to charge'))
    .option('qos', word('quality of service'))
    .option('dependency', word("such as 'afterok:1234' or 'singleton'"))
    .option('constraint', word('features of the nodes'))
    .option('gres', word("generic resources, such as 'gpu:1'"))
    .option('nodes', { alias: 'N', ...count('nodes', 'nodes (1)') })
    .option('ntasks-per-node', count('ntasks-per-node', 'ranks per node (1 = one process with threads)'))
    .option('cpus-per-task', count('cpus-per-task', 'cores of a task (one task alone: the whole node)'))
    .option('mem', word('memory of a node, such as 200G'))
    .option('time', { alias: 't', ...word('hours:minutes:seconds, or as Slurm spells it') })
}

export function slurmRequest(args: SlurmArguments): SlurmOptions {
  const { jobName, partition, reservation, account, qos, dependency, constraint, gres } = args
  const { nodes, ntasksPerNode, cpusPerTask, mem, time } = args
  return {
    ...{ jobName, partition, reservation, account, qos, dependency, constraint, gres },
    ...{ nodes, ntasksPerNode, cpusPerTask, mem, time },
  }
}
