// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Counts of 16 bits as bytes, in a small memory of their own that stays in the cache. `narrowed` is the documentation.
 *
 *     memory  | 64 KiB unused | values, then their bytes |
 */
import { kernelModule } from './kernelModule.js'
import { pageBytes } from './memory.js'
import './webassembly.js'

const valuesAt = pageBytes
/** As assembly/narrow.ts takes them. */
const valuesAtOnce = 32

/** The values as bytes, or null where one of them is larger than 255. */
export function narrowed(values: Uint16Array): Uint8Array | null {
  return values.every((value) => value <= 255) ? Uint8Array.from(values) : null
}

export class Narrower {
  /** Place of the values. */
  readonly values: Uint16Array
  readonly #bytes: Uint8Array
  readonly #narrow: (at: number, count: number) => number

  /** For up to `room` values. */
  constructor(room: number) {
    const pages = 1 + Math.ceil((2 * (room + valuesAtOnce)) / pageBytes)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    this.values = new Uint16Array(memory.buffer, valuesAt)
    this.#bytes = new Uint8Array(memory.buffer, valuesAt)
    this.#narrow = new WebAssembly.Instance(kernelModule('narrow.wasm'), { env: { memory } }).exports.narrow as never
  }

  /** The first `count` values as bytes, in their place, which they lose; null where one of them is larger than 255. */
  narrow(count: number): Uint8Array | null {
    const padded = Math.ceil(count / valuesAtOnce) * valuesAtOnce
    this.values.fill(0, count, padded)
    return this.#narrow(valuesAt, padded) === 1 ? this.#bytes.subarray(0, count) : null
  }
}
