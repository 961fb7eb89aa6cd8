// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Tagged errors. A message is one sentence that names the value, the file or key, and the next step.
 * `exitCode` is what the command line ends with; anything that is not a ParcoranaError is a defect of ours and ends with 1.
 */

export type ErrorTag = 'usage' | 'config' | 'input' | 'run' | 'rank' | 'partial' | 'interrupted'

const exitCodes: Record<ErrorTag, number> = {
  usage: 2,
  config: 3,
  input: 4,
  run: 1,
  rank: 1,
  partial: 5,
  interrupted: 130,
}

/** Base of all errors that users can cause. `details` carries the numbers of the message. */
export class ParcoranaError extends Error {
  readonly tag: ErrorTag
  readonly details: Readonly<Record<string, unknown>>

  constructor(tag: ErrorTag, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ParcoranaError'
    this.tag = tag
    this.details = details
  }

  get exitCode(): number {
    return this.details.signal === 'SIGTERM' ? 143 : exitCodes[this.tag]
  }
}

/** A flag or argument is wrong (exit code 2). */
export class UsageError extends ParcoranaError {
  constructor(message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super('usage', message, details, options)
  }
}

/** A key of the configuration is wrong (exit code 3). */
export class ConfigError extends ParcoranaError {
  constructor(message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super('config', message, details, options)
  }
}

/** A file cannot be read as what it should be (exit code 4). */
export class InputError extends ParcoranaError {
  constructor(message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super('input', message, details, options)
  }
}

/** The run failed for a reason outside the input (exit code 1). */
export class RunError extends ParcoranaError {
  constructor(message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super('run', message, details, options)
  }
}

/** SIGINT (130) or SIGTERM (143) ended the run after it wrote what it had; `details.result` is that partial result. */
export class InterruptedError extends ParcoranaError {
  constructor(signal: 'SIGINT' | 'SIGTERM', message: string, details: Record<string, unknown> = {}) {
    super('interrupted', message, { ...details, signal })
  }
}

/** One rank failed: names role, rank and, where the user's code was at work, the callback. */
export class RankError extends ParcoranaError {
  constructor(role: string, rank: number, cause: unknown, callback?: string) {
    const where = callback === undefined ? '' : ` in ${callback}()`
    super('rank', `${role} (rank ${rank}) failed${where}: ${messageOf(cause)}`, { role, rank, callback }, { cause })
  }

  override get exitCode(): number {
    return this.cause instanceof ParcoranaError ? this.cause.exitCode : 1
  }
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** An error as plain data, so that it survives the way between threads and processes. */
export interface WireError {
  readonly tag: ErrorTag | null
  readonly message: string
  readonly details: Record<string, unknown>
  readonly stack: string | null
  readonly cause: WireError | null
}

export function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { tag: null, message: String(error), details: {}, stack: null, cause: null }
  return {
    tag: error instanceof ParcoranaError ? error.tag : null,
    message: error.message,
    details: error instanceof ParcoranaError ? { ...error.details } : {},
    stack: error.stack ?? null,
    cause: error.cause === undefined ? null : toWire(error.cause),
  }
}

export function fromWire(wire: WireError): Error {
  const cause = wire.cause === null ? undefined : fromWire(wire.cause)
  const options = cause === undefined ? undefined : { cause }
  const error = rebuild(wire, cause, options)
  if (wire.stack !== null) error.stack = wire.stack
  return error
}

function rebuild(wire: WireError, cause: Error | undefined, options: ErrorOptions | undefined): Error {
  if (wire.tag === null) return new Error(wire.message, options)
  if (wire.tag !== 'rank') return new ParcoranaError(wire.tag, wire.message, wire.details, options)
  const { role, rank, callback } = wire.details as { role: string; rank: number; callback?: string }
  return new RankError(role, rank, cause ?? new Error(wire.message), callback)
}
