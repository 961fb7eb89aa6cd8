// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How the MPI thread waits: MPI has nothing to sleep on, so it is polled, the more rarely the longer nothing has come. A ring of the
 * bell by the main thread ends a sleep at once; a message of another process is seen late by a fraction of the time before it at most.
 */

/** Polls without any sleep after something came. */
const eagerPolls = 20
/** Longest sleep while messages are under way, and while nothing is. */
const busyMilliseconds = 0.05
const idleMilliseconds = 2
/** A sleep lasts this fraction of the time since something came. */
const fraction = 1 / 8

export class BackOff {
  readonly #bell: Int32Array
  #idlePolls = 0
  #since = 0

  constructor(bell: Int32Array) {
    this.#bell = bell
  }

  /** `came`: this poll has found something; `underWay`: messages are not complete; `rung`: the bell before the poll. */
  rest(came: boolean, underWay: boolean, rung: number): void {
    if (came) this.#idlePolls = 0
    else if (++this.#idlePolls === eagerPolls) this.#since = performance.now()
    if (this.#idlePolls < eagerPolls) return
    const most = underWay ? busyMilliseconds : idleMilliseconds
    const sleep = Math.min(most, Math.max(busyMilliseconds, (performance.now() - this.#since) * fraction))
    Atomics.wait(this.#bell, 0, rung, sleep)
  }
}
