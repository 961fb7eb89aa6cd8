// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** This engine as others start it: in a job script, on another host. */
import { fileURLToPath } from 'node:url'
import { builtOrSource } from '../transports/builtOrSource.js'
import type { ConfigArguments } from './options.js'

/** argv that starts this very installation with this very Node; both must be seen by the node that runs it. */
export function thisEngine(): string[] {
  return [process.execPath, fileURLToPath(builtOrSource('src/cli'))]
}

/** The options of `args` again, for an engine that runs in the same folder. */
export function optionsAgain(args: ConfigArguments): string[] {
  const given: readonly (readonly [flag: string, value: string | number | undefined])[] = [
    ['-c', args.config],
    ['--numevents', args.numevents],
    ['--verbosity', args.verbosity],
    ['--h5output', args.h5output],
    ['--mask-file', args.maskFile],
    ['--dataset', args.dataset],
    ['--num-servers', args.numServers],
    ['--num-workers', args.numWorkers],
    ['--transport', args.transport],
  ]
  const switches = [
    ['early-server', args.earlyServer],
    ['overwrite', args.overwrite],
  ] as const
  return [
    ...given.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)])),
    ...switches.flatMap(([name, on]) => (on === undefined ? [] : [on ? `--${name}` : `--no-${name}`])),
  ]
}
