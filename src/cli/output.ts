// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a command has to say on stdout. */
import { createWriteStream } from 'node:fs'

let stream: NodeJS.WritableStream = process.stdout

/**
 * From now on whoever reads slowly, or not at all, delays no run. Node waits for a terminal, and that is what Open MPI's mpiexec gives its
 * ranks: told to end, it reads nothing more for the seconds until it kills them, in which the result shall be written.
 */
export function neverWaitForReaders(): void {
  if (process.stdout.isTTY) stream = createWriteStream('', { fd: 1, autoClose: false }).on('error', () => {})
}

export function print(text: string): void {
  stream.write(`${text}\n`)
}

/** One NDJSON record. */
export function printJson(record: object): void {
  print(JSON.stringify(record))
}
