// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Resident memory of a whole run through the command line, sampled while it works. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { startCli } from '../support/cli.js'
import { records } from './cli.js'

export interface Sample {
  readonly seconds: number
  /** Events that the master has delivered. */
  readonly read: number
  readonly mebibytes: number
}

export interface Watched {
  readonly samples: readonly Sample[]
  readonly peak: number
  /** Record `done`. */
  readonly done: Record<string, unknown>
}

/** Run a config to its end; throws when it fails. */
export async function watchRun(config: string, cwd: string): Promise<Watched> {
  const run = startCli(['-c', config, '--json', '--quiet'], { cwd })
  const start = performance.now()
  const samples: Sample[] = []
  const timer = setInterval(() => {
    const mebibytes = residentMebibytes(run.child.pid as number)
    const read = Number(
      /.*"event":"events".*"read":(\d+)/s.exec(run.stdout().slice(-1000))?.[1] ?? samples.at(-1)?.read ?? 0,
    )
    if (mebibytes !== null) samples.push({ seconds: (performance.now() - start) / 1000, read, mebibytes })
  }, 250)
  const { code, stdout, stderr } = await run.end
  clearInterval(timer)
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`)
  return { samples, peak: Math.max(...samples.map(({ mebibytes }) => mebibytes)), done: records(stdout).at(-1) ?? {} }
}

/** Largest resident memory while the events from `from` to `to` were delivered. */
export function largestBetween({ samples }: Watched, from: number, to: number): number {
  return Math.max(...samples.filter(({ read }) => read > from && read <= to).map(({ mebibytes }) => mebibytes))
}

/** `12,288: 201, ...`: events and MiB, ten places along the run. */
export function figures({ samples }: Watched): string {
  const step = Math.max(1, Math.floor(samples.length / 10))
  const shown = samples.filter((_, i) => i % step === 0)
  return shown.map(({ read, mebibytes }) => `${read}: ${Math.round(mebibytes)}`).join(', ')
}

function residentMebibytes(pid: number): number | null {
  const status = `/proc/${pid}/status`
  try {
    const kibibytes = existsSync(status)
      ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]
      : spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
    return kibibytes ? Number(kibibytes) / 1024 : null
  } catch {
    return null
  }
}
