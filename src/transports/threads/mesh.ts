// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * One rank's ends of all wires: posts frames, sorts arrivals into the boxes of their communicators, keeps the numbers of
 * the slabs it owns and the memory of the slabs it was shown, and carries an abort to everybody. Ranks here are world ranks.
 */
import { setImmediate as nextLoop } from 'node:timers/promises'
import { fromWire, RunError } from '../../errors.js'
import type { Lease } from '../../roles/communicator.js'
import type { Message } from '../../roles/messages.js'
import { unreachable } from '../../units.js'
import { Mailbox, Turns } from '../mailbox.js'
import { portable } from './portable.js'
import { SlabPool, type Slab, type SlabRegistry } from './slabs.js'
import type { AbortFrame, BulkRange, CollectivePayload, Frame, Port, ThreadInit } from './wire.js'

/** A point-to-point arrival. */
export interface Arrival {
  readonly message: Message
  readonly bulk: Lease | null
}

/** An arrival of a collective. */
export interface Contribution {
  readonly call: string
  readonly payload: CollectivePayload
  readonly bulk: Lease | null
}

/** What has arrived for one communicator, perhaps before this rank has created it. Senders are world ranks. */
export interface Box {
  readonly mailbox: Mailbox<Arrival>
  readonly turns: Turns<Contribution>
}

/** A sender that posts this many frames without waiting lets the event loop turn once. */
const postsPerTurn = 64

export class Mesh implements SlabRegistry {
  readonly rank: number
  readonly size: number
  readonly #init: ThreadInit
  readonly #boxes = new Map<string, Box>()
  readonly #pools: SlabPool[] = []
  readonly #slabs = new Map<number, Slab>()
  readonly #shown: Map<number, SharedArrayBuffer>[]
  #nextSlab = 0
  #posts = 0
  #aborted: { readonly reason: unknown } | null = null

