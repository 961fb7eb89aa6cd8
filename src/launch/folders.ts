// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where this program keeps what outlives a run: job records, known host keys, journals of watched folders. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InputError, messageOf } from '../errors.js'

/** `PARCORANA_STATE`, else `parcorana` in the user's state folder (XDG_STATE_HOME or ~/.local/state). */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.PARCORANA_STATE) return env.PARCORANA_STATE
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'parcorana')
}

/** Make `folder`, which lies in the state folder or where the user said, and see that it can be written. Throws InputError. */
export function requireFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new InputError(
      `${folder} cannot be written (${messageOf(error)}); set PARCORANA_STATE to a folder of yours, where jobs and host keys are noted`,
      { folder },
      { cause: error },
    )
  }
}
