// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The main command: run a config, alone or as a rank of an MPI job. */
import type { CommandModule } from 'yargs'
import { joinMpi, type JoinOptions, type Leader } from '../driver/mpi.js'
import { InterruptedError } from '../errors.js'
import { exitWith } from './exit.js'
import type { RunArguments } from './lead.js'
import { liveOption } from './liveOption.js'
import { underMpiexec } from './mpiexec.js'
import { configOptions } from './options.js'
import { neverWaitForReaders } from './output.js'
import { numberOf } from './usage.js'
import { version } from './version.js'

export const runCommand: CommandModule<object, RunArguments> = {
  command: ['$0', 'run'],
  describe: 'correlate what a config describes; prints the path of the result',
  builder: (yargs) =>
    configOptions(yargs)
      .option('test-main', {
        alias: 'test_main',
        type: 'boolean',
        describe: 'run on the test mask and testNumEvents events',
      })
      .option('test-alt', {
        alias: 'test_alt',
        type: 'boolean',
        describe: 'the same by an independent serial calculation',
      })
      .option('cmp', { type: 'boolean', describe: 'compare h5output with testH5output' })
      .conflicts({
        'test-main': ['test-alt', 'cmp'],
        'test-alt': 'cmp',
        live: ['test-alt', 'cmp', 'dry-run'],
      })
      .option('json', { type: 'boolean', describe: 'NDJSON records on stdout' })
      .option('progress', { type: 'boolean', default: true, describe: 'progress bar on a terminal' })
      .option('quiet', { alias: 'q', type: 'boolean', describe: 'no table, no timing report' })
      .option('live', liveOption)
      .option('plot', { type: 'boolean', describe: 'also draw the curves as <result>.svg' })
      .option('hosts', {
        type: 'string',
        requiresArg: true,
        describe: 'run as an MPI job there: a,b:8,c (8 ranks on b)',
      })
      .option('ranks', {
        type: 'string',
        requiresArg: true,
        coerce: numberOf('ranks'),
        describe: 'run as an MPI job of N ranks',
      })
      .option('dry-run', { type: 'boolean', describe: 'read config, mask and labels, then stop' }) as never,
  handler: async (args) => {
    let leader: Leader | null = null
    try {
      const launched = await underMpiexec(args, process.argv.slice(2))
      if (launched !== null) {
        process.exitCode = launched
        return
      }
      const joined = await joinMpi(joinOptions(args))
      if (joined === 'followed') return
      leader = joined
      if (leader !== null) neverWaitForReaders()
      await (await leading()).run(args, leader)
    } catch (error) {
      exitWith(error, args.json === true && !(error instanceof InterruptedError))
      if (error instanceof InterruptedError) (await leading()).printPartial(error, args)
    }
    await leader?.leave(Number(process.exitCode ?? 0))
  },
}

/** Config, source and results: no business of the other ranks of an MPI job, of which there are many. */
const leading = () => import('./lead.js')

function joinOptions({ quiet }: RunArguments): JoinOptions {
  return {
    env: process.env,
    version: version(),
    words: process.argv.slice(2),
    say: (line) => void (quiet !== true && process.stderr.write(`${line}\n`)),
  }
}
