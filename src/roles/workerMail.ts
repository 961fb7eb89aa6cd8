// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The viewer's letter box. Workers send per-event sums ('light') after every order list and 'ready' at every update; both are
 * taken as they come, so that neither piles up while the viewer waits for the master.
 */
import type { Communicator, Received } from './communicator.js'
import type { LightTable } from './lightTable.js'
import type { Light, Ready } from './messages.js'

export class WorkerMail {
  readonly circle: Communicator
  readonly workers: number
  readonly #lights: readonly LightTable[]
  readonly #closed = new AbortController()
  readonly #ready: Ready[][]
  readonly #failed: Promise<never>
  #fail: (error: unknown) => void = () => {}
  #wake: () => void = () => {}

  constructor(circle: Communicator, lights: readonly LightTable[]) {
    this.circle = circle
    this.workers = circle.size - 1
    this.#lights = lights
    this.#ready = Array.from({ length: this.workers }, () => [])
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.#failed.catch(() => {})
    for (let worker = 0; worker < this.workers; worker++) void this.#pump(worker)
  }

  /** Every worker's 'ready' of the next update, by worker. All light of earlier events has arrived by then. */
  async ready(): Promise<Ready[]> {
    while (this.#ready.some((queue) => queue.length === 0)) {
      await this.orFailure(
        new Promise<void>((resolve) => {
          this.#wake = resolve
        }),
      )
    }
    return this.#ready.map((queue) => queue.shift() as Ready)
  }

  /** `promise`, or the failure of the letter box if that comes first. */
  orFailure<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failed])
  }

  close(): void {
    this.#closed.abort()
  }

  async #pump(worker: number): Promise<void> {
    try {
      for (;;) this.#take(worker, await this.circle.recv(1 + worker, { signal: this.#closed.signal }))
    } catch (error) {
      if (!this.#closed.signal.aborted) this.#fail(error)
    }
  }

  #take(worker: number, { message, bulk }: Received): void {
    if (message.kind === 'light') {
      this.#lights[message.analysis].add(worker, message as Light, bulk?.view ?? new Uint8Array(0))
      bulk?.release()
    } else if (message.kind === 'ready') {
      this.#ready[worker].push(message)
      this.#wake()
    } else throw new Error(`worker ${worker} sent a '${message.kind}' message to the viewer`)
  }
}
