// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The wires of one run between ranks that are processes: what the mesh of the threads transport posts becomes parcels, and parcels
 * become what it hears. So communicators, leases, turns and aborts are the same code on both transports.
 */
import { EventEmitter } from 'node:events'
import { deserialize, serialize } from 'node:v8'
import type { Frame, Port } from '../threads/wire.js'
import { type Arrival, type BulkIn, type BulkOut, Kind, type Parcel } from './wire.js'

type Send = (to: number, parcel: Parcel, bulk: BulkOut | null) => void
type Arrived = Extract<Arrival, { is: 'parcel' }>

const empty = new Uint8Array(0)

/** A frame that carries a range of a slab, if any. */
type Loaded = Extract<Frame, { kind: 'message' | 'collective' }>

/** What stands for a MessagePort: the mesh posts to it and listens to its events. */
class MpiWire extends EventEmitter {
  readonly #put: (kind: number, slab: number, body: Uint8Array, bulk: BulkOut | null) => void
  #closed = false

  constructor(session: number, to: number, send: Send) {
    super()
    this.#put = (kind, slab, body, bulk) => send(to, { kind, session, slab, body }, bulk)
  }

  postMessage(frame: Frame): void {
    if (this.#closed) return
    switch (frame.kind) {
      case 'credit':
        this.#put(Kind.credit, frame.slab, empty, null)
        break
      case 'forget':
        this.#put(Kind.forget, frame.slab, empty, null)
        break
      case 'abort':
        this.#put(Kind.frame, -1, serialize(frame), null)
        break
      default:
        this.#load(frame)
    }
  }

  close(): void {
    if (!this.#closed) this.#put(Kind.ended, -1, empty, null)
    this.#closed = true
  }

  take({ kind, slab, body }: Parcel, bulk: BulkIn | null): void {
    if (kind === Kind.ended) this.emit('close')
    else if (this.#closed) return
    else if (kind === Kind.credit) this.emit('message', { kind: 'credit', slab })
    else if (kind === Kind.forget) this.emit('message', { kind: 'forget', slab })
    else this.emit('message', unload(deserialize(body), slab, bulk))
  }

  #load(frame: Loaded): void {
    const { bulk } = frame
    const filled = bulk !== null && bulk.length > 0
    // An empty share is no range: only that there was one is said.
    const body = serialize({ ...frame, bulk: bulk !== null })
    this.#put(Kind.frame, filled ? bulk.slab : -1, body, filled ? bulk : null)
  }
}

function unload(frame: Omit<Loaded, 'bulk'> & { bulk?: boolean }, slab: number, bulk: BulkIn | null): Frame {
  if (frame.bulk !== true) return { ...frame, bulk: null } as Frame
  const range = { slab, memory: bulk?.memory ?? null, offset: 0, length: bulk?.length ?? 0 }
  return { ...frame, bulk: range } as Frame
}

export class Session {
  /** By rank of the run; null at the own place. */
  readonly ports: readonly (Port | null)[]
  /** Resolves when all ranks of the session have sent their last parcel. */
  readonly flushed: Promise<void>
  readonly #wires = new Map<number, MpiWire>()
  readonly #missing: Set<number>
  #flush: () => void = () => {}

  /** `members[r]`: the MPI rank of the run's rank r; `own`: this process's MPI rank. */
  constructor(id: number, members: readonly number[], own: number, send: Send) {
    this.ports = members.map((to) => {
      if (to === own) return null
      const wire = new MpiWire(id, to, send)
      this.#wires.set(to, wire)
      return wire as unknown as Port
    })
    this.#missing = new Set(this.#wires.keys())
    this.flushed = new Promise((resolve) => {
      this.#flush = resolve
    })
    if (this.#missing.size === 0) this.#flush()
  }

  take({ from, parcel, bulk }: Arrived): void {
    this.#wires.get(from)?.take(parcel, bulk)
    if (parcel.kind !== Kind.ended) return
    this.#missing.delete(from)
    if (this.#missing.size === 0) this.#flush()
  }
}
