// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The main thread's side of the threads transport: wires the ranks, starts them as tasks of a pool, and ends the job.
 *
 * Life of a failure: the first one (a rank's error, a thread that died, or `abort`) is sent to every rank, whose pending calls
 * reject; ranks that have not ended after the grace time are ended with their threads, endless loops included.
 */
import { MessageChannel, type MessagePort, type ResourceLimits } from 'node:worker_threads'
import { fromWire, RankError, RunError, UsageError, type WireError } from '../../errors.js'
import { startOf } from '../builtOrSource.js'
import { crashOf } from './crash.js'
import { portable } from './portable.js'
import { ThreadPool } from './threadPool.js'
import { type BufferLimits, type ControlFrame, defaultBufferLimits, type Outcome, type RankTask } from './wire.js'

export interface LaunchOptions {
  /** Number of ranks, at least 1. */
  readonly size: number
  /** The module whose default export is `(task) => runRank(task, body)`: URL, file URL or absolute path. */
  readonly entry: URL | string
  /** What rank `rank` gets as its task; any value that structured clone takes. */
  taskOf(rank: number): unknown
  /** Name of a rank's role in messages about threads that died; default 'rank'. */
  roleOf?(rank: number): string
  /** Threads to use again; default: own threads, ended with the run. */
  readonly pool?: ThreadPool
  /** Heap limits of own threads; a pool has its own. */
  readonly resourceLimits?: ResourceLimits
  /** Bounds of the lent buffers. */
  readonly buffers?: Partial<BufferLimits>
  /** Time for ranks to end by themselves after a failure; default 2500. */
  readonly graceMilliseconds?: number
}

export interface LaunchHandle {
  /** By rank: what its body returned; rejects with its error. */
  readonly results: readonly Promise<unknown>[]
  /** Resolves when all ranks have ended well; rejects with the first failure when all are gone. Await this or all results. */
  readonly done: Promise<void>
  /** To the rank's `main.onMessage`. */
  send(rank: number, note: unknown): void
  /** What ranks give to `main.send`; call in the same turn as `launchThreads` to miss nothing. */
  onMessage(listener: (rank: number, note: unknown) => void): void
  /** End the run: every pending call on every rank rejects with `reason`, and so does `done`. */
  abort(reason: unknown): void
}

/** Longest time to wait for threads that were told to end. */
const terminationMilliseconds = 1500

/** Start `size` ranks. Throws at once when the pool has too few threads or is in use. */
export function launchThreads(options: LaunchOptions): LaunchHandle {
  return new Job(options)
}

class Job implements LaunchHandle {
  readonly results: readonly Promise<unknown>[]
  readonly done: Promise<void>
  readonly #options: LaunchOptions
  readonly #pool: ThreadPool
  readonly #controls: readonly MessagePort[]
  readonly #listeners: ((rank: number, note: unknown) => void)[] = []
  #first: { readonly error: unknown } | null = null
  #grace: NodeJS.Timeout | undefined
  #destroyed: Promise<void> | null = null

  constructor(options: LaunchOptions) {
    const { size, resourceLimits } = options
    if (!Number.isInteger(size) || size < 1) throw new UsageError(`a run of ${size} ranks is not possible`)
    this.#options = options
    this.#pool = options.pool ?? new ThreadPool({ threads: size, ...(resourceLimits ? { resourceLimits } : {}) })
    const { tasks, controls } = wire(options)
    this.#pool.claim(size)
    this.#controls = controls
    const closed = controls.map((control, rank) => this.#attend(control, rank))
    this.results = tasks.map((task, rank) => this.#run(task, rank))
    this.done = this.#finish([...this.results, ...closed])
    for (const promise of [...this.results, this.done]) promise.catch(() => {})
  }

  send(rank: number, note: unknown): void {
    const control = this.#controls[rank]
    if (control === undefined) throw new RangeError(`rank ${rank} is outside 0..${this.#options.size - 1}`)
    control.postMessage({ kind: 'note', note } satisfies ControlFrame)
  }

  onMessage(listener: (rank: number, note: unknown) => void): void {
    this.#listeners.push(listener)
  }

  abort(reason: unknown): void {
    this.#fail(reason ?? new RunError('the run was aborted'))
  }

  /** Listen to a rank; resolves when its port has closed, after its last message. */
  #attend(control: MessagePort, rank: number): Promise<void> {
    control.on('message', (frame: ControlFrame) => {
      if (frame.kind === 'abort') this.#fail(this.#named(fromWire(frame.reason), rank), frame.reason)
      else for (const listener of this.#listeners) listener(rank, frame.note)
    })
    return new Promise<void>((resolve) => control.once('close', () => resolve()))
  }

  async #run({ filename, task, transfer }: WiredTask, rank: number): Promise<unknown> {
    const outcome = await this.#pool.run(filename, task, transfer).then(
      (value) => value as Outcome,
      (error: unknown) => this.#crashed(error, rank),
    )
    if (outcome.ok) return outcome.value
    const error = this.#named(fromWire(outcome.error), rank)
    if (!outcome.secondary) this.#fail(error, outcome.error)
    throw error
  }

  /** The thread died under the rank, or never ran it. */
  #crashed(error: unknown, rank: number): Outcome {
    setImmediate(() => this.#controls[rank]?.close())
    const crash = this.#destroyed === null ? crashOf(error, this.#pool.resourceLimits) : this.#endedByForce()
    return { ok: false, error: portable(this.#named(crash, rank)), secondary: this.#destroyed !== null }
  }

  #endedByForce(): Error {
    return new RunError(`did not end within ${this.#graceMilliseconds} ms after the run was aborted and was stopped`)
  }

  #named(error: Error, rank: number): RankError {
    return error instanceof RankError ? error : new RankError(this.#options.roleOf?.(rank) ?? 'rank', rank, error)
  }

  get #graceMilliseconds(): number {
    return this.#options.graceMilliseconds ?? 2500
  }

  /** The ranks hear the bare `reason`, the caller of the run the `error` that names the rank. */
  #fail(error: unknown, reason: WireError = portable(error)): void {
    if (this.#first !== null) return
    this.#first = { error }
    const frame: ControlFrame = { kind: 'abort', reason }
    for (const control of this.#controls) control.postMessage(frame)
    this.#grace = setTimeout(() => this.#destroy(), this.#graceMilliseconds)
  }

  /** End all threads; resolves at the latest after `terminationMilliseconds`. */
  #destroy(): Promise<void> {
    this.#destroyed ??= new Promise<void>((resolve) => {
      const late = setTimeout(resolve, terminationMilliseconds)
      void this.#pool.destroy().finally(() => {
        clearTimeout(late)
        resolve()
      })
    })
    return this.#destroyed
  }

  async #finish(ends: readonly Promise<unknown>[]): Promise<void> {
    const failed = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected')
    if (failed !== undefined) this.#first ??= { error: failed.reason }
    clearTimeout(this.#grace)
    for (const control of this.#controls) control.close()
    if (this.#first !== null || this.#options.pool === undefined) await this.#destroy()
    else this.#pool.release()
    if (this.#first !== null) throw this.#first.error
  }
}

interface WiredTask {
  readonly filename: string
  readonly task: RankTask
  readonly transfer: MessagePort[]
}

/** Channels between all pairs of ranks and to the main thread. */
function wire({ size, entry, taskOf, buffers }: LaunchOptions): { tasks: WiredTask[]; controls: MessagePort[] } {
  const ports = Array.from({ length: size }, () => new Array<MessagePort | null>(size).fill(null))
  for (let a = 0; a < size; a++)
    for (let b = a + 1; b < size; b++) {
      const { port1, port2 } = new MessageChannel()
      ;(ports[a] as (MessagePort | null)[])[b] = port1
      ;(ports[b] as (MessagePort | null)[])[a] = port2
    }
  const channels = ports.map(() => new MessageChannel())
  const { filename, source } = startOf(entry)
  const tasks = channels.map(({ port2: control }, rank) => {
    const mine = ports[rank] as (MessagePort | null)[]
    const limits = { ...defaultBufferLimits, ...buffers }
    const task = { init: { rank, size, ports: mine, control, buffers: limits }, task: taskOf(rank), source }
    return { filename, task, transfer: [control, ...mine.filter((port) => port !== null)] }
  })
  return { tasks, controls: channels.map(({ port1 }) => port1) }
}
