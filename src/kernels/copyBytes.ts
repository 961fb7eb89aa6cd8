// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Copies stretches of values into and out of shared memory and the memory of kernels. `TypedArray.set` moves shared memory word by word,
 * as the language's memory model asks, at 6-10 GB/s; a buffer's own `fill` moves bytes as the machine does, at 13, from the cache at 25.
 * Nobody writes to a block that was handed over, and nobody reads one that is being filled.
 */
import type { TypedArray } from '../units.js'

/** Below this the call itself costs more. */
const fewBytes = 512

/** The target of copies, in a memory that does not grow before they are done. */
export function bytesAt(memory: ArrayBufferLike, at: number, length: number): Buffer {
  return Buffer.from(memory as ArrayBuffer, at, length)
}

/** Copy the values [from, from + count) of `source` to byte `at` of `target`. */
export function copyValues(target: Buffer, at: number, source: TypedArray, from: number, count: number): void {
  const size = source.BYTES_PER_ELEMENT
  const values = new Uint8Array(source.buffer, source.byteOffset + from * size, count * size)
  if (values.length < fewBytes) target.set(values, at)
  else target.fill(values, at, at + values.length)
}
