// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * `.npy` files: small ones whole (masks, counters), large ones in blocks of rows by position, so that a file may be larger
 * than memory and than 4 GiB. Values come out in the machine's byte order; 64-bit integers as float64, checked to be exact.
 */
import { closeSync, openSync, readSync, readvSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { InputError } from '../errors.js'
import { allocate, dtypeOf, sizeOf, viewOf, type DType, type TypedArray } from '../units.js'
import { npyHeaderBytes, readNpyHeader, type NpyHeader } from './npyHeader.js'

export interface NpyArray {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** C order. */
  readonly data: TypedArray
}

export interface NpyFile {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Rows `from..to-1` of axis 0, into the start of `out` (same dtype) when given. */
  readRows(from: number, to: number, out?: TypedArray): Promise<TypedArray>
  /** The bytes from row `from` of axis 0 on, one buffer after the other; null where stored values are not those of memory. */
  readonly readBytes: ((from: number, buffers: readonly Uint8Array[]) => void) | null
  close(): Promise<void>
}

/** Largest number of bytes that one system call reads. */
const callBytes = 1 << 30
/** Largest number of buffers that one system call fills. */
const callBuffers = 1024

/** The whole array. Throws InputError with one sentence: missing, not .npy, truncated, Fortran order, not real numbers. */
export function readNpy(path: string): NpyArray {
  const header = readNpyHeader(path)
  const bytes = new Uint8Array(sizeOf(header.shape) * header.itemBytes)
  const fd = openSync(path, 'r')
  try {
    for (let at = 0; at < bytes.length; ) {
      const got = readSync(fd, bytes, at, Math.min(callBytes, bytes.length - at), header.offset + at)
      if (got === 0) throw shrunk(path)
      at += got
    }
  } finally {
    closeSync(fd)
  }
  return { shape: header.shape, dtype: header.dtype, data: decode(bytes, header, path) }
}

/** Open for reads in blocks; a scalar counts as one row. */
export async function openNpy(path: string): Promise<NpyFile> {
  const header = readNpyHeader(path)
  const file = await open(path, 'r')
  const rowSize = sizeOf(header.shape.slice(1))
  return {
    shape: header.shape,
    dtype: header.dtype,
    readRows: async (from, to, out) => {
      const rows = header.shape[0] ?? 1
      if (from < 0 || to < from || to > rows) throw new RangeError(`rows ${from}..${to} outside 0..${rows} of ${path}`)
      const size = (to - from) * rowSize
      const direct = out !== undefined && header.itemBytes === out.BYTES_PER_ELEMENT && !header.stored.endsWith('64')
      const bytes = direct
        ? new Uint8Array(out.buffer, out.byteOffset, size * header.itemBytes)
        : new Uint8Array(size * header.itemBytes)
      const start = header.offset + from * rowSize * header.itemBytes
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, Math.min(callBytes, bytes.length - at), start + at)
        if (bytesRead === 0) throw shrunk(path)
        at += bytesRead
      }
      const values = decode(bytes, header, path)
      if (out === undefined) return values
      if (!direct) out.set(values)
      return out
    },
    readBytes:
      header.bigEndian || header.stored !== header.dtype
        ? null
        : (from, buffers) => readAll(file.fd, header.offset + from * rowSize * header.itemBytes, buffers, path),
    close: () => file.close(),
  }
}

/** Fill `buffers`, none of them empty, with what lies from byte `start` on. */
function readAll(fd: number, start: number, buffers: readonly Uint8Array[], path: string): void {
  let at = start
  for (let first = 0; first < buffers.length; ) {
    const some = buffers.slice(first, first + callBuffers)
    const bytesRead = readvSync(fd, some, at)
    if (bytesRead === 0) throw shrunk(path)
    at += bytesRead
    let left = bytesRead
    for (; left > 0 && left >= buffers[first].length; first++) left -= buffers[first].length
    if (left === 0) continue
    const rest = buffers[first].subarray(left)
    readAll(fd, at, [rest], path)
    at += rest.length
    first++
  }
}

function shrunk(path: string): InputError {
  return new InputError(`${path} became shorter while it was read: wait until its writer has finished and run again`, {
    path,
  })
}

/** Stored bytes as numbers; the result shares memory with `bytes`. */
function decode(bytes: Uint8Array, header: NpyHeader, path: string): TypedArray {
  if (header.bigEndian) swapBytes(bytes, header.itemBytes)
  const length = bytes.length / header.itemBytes
  if (header.stored === 'int64' || header.stored === 'uint64')
    return exactIntegers(bytes, length, header.stored === 'int64', path)
  return viewOf(header.stored, bytes.buffer, bytes.byteOffset, length)
}

function swapBytes(bytes: Uint8Array, itemBytes: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (itemBytes === 2) buffer.swap16()
  else if (itemBytes === 4) buffer.swap32()
  else if (itemBytes === 8) buffer.swap64()
}

/** 64-bit integers, converted in place; throws when one is beyond 2^53 - 1. */
function exactIntegers(bytes: Uint8Array, length: number, signed: boolean, path: string): Float64Array {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, length * 2)
  const values = new Float64Array(bytes.buffer, bytes.byteOffset, length)
  for (let i = 0; i < length; i++) {
    const low = words[2 * i] as number
    const high = words[2 * i + 1] as number
    const value = (signed ? high | 0 : high) * 4_294_967_296 + low
    if (!Number.isSafeInteger(value)) {
      throw new InputError(
        `${path} holds ${value} at position ${i}, beyond the exact integers (2^53): subtract an offset`,
        { path, value, position: i },
      )
    }
    values[i] = value
  }
  return values
}

/** Write `data` of `shape` (default: one axis) in C order. Throws RangeError when the shape does not fit. */
export function writeNpy(path: string, data: TypedArray, shape: readonly number[] = [data.length]): void {
  if (sizeOf(shape) !== data.length)
    throw new RangeError(`shape ${shape.join(' x ')} does not fit ${data.length} values`)
  const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  writeFileSync(path, Buffer.concat([npyHeaderBytes(dtypeOf(data), shape), body]))
}

/** Write integers (counters) as int64, as numpy holds them. Throws RangeError for a value that is not an exact integer. */
export function writeNpyInt64(path: string, values: ArrayLike<number>): void {
  const words = allocate('uint32', values.length * 2)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} at position ${i} is not an exact integer`)
    words[2 * i] = value % 4_294_967_296
    words[2 * i + 1] = Math.floor(value / 4_294_967_296)
  }
  const body = Buffer.from(words.buffer, words.byteOffset, words.byteLength)
  writeFileSync(path, Buffer.concat([npyHeaderBytes('int64', [values.length]), body]))
}
