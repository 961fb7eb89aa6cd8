// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The real command line, as a user starts it. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { repositoryRoot } from '../support/shared.js'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Run `parcorana ...args` to its end in `cwd`. */
export function parcorana(args: readonly string[], cwd: string): Promise<Ended> {
  const child = spawn(process.execPath, [join(repositoryRoot, 'dist', 'src', 'cli.js'), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...text }))
  })
}

/** Run and expect exit code 0: returns stdout. */
export async function parcoranaOk(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await parcorana(args, cwd)
  if (code !== 0) throw new Error(`parcorana ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

/** NDJSON records of `--json`. */
export function records(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Write a configuration as JSON into `folder`; returns its path. */
export function writeConfig(folder: string, config: ParcoranaConfig, name = 'config.json'): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(config))
  return path
}
