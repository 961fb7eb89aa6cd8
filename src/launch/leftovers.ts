// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Processes that a starter leaves behind on this machine: known by a word in their environment, which children inherit. */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const variable = 'PARCORANA_LAUNCH'
/** For those that are ending anyway, and again for those that were asked to. */
const graceMilliseconds = 1000
const lookMilliseconds = 50

/** For the environment of the starter. */
export function launchMark(): Record<string, string> {
  return { [variable]: randomUUID() }
}

/** End what the starter with `mark` has left: ssh holds on to a dead connection, and with it to our stdout. Does nothing where there is no /proc. */
export async function endLeftovers(mark: Record<string, string>): Promise<void> {
  const word = `${variable}=${mark[variable]}`
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await allGone(word)) return
    for (const pid of marked(word)) end(pid, signal)
  }
  await allGone(word)
}

async function allGone(word: string): Promise<boolean> {
  for (let waited = 0; waited <= graceMilliseconds; waited += lookMilliseconds) {
    if (marked(word).length === 0) return true
    await sleep(lookMilliseconds)
  }
  return false
}

function marked(word: string): number[] {
  return processes().filter((pid) => {
    try {
      return pid !== process.pid && readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(word)
    } catch {
      return false
    }
  })
}

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself.
  }
}
