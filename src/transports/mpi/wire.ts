// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Everything that crosses a border of the MPI transport, in one file. A rank is a process with two threads:
 *
 *   main thread   roles and communicators, as in the threads transport; its event loop never waits for MPI
 *   MPI thread    the only one that calls MPI; polls, and sleeps while there is nothing to do
 *
 *   main -> MPI thread   `Command`, by MessagePort and a bell (an Int32 that is counted up)
 *   MPI thread -> main   `Arrival`, by MessagePort
 *   process <-> process  one MPI message per parcel: six 32-bit words and the body; its bulk follows with another tag
 */

/** What a parcel is. */
export const Kind = {
  /** A frame of the threads transport (see threads/wire.ts), for the session's communicators. */
  frame: 0,
  /** The receiver has released its lease on a slab. */
  credit: 1,
  /** The sender's slab is gone. */
  forget: 2,
  /** The sender sends nothing more in this session. */
  ended: 3,
  /** Outside sessions: what `MpiJob.note` was given. */
  note: 4,
  /** The sender lives. */
  alive: 5,
} as const

export interface Parcel {
  readonly kind: number
  /** Number of the session; 0 outside. */
  readonly session: number
  /** Slab of the bulk, or the slab of a credit or forget; -1 = none. */
  readonly slab: number
  readonly body: Uint8Array
}

/** A range of a slab to send beside a parcel. */
export interface BulkOut {
  /** With the first use of a slab; null later. */
  readonly memory: SharedArrayBuffer | null
  readonly offset: number
  readonly length: number
}

export type Command =
  | { readonly do: 'send'; readonly to: number; readonly parcel: Parcel; readonly bulk: BulkOut | null }
  /** Watch whether these ranks live, until they have ended their session; an empty list = nobody. */
  | { readonly do: 'watch'; readonly ranks: readonly number[]; readonly session: number }
  /** Leave the job with everybody else. */
  | { readonly do: 'finish' }
  /** End the job at once. */
  | { readonly do: 'abort'; readonly code: number }

/** Received bulk: `memory` with the first use of a slab or when it has grown, null later. */
export interface BulkIn {
  readonly memory: SharedArrayBuffer | null
  readonly length: number
}

export type Arrival =
  | { readonly is: 'joined'; readonly rank: number; readonly size: number; readonly library: string }
  | { readonly is: 'parcel'; readonly from: number; readonly parcel: Parcel; readonly bulk: BulkIn | null }
  /** Nothing was heard of a watched rank for this time. */
  | { readonly is: 'lost'; readonly from: number; readonly seconds: number }
  | { readonly is: 'failed'; readonly message: string }
  | { readonly is: 'finished' }

const headBytes = 24

export interface Head {
  readonly parcel: Parcel
  /** Bytes of bulk that follow. */
  readonly bulkBytes: number
}

/** A parcel as one message. */
export function pack({ kind, session, slab, body }: Parcel, bulkBytes: number): Uint8Array {
  const bytes = new Uint8Array(headBytes + body.length)
  new Int32Array(bytes.buffer, 0, 4).set([kind, session, slab, 0])
  new Float64Array(bytes.buffer, 16, 1)[0] = bulkBytes
  bytes.set(body, headBytes)
  return bytes
}

/** The body of the result is a view of `bytes`. */
export function unpack(bytes: Uint8Array): Head {
  const [kind, session, slab] = new Int32Array(bytes.buffer, bytes.byteOffset, 4)
  const [bulkBytes] = new Float64Array(bytes.buffer, bytes.byteOffset + 16, 1)
  return { parcel: { kind, session, slab, body: bytes.subarray(headBytes) }, bulkBytes }
}
