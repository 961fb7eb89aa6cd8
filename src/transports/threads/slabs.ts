// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A bounded pool of SharedArrayBuffers, one per communicator and rank, used by one thread only.
 *
 *   idle --lend--> lent --send--> held by receivers --last release--> idle
 *                    `--discard--------------------------------------> idle
 *
 * At most `limits.buffers` slabs exist, idle or not, and they hold at most `limits.bytes`; a request that does not
 * fit waits in line. Idle slabs are reused for anything they can hold and dropped, smallest first, to make room.
 */
import { messageOf, RunError } from '../../errors.js'
import { bytesText } from '../../units.js'
import { Fifo, waiting, type Waiter } from '../mailbox.js'
import type { BufferLimits } from './wire.js'

export interface Slab {
  readonly id: number
  readonly memory: SharedArrayBuffer
  readonly pool: SlabPool
  /** Ranks (of the world) that hold a lease. */
  readonly holders: Set<number>
  /** Ranks (of the world) that know the memory. */
  readonly known: Set<number>
}

/** Who keeps the numbers of slabs: the mesh of this rank. */
export interface SlabRegistry {
  register(memory: SharedArrayBuffer, pool: SlabPool): Slab
  forget(slab: Slab): void
}

interface Request extends Waiter<Slab> {
  readonly bytes: number
  withdrawn: boolean
}

export class SlabPool {
  readonly #limits: BufferLimits
  readonly #registry: SlabRegistry
  readonly #requests = new Fifo<Request>()
  #idle: Slab[] = []
  #inUse = 0
  #bytes = 0
  #front: Request | undefined

  constructor(limits: BufferLimits, registry: SlabRegistry) {
    this.#limits = limits
    this.#registry = registry
  }

  /** A slab of at least `bytes` bytes; waits behind earlier requests while the pool is out. */
  async lend(bytes: number, signal?: AbortSignal): Promise<Slab> {
    const slab = this.#front === undefined ? this.#grant(bytes) : null
    if (slab !== null) return slab
    return waiting<Slab>(signal, (waiter) => {
      const request: Request = { bytes, withdrawn: false, ...waiter }
      this.#requests.push(request)
      this.#peek()
      return () => {
        request.withdrawn = true
        this.#serve()
      }
    })
  }

  giveBack(slab: Slab): void {
    this.#inUse--
    // The last one used comes first: it may still be in the cache.
    this.#idle.unshift(slab)
    this.#serve()
  }

  failAll(reason: unknown): void {
    for (let request = this.#take(); request !== undefined; request = this.#take()) request.reject(reason)
  }

  /** Requests in line, in order, as far as the pool reaches. */
  #serve(): void {
    for (let request = this.#peek(); request !== undefined; request = this.#peek()) {
      try {
        const slab = this.#grant(request.bytes)
        if (slab === null) return
        request.resolve(slab)
      } catch (error) {
        request.reject(error)
      }
      this.#take()
    }
  }

  #peek(): Request | undefined {
    while (this.#front === undefined || this.#front.withdrawn) {
      this.#front = this.#requests.shift()
      if (this.#front === undefined) return undefined
    }
    return this.#front
  }

  #take(): Request | undefined {
    const request = this.#peek()
    this.#front = undefined
    return request
  }

  #grant(bytes: number): Slab | null {
    if (this.#inUse >= this.#limits.buffers) return null
    const slab = this.#reuse(bytes) ?? this.#create(sizeClass(bytes))
    if (slab !== null) this.#inUse++
    return slab
  }

  #reuse(bytes: number): Slab | null {
    const fitting = this.#idle.filter((slab) => slab.memory.byteLength >= bytes).sort(bySize)
    const [slab = null] = fitting
    if (slab !== null) this.#idle = this.#idle.filter((other) => other !== slab)
    return slab
  }

  #create(bytes: number): Slab | null {
    this.#idle.sort(bySize)
    const { buffers, bytes: limit } = this.#limits
    const tooMuch = () => this.#bytes + bytes > limit || this.#inUse + this.#idle.length >= buffers
    while (tooMuch() && this.#idle.length > 0) this.#drop()
    if (tooMuch() && this.#inUse > 0) return null
    const slab = this.#registry.register(allocateShared(bytes), this)
    this.#bytes += bytes
    return slab
  }

  #drop(): void {
    const slab = this.#idle.shift()
    if (slab === undefined) return
    this.#bytes -= slab.memory.byteLength
    this.#registry.forget(slab)
  }
}

const bySize = (a: Slab, b: Slab) => a.memory.byteLength - b.memory.byteLength

/** `bytes` rounded up to a quarter of a power of two, at least 4096: 4096, 5120, 6144, 7168, 8192, 10240, ... */
export function sizeClass(bytes: number): number {
  if (bytes <= 4096) return 4096
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 2)
  return Math.ceil(bytes / step) * step
}

function allocateShared(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes)
  } catch (error) {
    const text = `cannot allocate a shared buffer of ${bytesText(bytes)} (${messageOf(error)}); use smaller blocks`
    throw new RunError(text, { bytes }, { cause: error })
  }
}
