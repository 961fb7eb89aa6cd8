// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Where arrivals wait for a `recv` and `recv` waits for arrivals. Knows nothing of threads or MPI.
 *
 *   Mailbox   point-to-point: one queue per sender, waiters in the order of their calls
 *   Turns     collectives: one place per (turn, sender), a turn is the running number of the collective
 */

/** One side of a promise that waits for an arrival. */
export interface Waiter<T> {
  resolve(value: T): void
  reject(reason: unknown): void
}

/**
 * A promise that `enlist` hands to whoever will settle it. When `signal` aborts first, the function that `enlist`
 * returned withdraws the waiter, so that an arrival goes to the next one, and the promise rejects with the signal's reason.
 */
export function waiting<T>(signal: AbortSignal | undefined, enlist: (waiter: Waiter<T>) => () => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = () => {
      withdraw()
      reject(signal?.reason)
    }
    const settled = () => signal?.removeEventListener('abort', cancel)
    const withdraw = enlist({
      resolve: (value) => {
        settled()
        resolve(value)
      },
      reject: (reason) => {
        settled()
        reject(reason)
      },
    })
    signal?.addEventListener('abort', cancel, { once: true })
  })
}

/** First in, first out, with cheap removal at the front. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  /** The item that `shift` would give. */
  get first(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}

interface Enlisted<T> extends Waiter<{ from: number; item: T }> {
  readonly from: number | 'any'
}

/** Point-to-point arrivals of one communicator, by sender. While a waiter accepts a sender, that sender's queue is empty. */
export class Mailbox<T> {
  readonly #queues = new Map<number, Fifo<T>>()
  #waiters: Enlisted<T>[] = []
  #next = 0

  deliver(from: number, item: T): void {
    const index = this.#waiters.findIndex((waiter) => waiter.from === 'any' || waiter.from === from)
    const [waiter] = index < 0 ? [] : this.#waiters.splice(index, 1)
    if (waiter !== undefined) waiter.resolve({ from, item })
    else this.#queue(from).push(item)
  }

  /** The oldest arrival of `from`. 'any' takes the senders in turn, so that a fast one cannot keep a slow one waiting. */
  take(from: number | 'any', signal?: AbortSignal): Promise<{ from: number; item: T }> {
    const sender = from === 'any' ? this.#nextSender() : from
    const item = sender === null ? undefined : this.#queues.get(sender)?.shift()
    if (item !== undefined && sender !== null) return Promise.resolve({ from: sender, item })
    return waiting(signal, (waiter) => {
      const enlisted: Enlisted<T> = { from, ...waiter }
      this.#waiters.push(enlisted)
      return () => {
        this.#waiters = this.#waiters.filter((other) => other !== enlisted)
      }
    })
  }

  failAll(reason: unknown): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason)
  }

  #queue(from: number): Fifo<T> {
    const found = this.#queues.get(from) ?? new Fifo<T>()
    this.#queues.set(from, found)
    return found
  }

  /** The first sender at or after the one behind the last served that has something, going round; null when nobody has. */
  #nextSender(): number | null {
    const ready = [...this.#queues].filter(([, queue]) => queue.length > 0).map(([sender]) => sender)
    if (ready.length === 0) return null
    const after = ready.filter((sender) => sender >= this.#next)
    const sender = Math.min(...(after.length > 0 ? after : ready))
    this.#next = sender + 1
    return sender
  }
}

/** Arrivals for collectives: at most one per turn and sender. An arrival for a cancelled turn is dropped through `dispose`. */
export class Turns<T> {
  readonly #arrived = new Map<string, T>()
  readonly #waiters = new Map<string, Waiter<T>>()
  readonly #cancelled = new Set<string>()
  readonly #dispose: (item: T) => void

  constructor(dispose: (item: T) => void) {
    this.#dispose = dispose
  }

  deliver(turn: number, from: number, item: T): void {
    const key = `${turn}:${from}`
    const waiter = this.#waiters.get(key)
    if (this.#cancelled.delete(key)) this.#dispose(item)
    else if (waiter === undefined) this.#arrived.set(key, item)
    else {
      this.#waiters.delete(key)
      waiter.resolve(item)
    }
  }

  take(turn: number, from: number, signal?: AbortSignal): Promise<T> {
    const key = `${turn}:${from}`
    const item = this.#arrived.get(key)
    if (item !== undefined) {
      this.#arrived.delete(key)
      return Promise.resolve(item)
    }
    return waiting(signal, (waiter) => {
      this.#waiters.set(key, waiter)
      return () => {
        this.#waiters.delete(key)
        this.#cancelled.add(key)
      }
    })
  }

  failAll(reason: unknown): void {
    const waiters = [...this.#waiters.values()]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.reject(reason)
  }
}