  constructor(init: ThreadInit) {
    this.rank = init.rank
    this.size = init.size
    this.#init = init
    this.#shown = init.ports.map(() => new Map())
    init.ports.forEach((port, from) => {
      port?.on('message', (frame: Frame) => this.#arrive(from, frame))
      port?.on('messageerror', (error) => this.abort(error))
      port?.on('close', () => this.#gone(from))
    })
  }

  /** Why the job was aborted, or null while it is alive. */
  get aborted(): { readonly reason: unknown } | null {
    return this.#aborted
  }

  box(comm: string): Box {
    const found = this.#boxes.get(comm)
    if (found !== undefined) return found
    const box: Box = { mailbox: new Mailbox(), turns: new Turns((dropped) => dropped.bulk?.release()) }
    this.#boxes.set(comm, box)
    return box
  }

  newPool(): SlabPool {
    const pool = new SlabPool(this.#init.buffers, this)
    this.#pools.push(pool)
    return pool
  }

  /** Post a frame; the caller is not the receiver. Throws when the frame holds something that cannot be cloned. */
  post(to: number, frame: Frame): void {
    this.#posts++
    this.#portTo(to).postMessage(frame)
  }

  /** To be awaited after posting: now and then it lets arrivals in, so that a busy sender stays reachable. */
  async breathe(): Promise<void> {
    if (this.#posts < postsPerTurn) return
    this.#posts = 0
    await nextLoop()
  }

  /** Name a range of `slab` for `to`. Call `handedOver` once the frame with it was posted. */
  range(slab: Slab, to: number, offset: number, length: number): BulkRange {
    if (length === 0) return emptyRange
    return { slab: slab.id, memory: slab.known.has(to) ? null : slab.memory, offset, length }
  }

  handedOver(slab: Slab, to: number): void {
    slab.known.add(to)
    slab.holders.add(to)
  }

  /** A lease on a range of an own slab, for messages to oneself. */
  ownLease(slab: Slab, offset: number, length: number): Lease {
    if (length === 0) return emptyLease()
    slab.holders.add(this.rank)
    return new ViewLease(new Uint8Array(slab.memory, offset, length), () => this.#credit(this.rank, slab.id))
  }

  register(memory: SharedArrayBuffer, pool: SlabPool): Slab {
    const slab: Slab = { id: this.#nextSlab++, memory, pool, holders: new Set(), known: new Set() }
    this.#slabs.set(slab.id, slab)
    return slab
  }

  forget(slab: Slab): void {
    this.#slabs.delete(slab.id)
    for (const rank of slab.known) this.post(rank, { kind: 'forget', slab: slab.id })
  }

  /** End the job: reject what is pending here and tell every rank and the main thread. Only the first abort counts. */
  abort(reason: unknown): void {
    if (this.#aborted !== null) return
    const cause = reason ?? new RunError('the run was aborted')
    const frame: AbortFrame = { kind: 'abort', reason: portable(cause) }
    for (const port of this.#init.ports) port?.postMessage(frame)
    this.#init.control.postMessage(frame)
    this.#fail(cause)
  }

  /** The abort of another rank or of the main thread has arrived. */
  abortedBy(frame: AbortFrame): void {
    if (this.#aborted === null) this.#fail(fromWire(frame.reason))
  }

  /** Frames that were posted still arrive; what is pending here stays pending. */
  close(): void {
    for (const port of this.#init.ports) port?.close()
  }

  #fail(reason: unknown): void {
    this.#aborted = { reason }
    for (const pool of this.#pools) pool.failAll(reason)
    for (const box of this.#boxes.values()) {
      box.mailbox.failAll(reason)
      box.turns.failAll(reason)
    }
  }

  #portTo(to: number): Port {
    const port = this.#init.ports[to]
    if (port === undefined || port === null) throw new RangeError(`no wire from rank ${this.rank} to rank ${to}`)
    return port
  }

  #arrive(from: number, frame: Frame): void {
    switch (frame.kind) {
      case 'message': {
        const { comm, message } = frame
        this.box(comm).mailbox.deliver(from, { message, bulk: this.#lease(from, frame) })
        break
      }
      case 'collective': {
        const { comm, turn, call, payload } = frame
        this.box(comm).turns.deliver(turn, from, { call, payload, bulk: this.#lease(from, frame) })
        break
      }
      case 'credit':
        this.#credit(from, frame.slab)
        break
      case 'forget':
        this.#shown[from]?.delete(frame.slab)
        break
      case 'abort':
        this.abortedBy(frame)
        break
      default:
        unreachable(frame)
    }
  }

  #lease(from: number, { bulk }: { readonly bulk: BulkRange | null }): Lease | null {
    if (bulk === null) return null
    if (bulk.length === 0) return emptyLease()
    const shown = this.#shown[from]
    if (bulk.memory !== null) shown?.set(bulk.slab, bulk.memory)
    const memory = shown?.get(bulk.slab)
    if (memory === undefined) throw new Error(`rank ${from} sent a range of slab ${bulk.slab}, which it never showed`)
    const view = new Uint8Array(memory, bulk.offset, bulk.length)
    return new ViewLease(view, () => this.post(from, { kind: 'credit', slab: bulk.slab }))
  }

  #credit(from: number, id: number): void {
    const slab = this.#slabs.get(id)
    if (slab?.holders.delete(from) && slab.holders.size === 0) slab.pool.giveBack(slab)
  }

  /** A rank that has ended holds no leases any more. */
  #gone(from: number): void {
    for (const slab of [...this.#slabs.values()]) this.#credit(from, slab.id)
  }
}

const emptyRange: BulkRange = { slab: -1, memory: null, offset: 0, length: 0 }

export function emptyLease(): Lease {
  return new ViewLease(new Uint8Array(0), () => {})
}

class ViewLease implements Lease {
  readonly view: Uint8Array
  #release: (() => void) | null

  constructor(view: Uint8Array, release: () => void) {
    this.view = view
    this.#release = release
  }

  release(): void {
    if (this.#release === null) throw new Error(`a lease on ${this.view.byteLength} bytes was released twice`)
    const release = this.#release
    this.#release = null
    release()
  }
}
