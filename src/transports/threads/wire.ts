// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Everything that crosses a thread border, in one file.
 *
 *   rank <-> rank   `Frame`, one MessagePort per pair of ranks; order on a port is the order of posting
 *   rank <-> main   `ControlFrame`, one MessagePort per rank
 *   main -> rank    `RankTask`, the Piscina task; rank -> main `Outcome`, its result
 *
 * Bulk data is never posted: a frame names a *slab* (a SharedArrayBuffer of the sender, by number) and a range of it.
 * The memory itself travels once per slab and receiver, with the first frame that uses it.
 */
import type { MessagePort } from 'node:worker_threads'
import type { WireError } from '../../errors.js'
import type { Message } from '../../roles/messages.js'

/** Bounds of the buffers that `lend` gives, per communicator and rank. */
export interface BufferLimits {
  /** Buffers lent or on their way at one time; default 8, at least 1. */
  readonly buffers: number
  /** Bytes held by the pool, idle buffers included; default 128 MiB. One larger buffer is lent when no other is in use. */
  readonly bytes: number
}

export const defaultBufferLimits: BufferLimits = { buffers: 8, bytes: 128 * 2 ** 20 }

/** One end of a wire, as far as ranks need it. */
export type Port = Pick<MessagePort, 'postMessage' | 'on' | 'close'>

/** What a rank needs to meet the others. */
export interface ThreadInit {
  readonly rank: number
  readonly size: number
  /** A port to every other rank, null at the own place. */
  readonly ports: readonly (Port | null)[]
  readonly control: Port
  readonly buffers: BufferLimits
}

export interface RankTask {
  readonly init: ThreadInit
  /** What `taskOf(rank)` gave. */
  readonly task: unknown
  /** Path of a TypeScript entry that `workers/boot.mjs` loads; null when the entry is a built file. */
  readonly source: string | null
}

/** How a rank's body ended; `secondary` when the job had been aborted before it failed. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireError; readonly secondary: boolean }

/** A range of a slab; `slab` -1 and length 0 for an empty share, which holds no credit. */
export interface BulkRange {
  readonly slab: number
  /** The slab's memory with the first frame that uses it, null later. */
  readonly memory: SharedArrayBuffer | null
  readonly offset: number
  readonly length: number
}

/** What a rank tells the others at a `split`. */
export interface SignUp {
  readonly name: string
  readonly color: number | null
  readonly key: number
}

export type CollectivePayload = Message | SignUp | readonly SignUp[] | null

export interface CollectiveFrame {
  readonly kind: 'collective'
  readonly comm: string
  /** Running number of the collective on its communicator, from 0; every rank counts alike. */
  readonly turn: number
  /** The operation and its root, so that ranks that call different collectives are told instead of hanging. */
  readonly call: string
  readonly payload: CollectivePayload
  readonly bulk: BulkRange | null
}

export interface AbortFrame {
  readonly kind: 'abort'
  readonly reason: WireError
}

export type Frame =
  | { readonly kind: 'message'; readonly comm: string; readonly message: Message; readonly bulk: BulkRange | null }
  | CollectiveFrame
  /** Receiver to owner: the lease on this slab was released. */
  | { readonly kind: 'credit'; readonly slab: number }
  /** Owner to receivers: this slab is gone, drop its memory. */
  | { readonly kind: 'forget'; readonly slab: number }
  | AbortFrame

export type ControlFrame = AbortFrame | { readonly kind: 'note'; readonly note: unknown }
