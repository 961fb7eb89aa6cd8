// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { Argv, CommandModule } from 'yargs'
import { UsageError } from '../errors.js'
import { methodOf } from '../launch/methods.js'
import { parseRules } from '../launch/pathMap.js'
import { readProfile } from '../launch/profile.js'
import { Trigger, type TriggerRequest } from '../launch/trigger.js'
import { thisEngine } from './engine.js'
import { handled } from './exit.js'
import { printSubmitted, printUntilOver } from './jobOutput.js'
import { printTriggerPlan } from './planOutput.js'
import { type SlurmArguments, slurmOptions, slurmRequest } from './slurmOptions.js'
import { numberOption, textOption } from './usage.js'
import { watchAndTrigger, type WatchArguments, watchOptions } from './watch.js'

export interface TriggerArguments extends SlurmArguments, WatchArguments {
  profile?: string | undefined
  root?: string | undefined
  metadata?: string | undefined
  beamtime?: boolean | undefined
  method?: string | undefined
  destination?: string | undefined
  user?: string | undefined
  key?: string | undefined
  port?: number | undefined
  restUrl?: string | undefined
  knownHosts?: string | undefined
  strictHostKeys?: boolean | undefined
  map?: string | undefined
  keep?: string | undefined
  folder?: string | undefined
  log?: string | undefined
  engine?: string | undefined
  maxQueue?: number | undefined
  wait?: boolean | undefined
  json?: boolean | undefined
  dryRun?: boolean | undefined
}

/** What a profile may set. */
const profileKeys = [
  'root',
  'metadata',
  'method',
  'destination',
  'user',
  'key',
  'rest-url',
  'known-hosts',
  'strict-host-keys',
].concat(['map', 'folder', 'log', 'engine', 'partition', 'reservation', 'account', 'qos', 'constraint', 'gres', 'time'])

/** `parcorana trigger ... -- COMMAND`; `rest`: the words behind `--`. */
export function triggerCommand(rest: readonly string[]): CommandModule<object, TriggerArguments> {
  return {
    command: 'trigger',
    describe:
      'start an analysis on the reserved node of the open beamtime: trigger [options] -- run -c cfg.ts, or -- SCRIPT',
    builder: (yargs) => watchOptions(slurmOptions(beamtimeOptions(yargs))) as never,
    handler: handled((args) => trigger({ ...profileOf(args), ...given(args) }, rest)),
  }
}

function beamtimeOptions(yargs: Argv<object>): Argv<object> {
  return yargs
    .option('profile', textOption("settings of a site: 'desy-online', or a JSON file with options"))
    .option('root', textOption('folder with current/ and commissioning/ of the beamline (/gpfs)'))
    .option('metadata', textOption("the beamtime's metadata file"))
    .option('beamtime', { type: 'boolean', default: true, describe: '--no-beamtime: without metadata' })
    .option('method', textOption("slurm-ssh, ssh, slurm-local, local, slurm-rest, or MENTO's name of one (slurm-ssh)"))
    .option('destination', textOption('host (the first reserved node)'))
    .option('user', textOption('account there'))
    .option('key', textOption('private ssh key'))
    .option('port', numberOption('port', 'of sshd there', { from: 1, to: 65_535, whole: true }))
    .option('rest-url', textOption('address of slurmrestd, for slurm-rest; its token is in SLURM_JWT'))
    .option('known-hosts', textOption('file with the keys of known hosts (our own)'))
    .option('strict-host-keys', { type: 'boolean', describe: 'refuse a host whose key is not known yet' })
    .option('map', textOption('paths here and there, before those of the beamtime: FROM=TO,FROM=TO'))
    .option('keep', textOption('arguments that stay as they are, separated by commas'))
    .option('folder', textOption('for script, log and notes there (processed/onlineanalysis of the beamtime)'))
    .option('log', textOption('file for stdout and stderr there'))
    .option('engine', textOption('the parcorana there (over ssh: parcorana, else this one)'))
    .option(
      'max-queue',
      numberOption('max-queue', 'with --wait: cancel a job that is still pending after so many seconds', { from: 0 }),
    )
    .option('wait', { type: 'boolean', describe: 'follow state and log; end with the exit code of the job' })
    .option('json', { type: 'boolean', describe: 'NDJSON records on stdout' })
    .option('dry-run', { type: 'boolean', describe: 'show mapped paths, commands and script, then stop' })
}

/** Without options that were not given, which would hide a profile's. */
function given(args: TriggerArguments): TriggerArguments {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined))
}

/** The profile's settings under the names of `args`. */
function profileOf({ profile }: TriggerArguments): Partial<TriggerArguments> {
  if (profile === undefined) return {}
  const camel = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(
    Object.entries(readProfile(profile, profileKeys)).map(([key, value]) => [camel(key), value]),
  )
}

async function trigger(args: TriggerArguments, rest: readonly string[]): Promise<void> {
  if (rest.length === 0) throw new UsageError('nothing to trigger; give a command behind --, such as -- run -c cfg.ts')
  methodOf(args.method)
  requireTogether(args)
  const from = triggerOf(args)
  if (args.watch !== undefined) return watchAndTrigger(from, (words) => requestOf(args, words), rest, args)
  const request = requestOf(args, rest)
  const [json, wait] = [args.json === true, args.wait === true]
  if (args.dryRun) return printTriggerPlan(from.prepare(request), json)
  const job = await from.submit(request)
  printSubmitted(job, { json, wait })
  if (wait) await printUntilOver(job, json, { queuedSecondsMax: args.maxQueue })
}

/** Options that do nothing without another one would be believed. */
function requireTogether({ watch, pattern, once, settle, poll, maxQueue, wait }: TriggerArguments): void {
  const lonely = Object.entries({ pattern, once, settle, poll }).find(([, value]) => value !== undefined)
  if (watch === undefined && lonely !== undefined) {
    throw new UsageError(`--${lonely[0]} belongs to --watch; give the folder to watch, or leave it out`)
  }
  if (maxQueue !== undefined && wait !== true) {
    throw new UsageError(`--max-queue ${maxQueue} needs --wait: somebody has to look at the queue; give both`)
  }
}

function triggerOf({ root, metadata, beamtime, map, knownHosts, strictHostKeys }: TriggerArguments): Trigger {
  const options = { map: map === undefined ? [] : parseRules(map), knownHosts, strictHostKeys }
  if (beamtime === false) return Trigger.offline({}, options)
  return metadata === undefined ? Trigger.fromBeamtime(root, options) : Trigger.fromFile(metadata, options)
}

/** `run` and other commands of ours start the engine with `--json`, whose records tell the result. */
function requestOf(args: TriggerArguments, words: readonly string[]): TriggerRequest {
  const { method, destination, user, port, restUrl, folder, log } = args
  const own = ['run', 'dark', 'agree'].includes(words[0] ?? '')
  const behindSsh = /ssh|REMOTE/.test(method ?? 'slurm-ssh')
  const engine = args.engine === undefined ? (behindSsh ? ['parcorana'] : thisEngine()) : [args.engine]
  const [command = '', ...rest] = own ? [...engine, ...words, '--json'] : words
  const kept = args.keep?.split(',') ?? []
  return {
    ...slurmRequest(args),
    ...{ method, destination, user, port, restUrl, folder, log, command },
    keyPath: args.key,
    args: rest.map((given) => (kept.includes(given) ? { literal: given } : given)),
    records: own,
  }
}
