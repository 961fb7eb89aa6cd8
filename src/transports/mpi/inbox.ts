// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Parcels on their way in. They are handed on in the order of each sender, bulk included.
 *
 * Bulk goes into a *mirror* of the sender's slab: memory of this process that is used for all bulk of that slab, one after the other,
 * as the sender reuses a slab only after this rank has released its lease. So the senders' bounds are this rank's bounds too.
 */
import { Fifo } from '../mailbox.js'
import { sizeClass } from '../threads/slabs.js'
import { bulkTag, headTag, type Mover } from './outbox.js'
import { type BulkIn, type Head, Kind, type Parcel, unpack } from './wire.js'

/** Messages that are taken before anything else is looked at. */
const takesAtOnce = 64

interface Incoming<R> {
  /** Receives under way, the header's first. */
  requests: R[]
  readonly bytes: Uint8Array
  head: Head | null
  bulk: BulkIn | null
}

export class Inbox<R> {
  readonly #mover: Mover<R>
  readonly #chunkBytes: number
  readonly #deliver: (from: number, parcel: Parcel, bulk: BulkIn | null) => void
  readonly #incoming: Fifo<Incoming<R>>[]
  readonly #mirrors: Map<number, SharedArrayBuffer>[]
  #count = 0

  constructor(
    mover: Mover<R>,
    size: number,
    chunkBytes: number,
    deliver: (from: number, parcel: Parcel, bulk: BulkIn | null) => void,
  ) {
    this.#mover = mover
    this.#chunkBytes = chunkBytes
    this.#deliver = deliver
    this.#incoming = Array.from({ length: size }, () => new Fifo())
    this.#mirrors = Array.from({ length: size }, () => new Map())
  }

  /** Parcels that have not arrived as a whole. */
  get count(): number {
    return this.#count
  }

  /** Take what has come; true when there was something. */
  progress(): boolean {
    let came = false
    for (let taken = 0; taken < takesAtOnce; taken++) {
      const found = this.#mover.probe(headTag)
      if (found === null) break
      came = true
      this.#begin(found.from, found.length)
    }
    if (this.#count > 0) for (let from = 0; from < this.#incoming.length; from++) came = this.#drain(from) || came
    return came
  }

  #begin(from: number, length: number): void {
    // Small typed arrays live in Node's moving heap unless they are given memory of their own.
    const bytes = new Uint8Array(new ArrayBuffer(length))
    const queue = this.#incoming[from]
    queue.push({ requests: [this.#mover.receive(bytes, from, headTag)], bytes, head: null, bulk: null })
    this.#count++
    if (queue.length === 1) this.#drain(from)
  }

  /** Hand on the oldest parcels of `from` as far as they are whole. */
  #drain(from: number): boolean {
    const queue = this.#incoming[from]
    let came = false
    for (let oldest = queue.first; oldest !== undefined && this.#isWhole(from, oldest); oldest = queue.first) {
      this.#count--
      queue.shift()
      came = true
      if (oldest.head !== null) this.#handOn(from, oldest.head.parcel, oldest.bulk)
    }
    return came
  }

  #isWhole(from: number, incoming: Incoming<R>): boolean {
    while (incoming.requests.length > 0 && this.#mover.test(incoming.requests[0])) {
      incoming.requests.shift()
      if (incoming.head !== null) continue
      incoming.head = unpack(incoming.bytes)
      if (incoming.head.bulkBytes > 0) this.#receiveBulk(from, incoming, incoming.head)
    }
    return incoming.requests.length === 0
  }

  #receiveBulk(from: number, incoming: Incoming<R>, { parcel, bulkBytes }: Head): void {
    const known = this.#mirrors[from].get(parcel.slab)
    const fits = known !== undefined && known.byteLength >= bulkBytes
    const memory = fits ? known : new SharedArrayBuffer(sizeClass(bulkBytes))
    this.#mirrors[from].set(parcel.slab, memory)
    incoming.bulk = { memory: fits ? null : memory, length: bulkBytes }
    for (let at = 0; at < bulkBytes; at += this.#chunkBytes) {
      const piece = new Uint8Array(memory, at, Math.min(this.#chunkBytes, bulkBytes - at))
      incoming.requests.push(this.#mover.receive(piece, from, bulkTag))
    }
  }

  #handOn(from: number, parcel: Parcel, bulk: BulkIn | null): void {
    if (parcel.kind === Kind.forget) this.#mirrors[from].delete(parcel.slab)
    // The next session counts its slabs from 0 again.
    if (parcel.kind === Kind.ended) this.#mirrors[from].clear()
    this.#deliver(from, parcel, bulk)
  }
}
