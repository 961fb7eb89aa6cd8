// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** This process's place in an MPI job: starts the MPI thread, passes notes between processes, and opens sessions (runs) among them. */
import { deserialize, serialize } from 'node:v8'
import { MessageChannel, Worker } from 'node:worker_threads'
import { RunError } from '../../errors.js'
import { builtOrSource } from '../builtOrSource.js'
import type { Port } from '../threads/wire.js'
import type { MpiEnvironment } from './environment.js'
import type { GatewayInit } from './gateway.js'
import { Session } from './session.js'
import { type Arrival, type BulkOut, type Command, Kind, type Parcel } from './wire.js'

type Arrived = Extract<Arrival, { is: 'parcel' }>

/** Longest time that leaving the job takes: MPICH 4.0 over UCX was seen to wait for ever between two hosts. */
const leaveMilliseconds = 20_000
/** Longest time that an abort takes. */
const abortMilliseconds = 1500
/** What this process has printed must reach the starter, which throws away what it finds after the abort. */
const lastWordsMilliseconds = 300

export interface OpenSession {
  readonly ports: readonly (Port | null)[]
  readonly flushed: Promise<void>
}

export class MpiJob {
  readonly rank: number
  readonly size: number
  /** First line of what the library says about itself. */
  readonly library: string
  readonly #port: MessagePortOf
  readonly #bell: Int32Array
  readonly #thread: Worker
  readonly #notes: ((from: number, note: unknown) => void)[] = []
  readonly #earlyNotes: [from: number, note: unknown][] = []
  readonly #lost: ((error: Error, from: number | null) => void)[] = []
  readonly #early = new Map<number, Arrived[]>()
  #session: { readonly id: number; readonly session: Session; ready: boolean } | null = null
  #finished: () => void = () => {}

  /**
   * Join the MPI job that `environment` describes: waits until all its processes have started and passed a barrier.
   * Throws RunError where there is no MPI library, or the library does not see the job.
   */
  static async join(environment: MpiEnvironment): Promise<MpiJob> {
    for (const [name, value] of Object.entries(calmEnvironment)) process.env[name] ??= value
    const { port1, port2 } = new MessageChannel()
    const bell = new Int32Array(new SharedArrayBuffer(4))
    const { libraries, size, starter } = environment
    const ready = new Int32Array(new SharedArrayBuffer(4))
    const init: GatewayInit = { port: port2, bell, ready, libraries, size, starter }
    const thread = new Worker(builtOrSource('workers/mpi'), { workerData: init, transferList: [port2] })
    const joined = await new Promise<Arrival>((resolve, reject) => {
      port1.once('message', resolve)
      thread.once('error', reject)
      // Libraries that a site has told to hook into memory calls rewrite them while they load: this thread holds still.
      Atomics.wait(ready, 0, 0)
    })
    if (joined.is === 'joined') return new MpiJob(joined, port1, bell, thread)
    port1.close()
    throw new RunError(joined.is === 'failed' ? joined.message : `the MPI thread is '${joined.is}' before it joined`)
  }

