// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A worker's blocks: received from every server as they come, taken by (server, block), released when the master says so. */
import type { ValueBlock } from '../kernels/contract.js'
import type { Communicator, Lease } from './communicator.js'
import { valueBlock } from './serverBlock.js'

interface Held {
  readonly lease: Lease | null
  readonly block: ValueBlock
}

export class BlockInbox {
  readonly #worker: number
  readonly #elements: number
  readonly #held = new Map<string, Promise<Held>>()
  readonly #arrive = new Map<string, (held: Held) => void>()
  readonly #fail = new Map<string, (error: unknown) => void>()
  readonly #closed = new AbortController()
  #failure: unknown = null

  constructor(servers: readonly Communicator[], worker: number, elements: number) {
    this.#worker = worker
    this.#elements = elements
    servers.forEach((server, number) => {
      void this.#receive(server, number)
    })
  }

  /** The values of a block; stays valid until `release`. */
  async take(server: number, block: number): Promise<ValueBlock> {
    return (await this.#place(`${server}/${block}`)).block
  }

  /** Give the block's memory back to its server. Waits for blocks that hold no stored event and are still under way. */
  async release(server: number, block: number): Promise<void> {
    const key = `${server}/${block}`
    const held = await this.#place(key)
    this.#held.delete(key)
    held.lease?.release()
  }

  close(): void {
    this.#closed.abort()
  }

  #place(key: string): Promise<Held> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    let place = this.#held.get(key)
    if (place === undefined) {
      place = new Promise((resolve, reject) => {
        this.#arrive.set(key, resolve)
        this.#fail.set(key, reject)
      })
      this.#held.set(key, place)
    }
    return place
  }

  async #receive(server: Communicator, number: number): Promise<void> {
    try {
      for (;;) {
        const { message, bulk } = await server.scatterv(0, undefined, { signal: this.#closed.signal })
        if (message.kind !== 'block') throw new Error(`server ${number} scattered a '${message.kind}' message`)
        const view = bulk?.view ?? new Uint8Array(0)
        this.#put(`${number}/${message.block}`, {
          lease: bulk,
          block: valueBlock(message, this.#worker, this.#elements, view),
        })
      }
    } catch (error) {
      if (this.#closed.signal.aborted) return
      this.#failure = error
      for (const fail of this.#fail.values()) fail(error)
    }
  }

  #put(key: string, held: Held): void {
    const arrive = this.#arrive.get(key)
    this.#arrive.delete(key)
    this.#fail.delete(key)
    if (arrive === undefined) this.#held.set(key, Promise.resolve(held))
    else arrive(held)
  }
}
