// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { Argv, CommandModule } from 'yargs'
import { UsageError } from '../errors.js'
import { parseRules } from '../launch/pathMap.js'
import { readProfile } from '../launch/profile.js'
import { Trigger, type TriggerRequest } from '../launch/trigger.js'
import { thisEngine } from './engine.js'
import { exitWith } from './exit.js'
import { printSubmitted, printUntilOver } from './jobOutput.js'
import { printPlan } from './planOutput.js'
import { type SlurmArguments, slurmOptions, slurmRequest } from './slurmOptions.js'
import { numberOf } from './usage.js'
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

const word = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const
const number = (name: string, describe: string) => ({ ...word(describe), coerce: numberOf(name) }) as const
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
    handler: async (args) => {
      try {
        await trigger({ ...profileOf(args), ...given(args) }, rest)
      } catch (error) {
        exitWith(error, args.json)
      }
    },
  }
}

function beamtimeOptions(yargs: Argv<object>): Argv<object> {
  return yargs
    .option('profile', word("settings of a site: 'desy-online', or a JSON file with options"))
    .option('root', word('folder with current/ and commissioning/ of the beamline (/gpfs)'))
    .option('metadata', word("the beamtime's metadata file"))
    .option('beamtime', { type: 'boolean', default: true, describe: '--no-beamtime: without metadata' })
    .option('method', word("slurm-ssh, ssh, slurm-local, local, slurm-rest, or MENTO's name of one (slurm-ssh)"))
    .option('destination', word('host (the first reserved node)'))
    .option('user', word('account there'))
    .option('key', word('private ssh key'))
    .option('port', number('port', 'of sshd there'))
    .option('rest-url', word('address of slurmrestd, for slurm-rest; its token is in SLURM_JWT'))
    .option('known-hosts', word('file with the keys of known hosts (our own)'))
    .option('strict-host-keys', { type: 'boolean', describe: 'refuse a host whose key is not known yet' })
    .option('map', word('paths here and there, before those of the beamtime: FROM=TO,FROM=TO'))
    .option('keep', word('arguments that stay as they are, separated by commas'))
    .option('folder', word('for script, log and notes there (processed/onlineanalysis of the beamtime)'))
    .option('log', word('file for stdout and stderr there'))
    .option('engine', word('the parcorana there (over ssh: parcorana, else this one)'))
    .option('max-queue', number('max-queue', 'cancel a job that is still pending after so many seconds'))
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
  const from = triggerOf(args)
  if (args.watch !== undefined) return watchAndTrigger(from, (words) => requestOf(args, words), rest, args)
  const request = requestOf(args, rest)
  const [json, wait] = [args.json === true, args.wait === true]
  if (args.dryRun) {
    const { job, commands, paths } = from.prepare(request)
    return printPlan({ script: job.script, files: job.files, command: job.command, commands, paths }, json)
  }
  const job = await from.submit(request)
  printSubmitted(job, { json, wait })
  if (wait) await printUntilOver(job, json, { queuedSecondsMax: args.maxQueue })
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
