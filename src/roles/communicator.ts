// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a role needs from a transport, shaped like MPI. The roles own this port; a transport fits it.
 *
 * Order: messages from one sender to one receiver on one communicator arrive in the order sent. Collectives on one
 * communicator must be called by all its ranks in the same order; different communicators are independent.
 * Every call is a few awaits per *block* of events, never per event.
 *
 * Bulk data: the sender borrows a buffer (`lend`), fills it, and gives it to `scatterv`, `gatherv` or `send`. A receiver gets a
 * *lease*: a view that is valid until `release()`. When all leases of a buffer are released it returns to the sender's pool.
 * The pool is bounded, so `lend` waits when receivers are slow: that is the back-pressure.
 */
import type { Message } from './messages.js'

/** Received bulk data; empty (`byteLength` 0) when the sender had nothing for this rank. Release exactly once. */
export interface Lease {
  readonly view: Uint8Array
  release(): void
}

/** A message with the bulk data that came with it, if any. */
export interface Received {
  readonly from: number
  readonly message: Message
  readonly bulk: Lease | null
}

/** A buffer lent by the communicator: fill `bytes`, then pass it to one sending call. `discard()` gives it back unsent. */
export interface LentBuffer {
  readonly bytes: Uint8Array
  discard(): void
}

/** The slice of a lent buffer that goes to one rank, in bytes. */
export interface Slice {
  readonly offset: number
  readonly length: number
}

export interface Wait {
  readonly signal?: AbortSignal
}

export interface Communicator {
  readonly name: string
  readonly rank: number
  readonly size: number

  /** Send a small message; resolves when it has been handed over. `bulk` travels without a copy where the transport can. */
  send(to: number, message: Message, bulk?: { buffer: LentBuffer; length: number }, wait?: Wait): Promise<void>
  /** The next message from `from`, or from anyone. */
  recv(from: number | 'any', wait?: Wait): Promise<Received>
  /** Collective: the root's message, on every rank. */
  bcast(root: number, message?: Message, wait?: Wait): Promise<Message>
  /** Collective: the root gives each rank its slice of one lent buffer plus a common message. The root's own slice is ignored (length 0). */
  scatterv(root: number, parts?: Scatter, wait?: Wait): Promise<Received>
  /** Collective: every rank gives a message and optional bulk; the root gets them by rank (its own included), others get null. */
  gatherv(
    root: number,
    message: Message,
    bulk?: { buffer: LentBuffer; length: number },
    wait?: Wait,
  ): Promise<Received[] | null>
  /** Collective. */
  barrier(wait?: Wait): Promise<void>
  /** Collective: a sub-communicator of all ranks that gave the same `color` (null = none), ordered by `key`, then rank. */
  split(name: string, color: number | null, key: number, wait?: Wait): Promise<Communicator | null>
  /** Borrow a send buffer of at least `bytes` bytes (its `bytes` is exactly that long, 64-byte aligned). Waits while the pool is out. */
  lend(bytes: number, wait?: Wait): Promise<LentBuffer>
  /** End the whole job: every pending and later call on every rank rejects with `reason`. */
  abort(reason: unknown): void
}

export interface Scatter {
  readonly message: Message
  readonly buffer: LentBuffer
  /** One slice per rank of the communicator; length 0 = empty share. */
  readonly slices: readonly Slice[]
}
