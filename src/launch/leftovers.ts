// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Processes that a starter leaves behind on this machine: known by a word in their environment, which children inherit. */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const variable = 'PARCORANA_LAUNCH'
/** For those that are ending anyway, and again for those that were asked to; nothing escapes SIGKILL, but a busy machine may take its time. */
const graceMilliseconds = { SIGTERM: 1000, SIGKILL: 5000 }
const lookMilliseconds = 50

/** For the environment of the starter. */
export function launchMark(): Record<string, string> {
  return { [variable]: randomUUID() }
}

/** End what the starter with `mark` has left: ssh holds on to a dead connection, and with it to our stdout. Does nothing where there is no /proc. */
export async function endLeftovers(mark: Record<string, string>): Promise<void> {
  const left = new Leftovers(`${variable}=${mark[variable]}`)
  if (await left.gone(graceMilliseconds.SIGTERM)) return
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of left.pids()) end(pid, signal)
    if (await left.gone(graceMilliseconds[signal])) return
  }
}

/** The environment of a process that is ending cannot be read any more: one that was seen counts until it has ended. */
class Leftovers {
  readonly #word: string
  #seen: number[] = []

  constructor(word: string) {
    this.#word = word
  }

  pids(): readonly number[] {
    this.#seen = [...new Set([...this.#seen.filter(isAlive), ...marked(this.#word)])]
    return this.#seen
  }

  async gone(milliseconds: number): Promise<boolean> {
    for (let waited = 0; waited <= milliseconds; waited += lookMilliseconds) {
      if (this.pids().length === 0) return true
      await sleep(lookMilliseconds)
    }
    return false
  }
}

/** One that has ended may wait for its parent to notice. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
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
