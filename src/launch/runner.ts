// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where commands run: on this machine, or on another one through ssh (`ssh.ts`). */
import { type ExecuteOptions, execute, type Finished } from './process.js'

export type RunOptions = Pick<ExecuteOptions, 'input' | 'timeoutSeconds'>

export interface Runner {
  /** For messages: 'this machine' or `user@host`. */
  readonly where: string
  /** The argv that is started here for `command`; what `--dry-run` prints. */
  argv(command: readonly string[]): string[]
  /** Run to the end. Rejects with HostUnreachable only. */
  run(command: readonly string[], options?: RunOptions): Promise<Finished>
}

/** Commands on this machine. `env`: on top of our own. */
export function localRunner(env: Readonly<Record<string, string>> = {}): Runner {
  return {
    where: 'this machine',
    argv: (command) => [...command],
    run: (command, options = {}) => execute(command, { ...options, env: { ...process.env, ...env } }),
  }
}

/** `text` of a shell script with its arguments as `$1`, `$2`, ...: nothing of them is ever read as shell. */
export function shellScript(text: string, ...args: readonly string[]): string[] {
  return ['/bin/sh', '-c', text, 'sh', ...args]
}
