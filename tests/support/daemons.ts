// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Programs that a test starts and stops itself: found on the machine, on free ports, ended by the ids they wrote down. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe } from 'vitest'
import { missing } from './shared.js'

const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']

/** Absolute path of `name`, or null. Daemons lie in folders that are not on everybody's PATH. */
export function findProgram(name: string): string | null {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/** A group of tests that needs programs and root; skipped with a clear line, failed under PARCORANA_REQUIRE_ALL=1. */
export function describeWithPrograms(name: string, programs: readonly string[], body: () => void): void {
  const absent = programs.filter((program) => findProgram(program) === null)
  if (absent.length > 0) missing(name, `not installed: ${absent.join(', ')}`)
  else if (process.getuid?.() !== 0) missing(name, 'the daemons of this test need root')
  else describe(name, body)
}

/** Run a program to its end; throws with what it said unless it ends with 0. */
export function must(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const path = findProgram(program) ?? program
  const { status, stdout, stderr, error } = spawnSync(path, args, { env, encoding: 'utf8', timeout: 30_000 })
  if (status === 0) return stdout
  throw new Error(`${program} ${args.join(' ')} ended with ${status ?? error?.message}: ${stderr}${stdout}`)
}

/** `count` ports of the loopback that nobody listens on, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Poll until `probe` gives something; throws `what` after `seconds`. */
export async function until<T>(
  what: string,
  probe: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const found = await probe()
    if (found) return found
    if (performance.now() > deadline) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** End the process whose id stands in `pidFile`: SIGTERM, SIGKILL after `seconds`. Absent files and processes are fine. */
export async function endByPidFile(pidFile: string, seconds = 5): Promise<void> {
  const pid = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, 'utf8'), 10) : Number.NaN
  if (!(pid > 1)) return
  const send = (signal: NodeJS.Signals): void => {
    if (isAlive(pid)) process.kill(pid, signal)
  }
  send('SIGTERM')
  await until(`the end of ${pid}`, () => !isAlive(pid), seconds).catch(() => send('SIGKILL'))
}

/** A process that has ended stays in the table until its parent looks: it does not count. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
