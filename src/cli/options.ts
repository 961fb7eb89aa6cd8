// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Options that `run` and `check` share: where the config is, and what the command line puts over it. */
import type { Argv } from 'yargs'
import { numberOf } from './usage.js'

export interface ConfigArguments {
  config: string
  numevents?: number | undefined
  verbosity?: string | undefined
  h5output?: string | undefined
  maskFile?: string | undefined
  dataset?: string | undefined
  numServers?: number | undefined
  numWorkers?: string | undefined
  transport?: string | undefined
  earlyServer?: boolean | undefined
  overwrite?: boolean | undefined
}

export function configOptions<T>(yargs: Argv<T>): Argv<T & ConfigArguments> {
  return yargs
    .option('config', {
      alias: 'c',
      type: 'string',
      requiresArg: true,
      demandOption: 'give -c config.ts',
      describe: 'config file (.ts, .mjs, .json)',
    })
    .option('numevents', {
      alias: 'n',
      type: 'string',
      requiresArg: true,
      coerce: numberOf('numevents'),
      describe: 'read the first N events only',
    })
    .option('verbosity', { alias: 'v', type: 'string', requiresArg: true, describe: 'DEBUG, INFO, WARNING or ERROR' })
    .option('h5output', {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      describe: 'result file; %T time, %C counter, %J batch job id',
    })
    .option('mask-file', {
      alias: ['m', 'maskFile'],
      type: 'string',
      requiresArg: true,
      describe: 'mask to use instead of the config’s',
    })
    .option('dataset', {
      alias: 'd',
      type: 'string',
      requiresArg: true,
      describe: "dataset, for example 'npy:input.npy?counters=times.npy'",
    })
    .option('num-servers', {
      alias: ['s', 'numServers'],
      type: 'string',
      requiresArg: true,
      coerce: numberOf('num-servers'),
      describe: 'ranks that read',
    })
    .option('num-workers', {
      alias: ['w', 'numWorkers'],
      type: 'string',
      requiresArg: true,
      describe: "ranks that correlate, or 'auto'",
    })
    .option('transport', { type: 'string', requiresArg: true, describe: "'auto', 'threads' or 'mpi'" })
    .option('early-server', {
      alias: 'earlyServer',
      type: 'boolean',
      describe: 'take the earliest event of several streams first',
    })
    .option('overwrite', { type: 'boolean', describe: 'replace an existing result' }) as unknown as Argv<
    T & ConfigArguments
  >
}

/** The overrides by config key; what was not given is undefined. */
export function overridesOf(args: ConfigArguments): Record<string, unknown> {
  return {
    numEvents: args.numevents,
    verbosity: args.verbosity,
    h5output: args.h5output,
    maskNdarrayCoords: args.maskFile,
    dataset: args.dataset,
    numServers: args.numServers,
    numWorkers: args.numWorkers,
    transport: args.transport,
    serversRoundRobin: args.earlyServer === undefined ? undefined : !args.earlyServer,
    overwrite: args.overwrite,
  }
}
