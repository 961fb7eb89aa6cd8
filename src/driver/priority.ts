// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Who waits where workers take every core: they, a little, so that reading, ordering and updates go on beside them. */
import { readlinkSync } from 'node:fs'
import { availableParallelism, constants, getPriority, setPriority } from 'node:os'

/** Of niceness. Beside one other busy thread, of this run or of another program, the core is shared three to one. */
const steps = 5

/** Whether workers leave the viewer no core. */
export function crowded(workers: number): boolean {
  return workers >= availableParallelism()
}

/**
 * Let the calling thread stand back for the rest of its life. Linux only: elsewhere a priority belongs to the whole process. Not for ranks
 * of MPI, which poll and would starve it, and not for threads that take other roles later.
 */
export function standBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(thread, Math.min(constants.priority.PRIORITY_LOW, getPriority(thread) + steps))
  } catch {
    // No such system, or it does not let us: everything goes on, only less smoothly.
  }
}
