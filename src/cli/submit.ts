// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { basename, dirname, extname } from 'node:path'
import type { Argv, CommandModule } from 'yargs'
import { loadConfig } from '../config/load.js'
import { classes } from '../driver/classes.js'
import { outputOf } from '../driver/output.js'
import { UsageError } from '../errors.js'
import { prepareSubmit, type SubmitRequest, submitRun } from '../launch/submit.js'
import { type Scheduler, schedulers } from '../launch/schedulers.js'
import { tunnelArgv, wayTo } from '../launch/tunnel.js'
import { handled } from './exit.js'
import { optionsAgain, thisEngine } from './engine.js'
import { printSubmitted, printUntilOver } from './jobOutput.js'
import { liveOption } from './liveOption.js'
import { type ConfigArguments, configOptions, overridesOf } from './options.js'
import { printPlan } from './planOutput.js'
import { type SlurmArguments, slurmOptions, slurmRequest } from './slurmOptions.js'
import { parseTarget } from './sshTarget.js'
import { textOption } from './usage.js'

interface Arguments extends ConfigArguments, SlurmArguments {
  scheduler: Scheduler
  launcher?: 'srun' | 'mpiexec' | undefined
  mpi?: string | undefined
  template?: string | undefined
  login?: string | undefined
  engine?: string | undefined
  folder?: string | undefined
  wait?: boolean | undefined
  /** Port of the live page there; 0 = any. */
  live?: number | undefined
  json?: boolean | undefined
  dryRun?: boolean | undefined
}

/** `parcorana submit -c config`: the same run as a batch job; prints the job's id, with --wait the path of the result. */
export const submitCommand: CommandModule<object, Arguments> = {
  command: 'submit',
  describe: 'run a config as a batch job of Slurm, PBS or LSF; prints the job id, with --wait the result',
  builder: (yargs) =>
    slurmOptions(configOptions(yargs) as Argv<object>)
      .option('scheduler', { choices: schedulers, default: 'slurm', describe: 'whose job it is' })
      .option('launcher', { choices: ['srun', 'mpiexec'], describe: 'what starts several ranks (srun with Slurm)' })
      .option('mpi', textOption("srun's --mpi: pmix (Open MPI), pmi2 (MPICH)"))
      .option('template', textOption('a job script template of your own'))
      .option('login', textOption('submit there by ssh: [user@]host[:port]'))
      .option('engine', textOption('the parcorana to run (this one)'))
      .option('folder', textOption('for script and log (beside the result)'))
      .option('wait', { type: 'boolean', describe: 'follow state and log; end with the exit code of the job' })
      .option('live', { ...liveOption, describe: 'a live page of the run, with the ssh tunnel to it; also --wait' })
      .option('json', { type: 'boolean', describe: 'NDJSON records on stdout' })
      .option('dry-run', { type: 'boolean', describe: 'show the job script and the commands, then stop' }) as never,
  handler: handled(submit),
}

async function submit(args: Arguments): Promise<void> {
  const request = await requestOf(args)
  if (args.dryRun) {
    const { job, command, commands } = prepareSubmit(request)
    const tunnels = args.live === undefined ? [] : [tunnelArgv(wayTo('NODE', request.ssh ?? null), 'PORT', 'PORT')]
    const plan = { script: job.script, files: job.files, command, commands: [...commands, ...tunnels], paths: [] }
    return printPlan(plan, args.json === true)
  }
  const job = await submitRun(request)
  const [json, live] = [args.json === true, args.live !== undefined]
  const wait = live || args.wait === true
  printSubmitted(job, { json, wait })
  if (wait) await printUntilOver(job, json, { live })
}

/** The config is read here, so that what is wrong with it is said before anything queues. */
async function requestOf(args: Arguments): Promise<SubmitRequest> {
  const { resolved } = await loadConfig(args.config, { overrides: overridesOf(args), env: process.env, classes })
  const { h5output, numServers, numWorkers, transport } = resolved.systemParams
  const { scheduler, launcher, mpi, template, login, engine } = args
  const asked = slurmRequest(args)
  // A result that exists is refused now, not after the job has queued; the name may depend on the job, the folder be elsewhere.
  if (login === undefined && !h5output?.includes('%J')) outputOf(resolved)
  if (mpi !== undefined && launcher === 'mpiexec') {
    throw new UsageError(`--mpi ${mpi} is for srun, but --launcher is mpiexec; leave one of them out`)
  }
  return {
    ...asked,
    ...{ scheduler, launcher, mpi, template },
    name: asked.jobName ?? basename(args.config, extname(args.config)),
    folder: args.folder ?? (h5output === null ? process.cwd() : dirname(h5output)),
    workFolder: process.cwd(),
    layout: { servers: numServers, workers: numWorkers, transport },
    engine: [...(engine === undefined ? thisEngine() : [engine]), ...optionsAgain(args), ...liveAgain(args.live)],
    ssh: login === undefined ? null : parseTarget(login, '--login'),
  }
}

function liveAgain(port: number | undefined): string[] {
  if (port === undefined) return []
  return port === 0 ? ['--live'] : ['--live', String(port)]
}
