// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A run on the processes of an MPI job, seen from rank 0, which is a rank of the run itself. The same handle as for threads.
 *
 * Life of a failure: a rank that fails tells every rank and rank 0; pending calls reject everywhere and the ranks end. Where one does
 * not within the grace time (it was killed, or computes without end), the job has to be aborted: `ended` says so.
 */
import { fromWire, RankError, RunError } from '../../errors.js'
import type { Communicator } from '../../roles/communicator.js'
import type { LaunchHandle } from '../threads/launch.js'
import { portable } from '../threads/portable.js'
import { type MainLink, runRank } from '../threads/rank.js'
import { type BufferLimits, type ControlFrame, defaultBufferLimits, type Outcome } from '../threads/wire.js'
import type { MpiJob } from './job.js'
import { ControlWire, type Note } from './notes.js'

/** What a rank does; the same function on all processes. */
export type Body = (world: Communicator, task: unknown, main: MainLink) => Promise<unknown> | unknown

export interface MpiLaunchOptions {
  /** MPI ranks in the order of the run's ranks; 0 comes first. */
  readonly members: readonly number[]
  /** Sent to every rank; may be a promise, whose failure is the run's. */
  readonly task: unknown
  readonly body: Body
  roleOf?(rank: number): string
  readonly buffers?: Partial<BufferLimits>
  /** Time for ranks to end by themselves after a failure; default 2500. */
  readonly graceMilliseconds?: number
}

export interface MpiHandle extends LaunchHandle {
  /** After `done` has settled: every rank has ended, so that the job may go on. False = only `MpiJob.abort` ends it. */
  readonly ended: () => boolean
}

/** Time for the others to end where a rank is gone, so that the job cannot end together anyway. */
const lostGraceMilliseconds = 1000

let sessions = 0

/** On rank 0: start a run; all other processes `follow`. */
export function launchMpi(job: MpiJob, options: MpiLaunchOptions): MpiHandle {
  return new MpiRun(job, options)
}

class MpiRun implements MpiHandle {
  readonly results: readonly Promise<unknown>[]
  readonly done: Promise<void>
  readonly #job: MpiJob
  readonly #options: MpiLaunchOptions
  readonly #session = ++sessions
  readonly #control: ControlWire
  readonly #settle: ((outcome: Outcome) => void)[] = []
  readonly #listeners: ((rank: number, note: unknown) => void)[] = []
  #first: { readonly error: unknown } | null = null
  #giveUp: () => void = () => {}
  /** No rank has begun, or all have ended. */
  #atRest = true
  /** What was said before ranks had begun; null afterwards. */
  #early: [rank: number, frame: ControlFrame][] | null = []

  constructor(job: MpiJob, options: MpiLaunchOptions) {
    this.#job = job
    this.#options = options
    const { members } = options
    this.#control = new ControlWire((frame) => this.#controlled(0, frame))
    this.results = members.map((_, rank) => this.#result(rank))
    job.onNote((from, note) => this.#hear(members.indexOf(from), note as Note))
    job.onLost((error, from) => this.#abandon(error, from === null ? 0 : members.indexOf(from)))
    this.done = this.#run()
    for (const promise of [...this.results, this.done]) promise.catch(() => {})
  }

  ended(): boolean {
    return this.#atRest
  }

  send(rank: number, note: unknown): void {
    this.#toControl(rank, { kind: 'note', note })
  }

  onMessage(listener: (rank: number, note: unknown) => void): void {
    this.#listeners.push(listener)
  }

  abort(reason: unknown): void {
    const error = reason ?? new RunError('the run was aborted')
    this.#fail(error)
    for (const rank of this.results.keys()) this.#toControl(rank, { kind: 'abort', reason: portable(error) })
  }

  #hear(rank: number, note: Note): void {
    if (rank < 0 || !('session' in note) || note.session !== this.#session) return
    if (note.note === 'control') this.#controlled(rank, note.frame)
    else if (note.note === 'outcome') this.#settle[rank](note.outcome)
  }

  #controlled(rank: number, frame: ControlFrame): void {
    if (frame.kind === 'abort') this.#fail(this.#named(fromWire(frame.reason), rank))
    else for (const listener of this.#listeners) listener(rank, frame.note)
  }

  #toControl(rank: number, frame: ControlFrame): void {
    if (this.#early !== null) this.#early.push([rank, frame])
    else if (rank === 0) this.#control.hear(frame)
    else this.#tell(this.#options.members[rank], { note: 'control', session: this.#session, frame })
  }

  #tell(to: number, note: Note): void {
    this.#job.note(to, note)
  }

  async #result(rank: number): Promise<unknown> {
    const outcome = await new Promise<Outcome>((resolve) => {
      this.#settle[rank] = resolve
    })
    if (outcome.ok) return outcome.value
    const error = this.#named(fromWire(outcome.error), rank)
    if (!outcome.secondary) this.#fail(error)
    throw error
  }

  #named(error: Error, rank: number): RankError {
    return error instanceof RankError ? error : new RankError(this.#options.roleOf?.(rank) ?? 'rank', rank, error)
  }

  /** A rank is gone: it cannot end by itself. */
  #abandon(error: Error, rank: number): void {
    this.abort(this.#named(error, rank))
    setTimeout(() => this.#giveUp(), lostGraceMilliseconds).unref()
    this.#settle[rank]({ ok: false, error: portable(error), secondary: true })
  }

  #fail(error: unknown): void {
    if (this.#first !== null) return
    this.#first = { error }
    setTimeout(() => this.#giveUp(), this.#options.graceMilliseconds ?? 2500).unref()
  }

  async #run(): Promise<void> {
    const { members, body } = this.#options
    const buffers = { ...defaultBufferLimits, ...this.#options.buffers }
    const task = await this.#options.task
    this.#atRest = false
    for (const to of members.slice(1)) this.#tell(to, { note: 'run', session: this.#session, members, buffers, task })
    const { ports, flushed } = this.#job.open(this.#session, members)
    const init = { rank: 0, size: members.length, ports, control: this.#control.port, buffers }
    void runRank({ init, task, source: null }, body).then((outcome) => this.#settle[0](outcome))
    const early = this.#early ?? []
    this.#early = null
    for (const [rank, frame] of early) this.#toControl(rank, frame)
    await this.#finish(flushed)
  }

  async #finish(flushed: Promise<void>): Promise<void> {
    const all = Promise.allSettled(this.results).then(async (ends) => {
      await flushed
      this.#atRest = true
      return ends.find((end) => end.status === 'rejected')
    })
    const late = new Promise<undefined>((resolve) => {
      this.#giveUp = () => resolve(undefined)
    })
    const failed = await Promise.race([all, late])
    if (failed !== undefined) this.#first ??= { error: failed.reason }
    if (this.#first !== null) throw this.#first.error
  }
}
