// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The part of every process but rank 0: take part in the runs that rank 0 starts, until it says that the job is over. */
import { messageOf, RunError, toWire } from '../../errors.js'
import { portable } from '../threads/portable.js'
import { type Outcome, runRank } from '../threads/rank.js'
import type { MpiJob } from './job.js'
import type { Body } from './launch.js'
import { ControlWire, type Note } from './notes.js'

type Run = Extract<Note, { note: 'run' }>

/** Time that rank 0 has to end the job after a failure; longer than its own grace time. */
const leaderMilliseconds = 5000

/** How a process leaves the job: with the others, or by ending it because rank 0 did not. */
export type Following = { readonly end: 'together' } | { readonly end: 'alone'; readonly reason: string }

/** Resolves at the end of the job. `body` is what `launchMpi` has on rank 0. */
export function follow(job: MpiJob, body: Body): Promise<Following> {
  return new Promise((resolve) => {
    new Follower(job, body, resolve).listen()
  })
}

class Follower {
  readonly #job: MpiJob
  readonly #body: Body
  readonly #resolve: (following: Following) => void
  #control = new ControlWire(() => {})
  #session = 0
  #waiting: NodeJS.Timeout | undefined

  constructor(job: MpiJob, body: Body, resolve: (following: Following) => void) {
    this.#job = job
    this.#body = body
    this.#resolve = resolve
  }

  listen(): void {
    this.#job.onLost((error, from) => {
      const cause = from === null ? error : new RunError(`viewer (rank 0) failed: ${error.message}`)
      this.#control.hear({ kind: 'abort', reason: portable(cause) })
      this.#expectEnd(cause)
    })
    this.#job.onNote((_, note) => this.#hear(note as Note))
  }

  #hear(told: Note): void {
    if (told.note === 'end') this.#resolve({ end: 'together' })
    else if (told.note === 'run') void this.#takePart(told)
    else if (told.note === 'control' && told.session === this.#session) {
      if (told.frame.kind === 'abort') this.#expectEnd(told.frame.reason.message)
      this.#control.hear(told.frame)
    }
  }

  async #takePart({ session, members, buffers, task }: Run): Promise<void> {
    const job = this.#job
    this.#session = session
    this.#control = new ControlWire((frame) => {
      job.note(0, { note: 'control', session, frame } satisfies Note)
      if (frame.kind === 'abort') this.#expectEnd(frame.reason.message)
    })
    const { ports, flushed } = job.open(session, members)
    void flushed.then(() => {
      clearTimeout(this.#waiting)
      this.#waiting = undefined
    })
    const rank = members.indexOf(job.rank)
    const init = { rank, size: members.length, ports, control: this.#control.port, buffers }
    const outcome = await runRank({ init, task, source: null }, this.#body)
    if (!outcome.ok) this.#expectEnd(outcome.error.message)
    try {
      job.note(0, { note: 'outcome', session, outcome } satisfies Note)
    } catch (error) {
      const failure: Outcome = { ok: false, error: toWire(error), secondary: false }
      job.note(0, { note: 'outcome', session, outcome: failure } satisfies Note)
    }
  }

  /** The run has failed: soon it ends everywhere, or rank 0 ends the job. */
  #expectEnd(reason: unknown): void {
    this.#waiting ??= setTimeout(() => this.#resolve({ end: 'alone', reason: messageOf(reason) }), leaderMilliseconds)
  }
}
