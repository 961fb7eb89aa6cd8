// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a thread died of, in words. */
import type { ResourceLimits } from 'node:worker_threads'
import { RunError } from '../../errors.js'

/** From the error that a pool gives for a task whose thread is gone. */
export function crashOf(error: unknown, limits: ResourceLimits | undefined): Error {
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: '', message: String(error) }
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return outOfMemory(limits, error)
  const exit = /worker exited with code: (-?\d+)/.exec(message)
  if (exit !== null) return new RunError(`worker thread exited with code ${exit[1]}`, { exitCode: Number(exit[1]) })
  return error instanceof Error ? error : new RunError('worker thread died of an error that it could not tell')
}

function outOfMemory(limits: ResourceLimits | undefined, cause: unknown): Error {
  const limit = limits?.maxOldGenerationSizeMb
  const text = limit === undefined ? 'its heap limit' : `its heap limit of ${limit} MiB`
  return new RunError(
    `worker thread ran out of memory at ${text}; use more workers or smaller blocks`,
    { limit },
    { cause },
  )
}
