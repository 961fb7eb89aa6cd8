// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Threads that can serve one run after another. Ranks are endless tasks that wait for each other, so each needs a thread
 * of its own from the start: a rank that queued behind another would stop the whole job without a word.
 */
import type { ResourceLimits, TransferListItem } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { RunError, UsageError } from '../../errors.js'

export interface ThreadPoolOptions {
  /** Threads, at least the ranks of the largest run. */
  readonly threads: number
  /** Heap limits of each thread; default: Node's. */
  readonly resourceLimits?: ResourceLimits
}

export class ThreadPool {
  readonly threads: number
  readonly resourceLimits: ResourceLimits | undefined
  #piscina: Piscina | null = null
  #busy = false

  constructor({ threads, resourceLimits }: ThreadPoolOptions) {
    if (!Number.isInteger(threads) || threads < 1) throw new UsageError(`a pool of ${threads} threads is not possible`)
    this.threads = threads
    this.resourceLimits = resourceLimits
  }

  /** Reserve the pool for a run of `ranks` ranks; starts the threads where there are none. Throws when it has too few or is in use. */
  claim(ranks: number): void {
    if (ranks > this.threads)
      throw new RunError(
        `a run of ${ranks} ranks needs ${ranks} threads, the pool has ${this.threads}; ask for fewer workers`,
      )
    if (this.#busy) throw new RunError('the thread pool serves another run; await its end first')
    this.#busy = true
    this.#piscina ??= this.#start()
  }

  /** Run one rank of the claimed run; `filename` is the entry's path or file URL. */
  run(filename: string, task: unknown, transferList: TransferListItem[]): Promise<unknown> {
    if (this.#piscina === null) return Promise.reject(new RunError('the thread pool was destroyed'))
    return this.#piscina.run(task, { filename, transferList: transferList as never[] })
  }

  /** The run is over and its threads may serve the next. */
  release(): void {
    this.#busy = false
  }

  /** End all threads, whatever they do; a later `claim` starts new ones. */
  async destroy(): Promise<void> {
    const piscina = this.#piscina
    this.#piscina = null
    await piscina?.destroy()
    this.#busy = false
  }

  #start(): Piscina {
    const { resourceLimits, threads } = this
    const piscina = new Piscina({
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // An idle thread that sleeps in Atomics.wait would not close its ports nor print its last lines.
      atomics: 'disabled',
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    })
    // A thread that fails between two runs: the next run gets new threads.
    piscina.on('error', () => {
      if (this.#piscina === piscina && !this.#busy) void this.destroy()
    })
    return piscina
  }
}
