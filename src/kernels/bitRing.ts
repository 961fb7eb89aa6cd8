// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A ring of counts that are almost all 0 or 1 (store 'bit'): x = b + e with b one bit, and e = x - 1 listed where x > 1.
 *
 *     rows      [elements][rowLength / 8]  bytes; bit k mod 8 of byte floor(k / 8) is the value at position k
 *     presence  [rowLength]                uint8, as in every ring
 *     work      [rowLength + 128]          uint8, one row for the kernels
 *     control   int32 {chunks ever used, first free chunk, free chunks behind it, chunks there are}, in 64 bytes
 *     lists     [elements] chunks          the exceptions of each element, in any order
 *     chunks    [chunks]                   what does not fit there
 *
 * A chunk is uint32 {next, 7 exceptions}: next = 0, or one more than the number of another chunk; an exception is 0 (free
 * place), or position x 256 + e with a position below `span`. When a list is full, it moves to a chunk and starts anew.
 * Counts go up to 255, positions to 2^24; `rowLength` is a multiple of 64.
 */
import type { RingPlace } from './pairKernels.js'

const chunkBytes = 32
const perChunk = 7

/** Longest ring. */
export const bitSpanMost = 2 ** 24

/** Where the parts of a ring of bits begin, in bytes. */
export function bitPlaces({ at, rowLength, elements }: Pick<RingPlace, 'at' | 'rowLength' | 'elements'>) {
  const presence = at + elements * (rowLength / 8)
  const work = presence + rowLength
  const control = work + rowLength + 128
  const lists = control + 64
  return { presence, work, control, lists, chunks: lists + elements * chunkBytes }
}

/** Bytes of a ring with room for `chunks` chunks. */
export function bitRingBytes(elements: number, rowLength: number, chunks: number): number {
  return bitPlaces({ at: 0, rowLength, elements }).chunks + chunks * chunkBytes
}

/** `count` bits from `at` as uint8 0 and 1, a copy. */
export function bitsToBytes(buffer: ArrayBuffer, at: number, count: number): Uint8Array {
  const bytes = new Uint8Array(buffer, at, Math.ceil(count / 8))
  return Uint8Array.from({ length: count }, (_, k) => (bytes[k >> 3] >> (k & 7)) & 1)
}

/** A ring of bits seen from TypeScript: every value by itself. */
export class BitRing {
  readonly #ring: RingPlace
  readonly #bytes: Uint8Array
  /** All words of the memory. */
  readonly #words: Uint32Array
  readonly #control: Uint32Array
  readonly #lists: number
  readonly #chunks: number

  constructor(buffer: ArrayBuffer, ring: RingPlace) {
    const { control, lists, chunks } = bitPlaces(ring)
    this.#ring = ring
    this.#bytes = new Uint8Array(buffer)
    this.#words = new Uint32Array(buffer)
    this.#control = this.#words.subarray(control / 4, control / 4 + 4)
    this.#lists = lists / 4
    this.#chunks = chunks / 4
  }

  /** Exceptions that can be stored for certain. */
  get room(): number {
    const [used, , free, all] = this.#control
    return all - used + free
  }

  /** Chunks there are; whoever makes room for more says so here. */
  get chunks(): number {
    return this.#control[3]
  }

  set chunks(count: number) {
    this.#control[3] = count
  }

  get presence(): Uint8Array {
    const { presence } = bitPlaces(this.#ring)
    return this.#bytes.subarray(presence, presence + this.#ring.rowLength)
  }

  /** The value at a position below `span`. */
  get(element: number, position: number): number {
    if (!this.#bit(element, position)) return 0
    for (const [at, e] of this.exceptionsOf(element)) if (at === position) return 1 + e
    return 1
  }

  /** A whole row, mirror included, as a copy. */
  row(element: number): Uint8Array {
    const { rowLength, span, mirror } = this.#ring
    const row = bitsToBytes(this.#bytes.buffer as ArrayBuffer, this.#byte(element, 0), rowLength)
    for (const [position, e] of this.exceptionsOf(element)) {
      row[position] += e
      if (position < mirror) row[position + span] += e
    }
    return row
  }

  /** Store a value where there is none yet. */
  put(element: number, position: number, value: number): void {
    const { span, mirror } = this.#ring
    if (value === 0) return
    this.#bytes[this.#byte(element, position)] |= 1 << (position & 7)
    if (position < mirror) this.#bytes[this.#byte(element, position + span)] |= 1 << (position & 7)
    if (value > 1) this.#add(element, 256 * position + value - 1)
  }

  /** Zero the positions [from, from + length), which lie in the ring or in its mirror. */
  zero(from: number, length: number): void {
    for (let element = 0; element < this.#ring.elements; element++) {
      for (let position = from; position < from + length; position++) {
        this.#bytes[this.#byte(element, position)] &= ~(1 << (position & 7))
      }
      this.#drop(element, from, from + length)
    }
    this.presence.fill(0, from, from + length)
  }

  /** [position, e] of an element. */
  *exceptionsOf(element: number): Generator<[number, number]> {
    for (let chunk = this.#list(element); chunk > 0; chunk = this.#next(chunk)) {
      for (let i = 1; i <= perChunk; i++) {
        const exception = this.#words[chunk + i]
        if (exception !== 0) yield [exception >>> 8, exception & 255]
      }
    }
  }

  #byte(element: number, position: number): number {
    return this.#ring.at + element * (this.#ring.rowLength / 8) + (position >> 3)
  }

  #bit(element: number, position: number): boolean {
    return ((this.#bytes[this.#byte(element, position)] >> (position & 7)) & 1) === 1
  }

  /** Places of chunks count words; 0 = none. */
  #list(element: number): number {
    return this.#lists + element * (chunkBytes / 4)
  }

  #chunk(number: number): number {
    return this.#chunks + number * (chunkBytes / 4)
  }

  #next(chunk: number): number {
    const next = this.#words[chunk]
    return next === 0 ? 0 : this.#chunk(next - 1)
  }

  #add(element: number, exception: number): void {
    const list = this.#list(element)
    let free = 1
    while (free <= perChunk && this.#words[list + free] !== 0) free++
    if (free > perChunk) {
      const number = this.#take()
      this.#words.copyWithin(this.#chunk(number), list, list + 1 + perChunk)
      this.#words.fill(0, list, list + 1 + perChunk)
      this.#words[list] = number + 1
      free = 1
    }
    this.#words[list + free] = exception
  }

  /** The number of an unused chunk. */
  #take(): number {
    const [used, first, free] = this.#control
    if (free === 0) {
      this.#control[0] = used + 1
      return used
    }
    this.#control[1] = this.#words[this.#chunk(first)]
    this.#control[2] = free - 1
    return first
  }

  /** Forget exceptions at [from, to), and free chunks that become empty. */
  #drop(element: number, from: number, to: number): void {
    let before = this.#list(element)
    this.#clear(before, from, to)
    while (this.#words[before] !== 0) {
      const number = this.#words[before] - 1
      const chunk = this.#chunk(number)
      if (this.#clear(chunk, from, to) > 0) before = chunk
      else {
        this.#words[before] = this.#words[chunk]
        this.#words[chunk] = this.#control[1]
        this.#control[1] = number
        this.#control[2]++
      }
    }
  }

  /** The same in one chunk; returns how many exceptions remain. */
  #clear(chunk: number, from: number, to: number): number {
    let left = 0
    for (let at = chunk + 1; at <= chunk + perChunk; at++) {
      const position = this.#words[at] >>> 8
      if (position >= from && position < to) this.#words[at] = 0
      if (this.#words[at] !== 0) left++
    }
    return left
  }
}
