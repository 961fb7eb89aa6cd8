// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How far the master runs ahead of the workers: so little that a stop takes effect at once, so much that no worker waits.
 * Every worker answers an order list with its time for it; lists grow or shrink towards a fixed time.
 */
import type { Communicator } from './communicator.js'

/** Time of one list, and of all lists under way, to aim at. */
const targetMilliseconds = 100
const aheadMilliseconds = 500
/** Entries of one list: fewer than the first are not worth a message, more than the last do not fit a block's positions. */
const fewest = 8
const most = 1024
/** The workers' speed is not known yet. */
const atFirst = 16
/** Lists under way, at most: many short ones let one worker be ahead of another. */
const listsAhead = 8
/** Weight of the lists before the last one. */
const memory = 0.9

export class Pace {
  readonly #workers: Communicator
  /** Entries of the lists that not every worker has answered, oldest first. */
  readonly #underWay: number[] = []
  /** Over the last lists, because a worker stores many events and then folds them in one go. */
  readonly #recent = { milliseconds: 0, entries: 0 }
  #entries = atFirst

  /** `workers`: the master's circle, workers from rank 1 on. */
  constructor(workers: Communicator) {
    this.#workers = workers
  }

  /** Entries of the next list, at most. */
  get entries(): number {
    return this.#entries
  }

  /** A list of `entries` was sent: wait until few enough are under way. */
  async sent(entries: number): Promise<void> {
    this.#underWay.push(entries)
    while (this.#underWay.length > 1 && (this.#underWay.length > listsAhead || this.#isFarAhead())) await this.#hear()
  }

  /** Wait for the answers to all lists. */
  async settled(): Promise<void> {
    while (this.#underWay.length > 0) await this.#hear()
  }

  #isFarAhead(): boolean {
    return this.#perEntry() * this.#underWay.reduce((sum, entries) => sum + entries, 0) > aheadMilliseconds
  }

  #perEntry(): number {
    const { milliseconds, entries } = this.#recent
    return entries === 0 ? 0 : milliseconds / entries
  }

  /** Every worker's answer to the oldest list; the slowest one counts. */
  async #hear(): Promise<void> {
    const entries = this.#underWay.shift() ?? 0
    let slowest = 0
    for (let worker = 1; worker < this.#workers.size; worker++) {
      const { message } = await this.#workers.recv(worker)
      if (message.kind !== 'followed') throw new Error(`worker ${worker - 1} sent a '${message.kind}' to the master`)
      slowest = Math.max(slowest, message.milliseconds)
    }
    if (entries === 0) return
    const recent = this.#recent
    recent.milliseconds = memory * recent.milliseconds + slowest
    recent.entries = memory * recent.entries + entries
    const wanted = Math.floor(targetMilliseconds / Math.max(this.#perEntry(), 1e-6))
    this.#entries = Math.max(fewest, Math.min(most, wanted, 4 * this.#entries))
  }
}
