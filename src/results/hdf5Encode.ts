// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** How values of the program become HDF5 values: element types, shapes, chunks. */
import { deflateSync } from 'node:zlib'
import type { AttributeValue, DatasetOptions, DatasetValue } from '../correlators/resultGroup.js'
import { RunError } from '../errors.js'
import { dtypeOf, shapeText, sizeOf, type DType, type TypedArray } from '../units.js'

/** h5wasm's type letters; `S` is a UTF-8 string of variable length. */
export type H5Type = '<B' | '<b' | '<H' | '<h' | '<I' | '<i' | '<q' | '<f' | '<d' | 'S'

export type H5Data = TypedArray | BigInt64Array | string[]

export interface Encoded {
  readonly type: H5Type
  readonly shape: readonly number[]
  readonly data: H5Data
  /** Chunk shape; null = contiguous and uncompressed. */
  readonly chunks: readonly number[] | null
}

const types: Record<DType, H5Type> = {
  uint8: '<B',
  int8: '<b',
  uint16: '<H',
  int16: '<h',
  uint32: '<I',
  int32: '<i',
  float32: '<f',
  float64: '<d',
}

/** Arrays above this many bytes are compressed by default; below it a chunk index costs more than it saves. */
const compressAbove = 65_536
const chunkBytes = 1024 * 1024
const samples = 8
const sampleBytes = 4096
const worthwhile = 0.8

/** `number` becomes float64, `bigint` int64, `string` UTF-8; a scalar unless `options.shape` says otherwise. */
export function encodeDataset(name: string, value: DatasetValue, options: DatasetOptions = {}): Encoded {
  const { type, data, scalar } = encodeValue(value)
  const shape = options.shape ?? (scalar ? [] : [data.length])
  if (sizeOf(shape) !== data.length) {
    throw new RunError(
      `dataset ${name} has ${data.length} values but shape ${shapeText(shape)}: give the shape of the values`,
      { name, shape, length: data.length },
    )
  }
  const bytes = Array.isArray(data) ? 0 : data.byteLength
  const possible = type !== 'S' && data.length > 0 && shape.length > 0
  const compress = possible && (options.compress ?? (bytes > compressAbove && shrinks(data)))
  return { type, shape, data, chunks: compress ? chunksFor(shape, bytes / data.length) : null }
}

/** Integers become int64, other numbers float64. */
export function encodeAttribute(value: AttributeValue): Omit<Encoded, 'chunks'> {
  if (typeof value === 'string') return { type: 'S', shape: [], data: [value] }
  if (typeof value === 'number') return { ...encodeNumbers([value]), shape: [] }
  if (value.length > 0 && value.every((item) => typeof item === 'string'))
    return { type: 'S', shape: [value.length], data: [...value] }
  return { ...encodeNumbers(value as readonly number[]), shape: [value.length] }
}

/** Whether deflate is worth its time, judged on samples: means of noisy photon counts hardly shrink, label maps do. */
function shrinks(data: H5Data): boolean {
  if (Array.isArray(data)) return false
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const step = Math.floor(bytes.length / samples)
  const sampled = Array.from({ length: samples }, (_, i) => bytes.subarray(i * step, i * step + sampleBytes))
  const sample = Buffer.concat(sampled)
  return deflateSync(sample, { level: 1 }).length < worthwhile * sample.length
}

function encodeNumbers(values: readonly number[]): { type: H5Type; data: H5Data } {
  if (values.every((value) => Number.isSafeInteger(value))) {
    return { type: '<q', data: BigInt64Array.from(values, (value) => BigInt(value)) }
  }
  return { type: '<d', data: Float64Array.from(values) }
}

function encodeValue(value: DatasetValue): { type: H5Type; data: H5Data; scalar: boolean } {
  if (typeof value === 'number') return { type: '<d', data: Float64Array.of(value), scalar: true }
  if (typeof value === 'bigint') return { type: '<q', data: BigInt64Array.of(value), scalar: true }
  if (typeof value === 'string') return { type: 'S', data: [value], scalar: true }
  if (value instanceof BigInt64Array) return { type: '<q', data: value, scalar: false }
  if (ArrayBuffer.isView(value)) return { type: types[dtypeOf(value)], data: value, scalar: false }
  return { type: 'S', data: [...value], scalar: false }
}

/** A chunk of at most 1 MiB: whole rows of the trailing axes, leading axes cut first. */
export function chunksFor(shape: readonly number[], bytesPerValue: number): number[] {
  const chunks = [...shape]
  for (let axis = 0; axis < chunks.length; axis++) {
    const rest = sizeOf(chunks.slice(axis + 1)) * bytesPerValue
    chunks[axis] = Math.max(1, Math.min(shape[axis]!, Math.floor(chunkBytes / rest)))
    if (chunks[axis]! > 1) break
  }
  return chunks
}

const arrays = {
  '<B': Uint8Array,
  '<b': Int8Array,
  '<H': Uint16Array,
  '<h': Int16Array,
  '<I': Uint32Array,
  '<i': Int32Array,
  '<f': Float32Array,
  '<d': Float64Array,
} as const

/** What h5wasm reads from a dataset of `type`, in a form that `encodeDataset` turns into the same type again. */
export function decodeValue(type: H5Type, value: unknown): DatasetValue {
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return value as DatasetValue
  if (type === 'S') return String(value)
  return type === '<q' ? BigInt(value as bigint) : arrays[type].of(Number(value))
}