  private constructor(
    { rank, size, library }: Extract<Arrival, { is: 'joined' }>,
    port: MessagePortOf,
    bell: Int32Array,
    thread: Worker,
  ) {
    this.rank = rank
    this.size = size
    this.library = library
    this.#port = port
    this.#bell = bell
    this.#thread = thread
    port.on('message', (arrival: Arrival) => this.#arrive(arrival))
    thread.on('error', (error: Error) => this.#fail(error, null))
  }

  /** A value that structured clone takes, to the `onNote` listeners of another process (or this one). Order is kept per sender. */
  note(to: number, note: unknown): void {
    if (to === this.rank) setImmediate(() => this.#hear(to, structuredClone(note)))
    else this.#send(to, { kind: Kind.note, session: 0, slab: -1, body: serialize(note) }, null)
  }

  /** Notes that came before the first listener are given to it. */
  onNote(listener: (from: number, note: unknown) => void): void {
    this.#notes.push(listener)
    for (const [from, note] of this.#earlyNotes.splice(0)) listener(from, note)
  }

  /** A rank of the session is silent (`from`), or MPI itself has failed (null). */
  onLost(listener: (error: Error, from: number | null) => void): void {
    this.#lost.push(listener)
  }

  /**
   * Wires among `members` (MPI ranks, in the order of the run's ranks; this one among them). One session at a time; `id` is a number
   * above 0 that all members give and that no earlier session had.
   */
  open(id: number, members: readonly number[]): OpenSession {
    const session = new Session(id, members, this.rank, (to, parcel, bulk) => this.#send(to, parcel, bulk))
    const open = { id, session, ready: false }
    this.#session = open
    this.#command({ do: 'watch', ranks: members, session: id })
    setImmediate(() => {
      for (const arrived of this.#early.get(id) ?? []) session.take(arrived)
      this.#early.delete(id)
      open.ready = true
    })
    const flushed = session.flushed.then(() => this.#command({ do: 'watch', ranks: [], session: 0 }))
    return { ports: session.ports, flushed }
  }

  /** Leave the job; resolves when all processes have. */
  async finish(): Promise<void> {
    const finished = new Promise<void>((resolve) => {
      this.#finished = resolve
    })
    this.#command({ do: 'finish' })
    const stuck = setTimeout(() => this.#leaveStuck(), leaveMilliseconds)
    await finished
    clearTimeout(stuck)
    this.#port.close()
  }

  /** The MPI thread cannot be ended from here: only the end of the process ends it, and mpiexec then ends the others. */
  #leaveStuck(): void {
    if (this.rank === 0)
      process.stderr.write(
        `parcorana: MPI_Finalize has not returned for ${leaveMilliseconds / 1000} s (${this.library}), so the job is killed; the result is complete: nothing was left to do\n`,
      )
    process.kill(process.pid, 'SIGKILL')
  }

  /** End all processes of the job at once, this one included; `code` is what mpiexec ends with. */
  async abort(code: number): Promise<void> {
    pause(lastWordsMilliseconds)
    this.#command({ do: 'abort', code })
    await new Promise((resolve) => this.#thread.once('exit', resolve))
  }

  /** As `abort`, where the event loop has ended already; returns after some seconds at most. */
  abortNow(code: number): void {
    pause(lastWordsMilliseconds)
    this.#command({ do: 'abort', code })
    pause(abortMilliseconds)
  }

  #send(to: number, parcel: Parcel, bulk: BulkOut | null): void {
    this.#command({ do: 'send', to, parcel, bulk })
  }

  #command(command: Command): void {
    this.#port.postMessage(command)
    Atomics.add(this.#bell, 0, 1)
    Atomics.notify(this.#bell, 0)
  }

  #arrive(arrival: Arrival): void {
    switch (arrival.is) {
      case 'parcel':
        if (arrival.parcel.kind === Kind.note) this.#hear(arrival.from, deserialize(arrival.parcel.body))
        else this.#sort(arrival)
        break
      case 'lost':
        this.#fail(
          new RunError(`did not answer for ${arrival.seconds} s: it was killed, or its host is gone`),
          arrival.from,
        )
        break
      case 'failed':
        this.#fail(new RunError(arrival.message), null)
        break
      case 'finished':
        this.#finished()
        break
      case 'joined':
        break
    }
  }

  /** Parcels of a session that this process has not opened yet are kept. */
  #sort(arrived: Arrived): void {
    const { session } = arrived.parcel
    if (this.#session?.ready && this.#session.id === session) this.#session.session.take(arrived)
    else if (this.#session === null || session >= this.#session.id)
      this.#early.set(session, [...(this.#early.get(session) ?? []), arrived])
  }

  #hear(from: number, note: unknown): void {
    if (this.#notes.length === 0) this.#earlyNotes.push([from, note])
    for (const listener of this.#notes) listener(from, note)
  }

  #fail(error: Error, from: number | null): void {
    for (const listener of this.#lost) listener(error, from)
  }
}

/**
 * UCX below MPI replaces the process's memory calls and fault signals, which Node and its WebAssembly need: crashes were seen.
 * What the user has set stays.
 */
const calmEnvironment = { UCX_MEM_EVENTS: 'no', UCX_ERROR_SIGNALS: '' }

type MessagePortOf = MessageChannel['port1']

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
