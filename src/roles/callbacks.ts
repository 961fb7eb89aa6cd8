// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Calls into the user's class, so that a failure names the callback. */
import { RankError, messageOf } from '../errors.js'
import type { G2Common } from '../correlators/g2Common.js'

/** A user callback threw. */
export class CallbackError extends Error {
  readonly callback: string

  constructor(callback: string, cause: unknown) {
    super(messageOf(cause), { cause })
    this.callback = callback
  }
}

/** Run `body` on behalf of `callback`; works for sync and async callbacks alike. */
export function calling<T>(callback: (keyof G2Common & string) | 'constructor', body: () => T): T {
  try {
    const result = body()
    if (!(result instanceof Promise)) return result
    return result.catch((error: unknown) => {
      throw new CallbackError(callback, error)
    }) as T
  } catch (error) {
    throw error instanceof CallbackError ? error : new CallbackError(callback, error)
  }
}

/** What a rank that failed reports: role, rank, and the callback if the user's code was at work. */
export function rankError(role: string, rank: number, error: unknown): RankError {
  if (error instanceof RankError) return error
  if (error instanceof CallbackError) return new RankError(role, rank, error.cause, error.callback)
  return new RankError(role, rank, error)
}
