// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import { loadConfig } from '../config/load.js'
import { moduleExtensions } from '../config/moduleExtensions.js'
import { resolveConfig } from '../config/resolve.js'
import type { ResolvedConfig } from '../config/resolved.js'
import type { UserParams } from '../config/types.js'
import { runAgree } from '../driver/agree/agree.js'
import { causesOf } from '../driver/agree/causes.js'
import { matchPeer } from '../driver/agree/compare.js'
import { readPeer } from '../driver/agree/peer.js'
import { agreeRecord, agreeText } from '../driver/agree/text.js'
import { classes } from '../driver/classes.js'
import { ConfigError, UsageError } from '../errors.js'
import { handled } from './exit.js'
import { numberOption, textOption } from './usage.js'

interface Arguments {
  file: string
  mask?: string | undefined
  color?: string | undefined
  fine?: string | undefined
  qmap?: string | undefined
  numevents?: number | undefined
  peer?: string | undefined
  peerDelays?: string | undefined
  peerErrors?: string | undefined
  output?: string | undefined
  overwrite?: boolean | undefined
  json?: boolean | undefined
}

/** `parcorana agree FILE`: g2 by every definition, why they differ, and whose numbers somebody else's are. */
export const agreeCommand: CommandModule<object, Arguments> = {
  command: 'agree <file>',
  describe: 'g2 by the definitions of all programs side by side, and why they differ',
  builder: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: "a config, or frames as dataset: 'run.npy', 'hdf5:run.h5', 'rigaku:run.bin?shape=512,1024'",
      })
      .option('mask', { alias: 'm', ...textOption('mask, for frames') })
      .option('color', textOption('rings (.npy), for frames'))
      .option('fine', textOption('static bins (.npy), for frames'))
      .option('qmap', textOption('q-map with rings and static bins, for frames'))
      .option('numevents', { alias: 'n', ...numberOption('numevents', 'read the first N frames only') })
      .option('peer', textOption('g2 of another program: its result file, or an array [delays, rings] (.npy)'))
      .option('peer-delays', textOption('the delays of such an array, in frames (.npy)'))
      .option('peer-errors', textOption('the errors of such an array (.npy)'))
      .option('output', { alias: 'o', ...textOption('also keep all curves as HDF5 result') })
      .option('overwrite', { type: 'boolean', describe: 'replace an existing file' })
      .option('json', { type: 'boolean', describe: 'all numbers as JSON on stdout' }) as never,
  handler: handled(agree),
}

async function agree(args: Arguments): Promise<void> {
  const { peer: path, peerDelays: delays, peerErrors: errors } = args
  if (path === undefined && (delays ?? errors) !== undefined)
    throw new UsageError('--peer-delays and --peer-errors belong to --peer, which is missing')
  const output = args.output === undefined ? null : resolve(args.output)
  if (output !== null && existsSync(output) && args.overwrite !== true)
    throw new ConfigError(`${output} exists; give another name with -o, or --overwrite`, { path: output })
  const peer = path === undefined ? null : await readPeer({ g2: path, delays, errors })
  const pass = await runAgree(await configOf(args), output, {
    warn: (message) => process.stderr.write(`warning: ${message}\n`),
  })
  const match = peer === null ? null : matchPeer(pass, peer)
  if (args.json) return void process.stdout.write(`${JSON.stringify(agreeRecord(pass, match))}\n`)
  process.stdout.write(agreeText(pass, causesOf(pass), match, path ?? null))
}

/** What a config describes, or what the options say about frames. */
async function configOf({ file, mask, color, fine, qmap, numevents = 0 }: Arguments): Promise<ResolvedConfig> {
  const options = { classes, env: process.env }
  if (['.json', ...moduleExtensions].includes(extname(file).toLowerCase())) {
    const given = Object.entries({ mask, color, fine, qmap }).find(([, value]) => value !== undefined)
    if (given !== undefined) throw new UsageError(`--${given[0]} is for frames, but ${file} is a config; say it there`)
    const overrides = { verbosity: 'WARNING', ...(numevents > 0 ? { numEvents: numevents } : {}) }
    return (await loadConfig(file, { ...options, overrides })).resolved
  }
  const userParams: UserParams = {
    colorNdarrayCoords: color ?? null,
    colorFineNdarrayCoords: fine ?? null,
    qmap: qmap ?? null,
  }
  const systemParams = { dataset: file, maskNdarrayCoords: mask ?? null, numEvents: numevents, verbosity: 'WARNING' }
  return (await resolveConfig({ systemParams, userParams }, { configPath: null, baseDir: process.cwd() }, options))
    .resolved
}
