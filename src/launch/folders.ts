// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where this program keeps what outlives a run: job records, known host keys, journals of watched folders. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** `PARCORANA_STATE`, else `parcorana` in the user's state folder (XDG_STATE_HOME or ~/.local/state). */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.PARCORANA_STATE) return env.PARCORANA_STATE
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'parcorana')
}
