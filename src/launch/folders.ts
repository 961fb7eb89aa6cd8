// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where this program keeps what outlives a run: job records, known host keys, journals of watched folders. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { InputError, messageOf } from '../errors.js'

/** `PARCORANA_STATE`, else `parcorana` in the user's state folder (XDG_STATE_HOME or ~/.local/state). */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.PARCORANA_STATE) return env.PARCORANA_STATE
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'parcorana')
}

/** Make `folder`, which lies in the state folder or where the user said, and see that it can be written. Throws InputError. */
export function requireFolder(folder: string): void {
  try {
    makeFolder(resolve(folder))
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new InputError(
      `${folder} cannot be written (${messageOf(error)}); set PARCORANA_STATE to a folder of yours, where jobs and host keys are noted`,
      { folder },
      { cause: error },
    )
  }
}

/** Step by step: below a folder like /proc, Node's own recursion tries for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
