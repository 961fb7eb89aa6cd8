// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The MPI thread: one loop that takes the main thread's commands, moves parcels, and rests. The only place that calls MPI. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { messageOf, RunError } from '../../errors.js'
import { acquaint } from './acquaint.js'
import { BackOff } from './backOff.js'
import { Inbox } from './inbox.js'
import { chunkBytesMost, Mpi, type Request } from './library.js'
import { Outbox } from './outbox.js'
import { lostMilliseconds, Pulse } from './pulse.js'
import { type Arrival, type BulkIn, type Command, Kind, type Parcel } from './wire.js'

export interface GatewayInit {
  readonly port: MessagePort
  /** Counted up by the main thread after each command. */
  readonly bell: Int32Array
  /** Set to 1 when the library is open and MPI has been initialised, or that has failed. */
  readonly ready: Int32Array
  /** What `Mpi.open` shall look for. */
  readonly libraries: readonly string[]
  /** Ranks that the starter has promised. */
  readonly size: number
  readonly starter: string
}

/** Time between two looks at who lives. */
const lookMilliseconds = 100
const empty = new Uint8Array(0)

/** Serve until the job is over; never throws. */
export function serveGateway(init: GatewayInit): void {
  const post = (arrival: Arrival): void => init.port.postMessage(arrival)
  try {
    const { mpi, rank, size } = enter(init)
    const backOff = new BackOff(init.bell)
    const barrier = mpi.barrier()
    while (!mpi.test(barrier)) backOff.rest(false, true, init.bell[0])
    post({ is: 'joined', rank, size, library: mpi.version })
    new Gateway(mpi, init, backOff, rank, size).serve()
    post({ is: 'finished' })
  } catch (error) {
    post({ is: 'failed', message: messageOf(error) })
  }
}

/** Open the library and join its world; the main thread waits for `ready`. */
function enter({ libraries, size, starter, ready }: GatewayInit): { mpi: Mpi; rank: number; size: number } {
  try {
    const mpi = Mpi.open(libraries)
    const world = mpi.init()
    if (world.size === size) return { mpi, ...world }
    throw new RunError(
      `${starter} started ${size} processes, but ${mpi.version} sees ${world.size}; start them with the mpiexec of this MPI, or choose the MPI with PARCORANA_MPI or srun --mpi`,
    )
  } finally {
    Atomics.store(ready, 0, 1)
    Atomics.notify(ready, 0)
  }
}

class Gateway {
  readonly #mpi: Mpi
  readonly #init: GatewayInit
  readonly #backOff: BackOff
  readonly #outbox: Outbox<Request>
  readonly #inbox: Inbox<Request>
  readonly #pulse: Pulse
  #session = 0
  #lookedAt = 0
  #finishing = false
  readonly #place: { readonly rank: number; readonly size: number }

  constructor(mpi: Mpi, init: GatewayInit, backOff: BackOff, rank: number, size: number) {
    this.#mpi = mpi
    this.#init = init
    this.#backOff = backOff
    this.#outbox = new Outbox(mpi, size, chunkBytesMost, (from, slab) => this.#credited(from, slab))
    this.#inbox = new Inbox(mpi, size, chunkBytesMost, (from, parcel, bulk) => this.#arrived(from, parcel, bulk))
    this.#pulse = new Pulse(rank)
    this.#place = { rank, size }
  }

  serve(): void {
    const { bell } = this.#init
    let seen = -1
    while (!(this.#finishing && this.#outbox.count === 0)) {
      const rung = Atomics.load(bell, 0)
      const commanded = rung !== seen && this.#obey()
      seen = rung
      const sent = this.#outbox.progress()
      const came = this.#inbox.progress()
      this.#look()
      this.#backOff.rest(commanded || sent || came, this.#outbox.count + this.#inbox.count > 0, rung)
    }
    if (this.#mpi.abi.name === 'mpich')
      acquaint(this.#mpi, this.#place, () => this.#backOff.rest(false, true, Atomics.load(this.#init.bell, 0)))
    this.#mpi.finalize()
  }

  /** All commands that wait; true when there was one. */
  #obey(): boolean {
    let some = false
    for (;;) {
      const received = receiveMessageOnPort(this.#init.port) as { message: Command } | undefined
      if (received === undefined) return some
      some = true
      this.#do(received.message)
    }
  }

  #do(command: Command): void {
    switch (command.do) {
      case 'send':
        if (command.parcel.kind === Kind.forget) this.#outbox.forget(command.parcel.slab)
        this.#outbox.send(command.to, command.parcel, command.bulk)
        if (command.parcel.kind === Kind.ended) this.#pulse.endedTo(command.to)
        break
      case 'watch':
        this.#session = command.session
        this.#pulse.watch(command.ranks, performance.now())
        break
      case 'finish':
        this.#finishing = true
        break
      case 'abort':
        this.#mpi.abort(command.code)
        break
    }
  }

  #arrived(from: number, parcel: Parcel, bulk: BulkIn | null): void {
    this.#pulse.heard(from)
    if (parcel.kind === Kind.alive) return
    if (parcel.kind === Kind.ended) this.#pulse.endedBy(from)
    if (parcel.kind === Kind.credit) this.#outbox.credit(from, parcel.slab)
    else this.#post({ is: 'parcel', from, parcel, bulk })
  }

  #credited(from: number, slab: number): void {
    this.#post({
      is: 'parcel',
      from,
      parcel: { kind: Kind.credit, session: this.#session, slab, body: empty },
      bulk: null,
    })
  }

  #look(): void {
    const now = performance.now()
    if (now - this.#lookedAt < lookMilliseconds) return
    this.#lookedAt = now
    const { beat, lost } = this.#pulse.look(now)
    for (const rank of beat) this.#outbox.send(rank, { kind: Kind.alive, session: 0, slab: -1, body: empty }, null)
    if (lost === null) return
    this.#pulse.watch([], now)
    this.#post({ is: 'lost', from: lost, seconds: lostMilliseconds / 1000 })
  }

  #post(arrival: Arrival): void {
    this.#init.port.postMessage(arrival)
  }
}
