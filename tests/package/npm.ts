// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** npm, called without a shell. */
import { spawnSync } from 'node:child_process'

export interface Finished {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Run `npm <args>` in `cwd` to its end. */
export function npm(args: readonly string[], cwd: string): Finished {
  return finished('npm', args, cwd)
}

/** Run a program to its end; `status` is -1 when it could not start or was killed. */
export function finished(program: string, args: readonly string[], cwd: string): Finished {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return { status: status ?? -1, stdout, stderr }
}
