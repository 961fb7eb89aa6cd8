// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The sender's end of a slab: fill `bytes`, then either one sending call or `discard()`. */
import type { LentBuffer, Slice } from '../../roles/communicator.js'
import type { Slab } from './slabs.js'

export class LentSlab implements LentBuffer {
  readonly bytes: Uint8Array
  readonly slab: Slab
  #state: 'lent' | 'sent' | 'discarded' = 'lent'

  constructor(slab: Slab, bytes: number) {
    this.slab = slab
    this.bytes = new Uint8Array(slab.memory, 0, bytes)
  }

  /** The slab behind a buffer that `lend` gave; throws when it is another object, or was sent or discarded before. */
  static of(buffer: LentBuffer): LentSlab {
    if (!(buffer instanceof LentSlab)) throw new TypeError('only a buffer that lend() gave can be sent')
    if (buffer.#state !== 'lent') throw new Error(`a lent buffer was ${buffer.#state} before; lend a new one`)
    return buffer
  }

  checkSlices(slices: readonly Slice[]): void {
    const bytes = this.bytes.byteLength
    for (const { offset, length } of slices)
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes))
        throw new RangeError(`the slice ${offset} + ${length} is outside a buffer of ${bytes} bytes`)
  }

  /** It is on its way; without any holder it returns at once. */
  sent(): void {
    this.#state = 'sent'
    if (this.slab.holders.size === 0) this.slab.pool.giveBack(this.slab)
  }

  discard(): void {
    if (this.#state !== 'lent') throw new Error(`a lent buffer was ${this.#state} before and cannot be discarded`)
    this.#state = 'discarded'
    this.slab.pool.giveBack(this.slab)
  }
}
