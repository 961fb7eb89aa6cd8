// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The header of a `.npy` file, versions 1 to 3: magic, version, header length, then a Python dict as text. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { InputError } from '../errors.js'
import { bytesText, sizeOf, type DType } from '../units.js'

/** How one value is stored: 64-bit integers become float64 on reading, booleans uint8. */
type Stored = DType | 'int64' | 'uint64'

export interface NpyHeader {
  readonly shape: readonly number[]
  /** Type of the values after reading. */
  readonly dtype: DType
  readonly stored: Stored
  readonly bigEndian: boolean
  /** Bytes of one stored value. */
  readonly itemBytes: number
  /** Bytes before the first value. */
  readonly offset: number
}

const storedTypes: Record<string, readonly [stored: Stored, dtype: DType]> = {
  b1: ['uint8', 'uint8'],
  u1: ['uint8', 'uint8'],
  i1: ['int8', 'int8'],
  u2: ['uint16', 'uint16'],
  i2: ['int16', 'int16'],
  u4: ['uint32', 'uint32'],
  i4: ['int32', 'int32'],
  u8: ['uint64', 'float64'],
  i8: ['int64', 'float64'],
  f4: ['float32', 'float32'],
  f8: ['float64', 'float64'],
}

/** Read and check the header of `path`: it is an `.npy` of real numbers in C order and holds as many bytes as it promises. */
export function readNpyHeader(path: string): NpyHeader {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new InputError(`${path} does not exist: check the path`, { path })
  if (!stat.isFile()) throw new InputError(`${path} is not a file: give the .npy file itself`, { path })
  const header = parseNpyHeader(readStart(path), path, stat.size)
  const expected = header.offset + sizeOf(header.shape) * header.itemBytes
  if (stat.size < expected) throw truncated(path, stat.size, expected)
  return header
}

function truncated(path: string, bytes: number, expected: number): InputError {
  return new InputError(`${path} has ${bytes} of ${expected} bytes: the file is truncated, copy it again`, {
    path,
    bytes,
    expected,
  })
}

/** Enough for any header written by numpy for plain arrays. */
function readStart(path: string): Buffer {
  const start = Buffer.alloc(65_536)
  const fd = openSync(path, 'r')
  try {
    return start.subarray(0, readSync(fd, start, 0, start.length, 0))
  } finally {
    closeSync(fd)
  }
}

function parseNpyHeader(start: Buffer, path: string, bytes: number): NpyHeader {
  if (start.length < 6 || start.toString('latin1', 0, 6) !== '\x93NUMPY') {
    throw new InputError(
      `${path} is not a .npy file (${bytesText(bytes)}, no NUMPY signature): save it with numpy.save`,
      { path, bytes },
    )
  }
  const version = start[6] ?? 0
  if (version < 1 || version > 3)
    throw new InputError(`${path} is a .npy file of unknown version ${version}: save it again with numpy.save`, {
      path,
      version,
    })
  const textStart = version === 1 ? 10 : 12
  if (start.length < textStart) throw truncated(path, bytes, textStart)
  const textBytes = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8)
  const offset = textStart + textBytes
  if (start.length < offset) throw truncated(path, bytes, offset)
  return parseDict(start.toString(version === 3 ? 'utf8' : 'latin1', textStart, offset), offset, path)
}

/** `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }` */
function parseDict(text: string, offset: number, path: string): NpyHeader {
  const descr = /'descr':\s*(?:'([^']*)'|(\[.*?\]))\s*,/.exec(text)
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1]
  const extents = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1]
  if (descr === null || order === undefined || extents === undefined) {
    throw new InputError(
      `${path} has a .npy header that cannot be read (${text.trim()}): save it again with numpy.save`,
      { path, header: text },
    )
  }
  const shape = extents
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => Number.parseInt(part, 10))
  const type = descr[1] ?? 'record'
  const known = storedTypes[type.replace(/^[<>=|]/, '')]
  if (known === undefined) {
    throw new InputError(
      `${path} holds values of type '${descr[1] ?? descr[2]}', not real numbers of 1, 2, 4 or 8 bytes: save it with array.astype(...)`,
      { path, descr: descr[1] ?? descr[2] },
    )
  }
  if (order === 'True' && shape.filter((extent) => extent > 1).length > 1) {
    throw new InputError(
      `${path} is stored in Fortran order, which puts the frames last: save numpy.ascontiguousarray(array)`,
      { path, shape },
    )
  }
  return {
    shape,
    dtype: known[1],
    stored: known[0],
    bigEndian: type.startsWith('>'),
    itemBytes: Number(type.at(-1)),
    offset,
  }
}

const descriptions: Record<DType, string> = {
  uint8: '|u1',
  int8: '|i1',
  uint16: '<u2',
  int16: '<i2',
  uint32: '<u4',
  int32: '<i4',
  float32: '<f4',
  float64: '<f8',
}

/** Header of version 1 for an array in C order, padded so that the values begin at a multiple of 64 bytes. `stored` defaults to `dtype`. */
export function npyHeaderBytes(dtype: DType | 'int64', shape: readonly number[]): Buffer {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const descr = dtype === 'int64' ? '<i8' : descriptions[dtype]
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${extents}), }`
  const text = `${dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11)}\n`
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1')
  head.writeUInt16LE(text.length, 8)
  return Buffer.concat([head, Buffer.from(text, 'latin1')])
}
