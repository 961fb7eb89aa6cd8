// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One process per journal: two that watch the same folder for the same command would trigger every file twice. */
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { UsageError } from '../../errors.js'

/** Hold `path` until the returned function is called or this process ends. Throws UsageError where another process that may live holds it. */
export function lock(path: string, folder: string): () => void {
  const own = `${path}.${process.pid}`
  writeFileSync(own, `${hostname()} ${process.pid} ${startOf(process.pid)}\n`)
  try {
    while (!linked(own, path)) takeAway(path, folder)
  } finally {
    rmSync(own, { force: true })
  }
  return () => rmSync(path, { force: true })
}

function linked(own: string, path: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  }
}

/** A lock whose process is gone goes; what another process has put there meanwhile comes back. */
function takeAway(path: string, folder: string): void {
  const seen = textOf(path)
  const [host = '', pid = '', start = ''] = seen.trim().split(' ')
  if (seen !== '' && (host !== hostname() || startOf(Number(pid)) === start)) {
    const next = host === hostname() ? 'end it first' : `end it first, or delete ${path} if it is gone`
    throw new UsageError(`process ${pid} on ${host} watches ${folder} with this command already; ${next}`, { path })
  }
  const away = `${path}.${process.pid}.away`
  try {
    renameSync(path, away)
  } catch {
    return
  }
  if (textOf(away) !== seen) linked(away, path)
  rmSync(away, { force: true })
}

/** When the process began, in ticks since the machine began; '' = it is gone. Tells a process from a later one of the same number, where there is /proc. */
function startOf(pid: number): string {
  if (!existsSync('/proc/self/stat')) return isAlive(pid) ? 'alive' : ''
  // Fields count behind the name, which may hold spaces.
  const fields = textOf(`/proc/${pid}/stat`).replace(/^.*\)/s, '').split(' ')
  return fields[20] ?? ''
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
