// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The words that every room uses. No code beyond the smallest helpers.
 *
 * - tick: an integer detector clock value; a *counter* is the tick of one event.
 * - element: one detector pixel that the mask lets through, numbered 0.. in detector order.
 * - delay: ticks between the earlier and the later event of a pair.
 */

/** Element types that detector data and buffers can have. */
export type DType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64'

/** Types that whole values of a worker's rolling buffer can have, narrow to wide. */
export type RowDType = 'uint8' | 'uint16' | 'int16' | 'float32' | 'float64'

/** The same, and one bit per value with a list of what exceeds 1. */
export type StoreDType = 'bit' | RowDType

export type TypedArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array

type Constructor = {
  new (length: number): TypedArray
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray
  readonly BYTES_PER_ELEMENT: number
}

const constructors: Record<DType, Constructor> = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
}

/** Bytes of one value of `dtype`. */
export function bytesOf(dtype: DType): number {
  return constructors[dtype].BYTES_PER_ELEMENT
}

/** A zeroed array of `length` values of `dtype`. */
export function allocate(dtype: DType, length: number): TypedArray {
  return new constructors[dtype](length)
}

/** A view of `length` values of `dtype` at `byteOffset` of `buffer`; `byteOffset` must be a multiple of the value size. */
export function viewOf(dtype: DType, buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray {
  return new constructors[dtype](buffer, byteOffset, length)
}

/** The dtype name of a typed array. */
export function dtypeOf(array: TypedArray): DType {
  for (const [name, type] of Object.entries(constructors)) if (array instanceof type) return name as DType
  throw new TypeError(`not a numeric typed array: ${Object.prototype.toString.call(array)}`)
}

/** Number of values in an array of `shape`; 1 for a scalar `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** `12 x 11`, as users read it. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join(' x ')
}

/** `1.5 GiB`, as users read it. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  let value = bytes
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** For the end of every `switch` over a union: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
