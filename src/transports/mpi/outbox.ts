// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Sends under way, in order per receiver: their buffers are held, and a slab's credit waits, until MPI is done with them. */
import { Fifo } from '../mailbox.js'
import { type BulkOut, pack, type Parcel } from './wire.js'

/** The calls of `Mpi` that move bytes. */
export interface Mover<R> {
  send(bytes: Uint8Array, to: number, tag: number): R
  receive(bytes: Uint8Array, from: number, tag: number): R
  probe(tag: number): { from: number; length: number } | null
  test(request: R): boolean
}

export const headTag = 1
export const bulkTag = 2

interface Pending<R> {
  readonly request: R
  /** Held until the request is complete. */
  readonly bytes: Uint8Array
  /** The last piece of a slab's range; -1 = none. */
  readonly slab: number
}

export class Outbox<R> {
  readonly #mover: Mover<R>
  readonly #chunkBytes: number
  readonly #slabs = new Map<number, SharedArrayBuffer>()
  readonly #pending: Fifo<Pending<R>>[]
  /** Slabs on their way, by receiver and slab: true when the credit came before MPI was done. */
  readonly #lent = new Map<string, boolean>()
  readonly #credited: (to: number, slab: number) => void
  #count = 0

  /** `credited`: a receiver has released its lease and MPI is done with the slab. */
  constructor(mover: Mover<R>, size: number, chunkBytes: number, credited: (to: number, slab: number) => void) {
    this.#mover = mover
    this.#chunkBytes = chunkBytes
    this.#pending = Array.from({ length: size }, () => new Fifo())
    this.#credited = credited
  }

  /** Requests that are not complete. */
  get count(): number {
    return this.#count
  }

  send(to: number, parcel: Parcel, bulk: BulkOut | null): void {
    if (bulk?.memory) this.#slabs.set(parcel.slab, bulk.memory)
    this.#start(to, headTag, pack(parcel, bulk?.length ?? 0), -1)
    if (bulk === null) return
    const memory = this.#slabs.get(parcel.slab)
    if (memory === undefined) throw new Error(`slab ${parcel.slab} was never shown to the MPI thread`)
    this.#lent.set(`${to}:${parcel.slab}`, false)
    for (let sent = 0; sent < bulk.length; sent += this.#chunkBytes) {
      const length = Math.min(this.#chunkBytes, bulk.length - sent)
      const last = sent + length === bulk.length
      this.#start(to, bulkTag, new Uint8Array(memory, bulk.offset + sent, length), last ? parcel.slab : -1)
    }
  }

  /** The owner has dropped the slab, which nobody holds any more. */
  forget(slab: number): void {
    this.#slabs.delete(slab)
  }

  /** A receiver's credit has arrived. */
  credit(from: number, slab: number): void {
    const key = `${from}:${slab}`
    if (this.#lent.has(key)) this.#lent.set(key, true)
    else this.#credited(from, slab)
  }

  /** Look after requests; true when one became complete. */
  progress(): boolean {
    if (this.#count === 0) return false
    const before = this.#count
    for (let to = 0; to < this.#pending.length; to++) this.#drain(to)
    return this.#count < before
  }

  #start(to: number, tag: number, bytes: Uint8Array, slab: number): void {
    const queue = this.#pending[to]
    const pending = { request: this.#mover.send(bytes, to, tag), bytes, slab }
    this.#count++
    queue.push(pending)
    if (queue.length === 1) this.#drain(to)
  }

  /** Requests to one receiver become complete in order, near enough: only the oldest is asked. */
  #drain(to: number): void {
    const queue = this.#pending[to]
    for (let oldest = queue.first; oldest !== undefined && this.#mover.test(oldest.request); oldest = queue.first) {
      this.#count--
      queue.shift()
      this.#done(to, oldest.slab)
    }
  }

  #done(to: number, slab: number): void {
    if (slab < 0) return
    const key = `${to}:${slab}`
    const credited = this.#lent.get(key) === true
    this.#lent.delete(key)
    if (credited) this.#credited(to, slab)
  }
}
