// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The command line in journeys: configurations as files, exit code 0, NDJSON records. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { runCli } from '../support/cli.js'

/** Run `parcorana ...args` in `cwd` and expect exit code 0: returns stdout. */
export async function parcoranaOk(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { cwd })
  if (code !== 0) throw new Error(`parcorana ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

/** NDJSON records of `--json`. */
export function records(stdout: string): Record<string, unknown>[] {
  const lines = stdout.trim().split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Write a configuration as JSON into `folder`; returns its path. */
export function writeConfig(folder: string, config: ParcoranaConfig, name = 'config.json'): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(config))
  return path
}
