// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** How a command ends: one sentence on stderr and the exit code of spec: 1 run, 2 usage, 3 config, 4 input, 130/143 signal. */
import { mpiEnvironment } from '../transports/mpi/environment.js'
import { messageOf, ParcoranaError, RankError } from '../errors.js'
import { printJson } from './output.js'

/** The handler of a command: what `body` throws is reported. */
export function handled<T extends { json?: boolean | undefined }>(
  body: (args: T) => Promise<void> | void,
): (args: T) => Promise<void> {
  return async (args) => {
    try {
      await body(args)
    } catch (error) {
      exitWith(error, args.json)
    }
  }
}

/** Report `error` and set the exit code. `json`: also as the last NDJSON record on stdout. */
export function exitWith(error: unknown, json = false): void {
  const known = error instanceof ParcoranaError
  process.exitCode = known ? error.exitCode : 1
  // What is wrong with a command line or a host is wrong with all ranks that mpiexec started there: one of them says so.
  if (mpiEnvironment(process.env)?.firstOfHost === false) {
    outlast()
    return
  }
  const message = messageOf(error)
  process.stderr.write(`parcorana: ${message}\n`)
  const defect = error instanceof RankError ? error.cause : error
  if (!(defect instanceof ParcoranaError) && process.env.PARCORANA_DEBUG === '1' && defect instanceof Error) {
    process.stderr.write(`${defect.stack}\n`)
  }
  if (json) {
    const details = known ? { tag: error.tag, ...error.details } : {}
    printJson({ event: 'error', message, exitCode: process.exitCode, ...details })
  }
}

/** The end of one rank ends the others: not before the first of them has spoken. */
function outlast(): void {
  setTimeout(() => {}, 1500)
}
