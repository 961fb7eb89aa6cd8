// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Who waits when there are more threads than cores: workers, so that reading, ordering and updates go on beside them. */
import { readlinkSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/** Steps of niceness: one has a tenth less of a core than the one before. */
const steps = 10

/** Let the calling thread stand back behind the others of this run. Linux only: elsewhere a priority belongs to the whole process. */
export function standBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(thread, Math.min(constants.priority.PRIORITY_LOW, getPriority(thread) + steps))
  } catch {
    // No such system, or it does not let us: everything goes on, only less smoothly.
  }
}
