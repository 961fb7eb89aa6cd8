// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Options that `submit` and `trigger` share: what a job asks of the scheduler. */
import type { Argv } from 'yargs'
import type { SlurmOptions } from '../launch/slurm/options.js'
import { numberOption, textOption } from './usage.js'

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

const count = (name: string, describe: string) => numberOption(name, describe, { from: 1, whole: true })

export function slurmOptions(yargs: Argv<object>): Argv<object> {
  return yargs
    .option('job-name', textOption('name of the job'))
    .option('partition', { alias: 'p', ...textOption('partition (queue)') })
    .option('reservation', textOption('reservation'))
    .option('account', textOption('account to charge'))
    .option('qos', textOption('quality of service'))
    .option('dependency', textOption("such as 'afterok:1234' or 'singleton'"))
    .option('constraint', textOption('features of the nodes'))
    .option('gres', textOption("generic resources, such as 'gpu:1'"))
    .option('nodes', { alias: 'N', ...count('nodes', 'nodes (1)') })
    .option('ntasks-per-node', count('ntasks-per-node', 'ranks per node (1 = one process with threads)'))
    .option('cpus-per-task', count('cpus-per-task', 'cores of a task (one task alone: the whole node)'))
    .option('mem', textOption('memory of a node, such as 200G'))
    .option('time', { alias: 't', ...textOption('hours:minutes:seconds, or as Slurm spells it') })
}

export function slurmRequest(args: SlurmArguments): SlurmOptions {
  const { jobName, partition, reservation, account, qos, dependency, constraint, gres } = args
  const { nodes, ntasksPerNode, cpusPerTask, mem, time } = args
  return {
    ...{ jobName, partition, reservation, account, qos, dependency, constraint, gres },
    ...{ nodes, ntasksPerNode, cpusPerTask, mem, time },
  }
}
