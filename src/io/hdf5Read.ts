// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Reading HDF5: finding datasets, numbers in blocks, text and attributes. */
import type { Dataset, Group } from 'h5wasm/node'
import { InputError } from '../errors.js'
import { allocate, sizeOf, type DType, type TypedArray } from '../units.js'
import { hdf5Reason, type Hdf5File } from './hdf5.js'
import { requireDecoders } from './hdf5Filters.js'

/** Bytes that one read asks from the library; larger blocks are not faster and cost twice their size. */
const readBytes = 32 * 1024 * 1024

/** The object at `name`, or null; a dangling link counts as absent. */
export function lookUp(h5: Hdf5File, name: string): Dataset | Group | null {
  try {
    const found = h5.file.get(name)
    return found !== null && 'type' in found && (found.type === 'Dataset' || found.type === 'Group')
      ? (found as Dataset | Group)
      : null
  } catch {
    return null
  }
}

/** The dataset at `name`; throws InputError that lists the nearest names, and tells links whose target is missing. */
export function requireDataset(h5: Hdf5File, name: string): Dataset {
  const found = lookUp(h5, name)
  if (found?.type === 'Dataset') return found as Dataset
  const link = brokenLink(h5, name)
  if (link !== null) {
    throw new InputError(
      `${name} in ${h5.path} is a link to ${link}, which is missing: put the linked file in its place`,
      { path: h5.path, name, link },
    )
  }
  const names = nearestNames(name, listDatasets(h5))
  const there = names.length === 0 ? 'it holds no datasets' : `it holds ${names.join(', ')}`
  throw new InputError(`no dataset ${name} in ${h5.path}: ${there}`, { path: h5.path, name, names })
}

function brokenLink(h5: Hdf5File, name: string): string | null {
  try {
    const found = h5.file.get(name)
    if (found === null) return null
    if ('filename' in found && 'obj_path' in found) return `${found.filename}:${found.obj_path}`
    return 'target' in found ? found.target : null
  } catch {
    return null
  }
}

/** Absolute names of all datasets, in the file's order; links whose target is missing are left out. */
export function listDatasets(h5: Hdf5File): string[] {
  return h5.file
    .paths()
    .map((path) => `/${path}`)
    .filter((path) => lookUp(h5, path)?.type === 'Dataset')
}

/** The `limit` names that share most with `name`, nearest first. */
function nearestNames(name: string, names: readonly string[], limit = 8): string[] {
  const words = (text: string) => new Set(text.toLowerCase().split(/[^a-z0-9]+/))
  const wanted = words(name)
  const score = (text: string) => [...words(text)].filter((word) => wanted.has(word)).length
  return [...names].sort((a, b) => score(b) - score(a)).slice(0, limit)
}

/** Numeric type that values of `dataset` have after reading: 64-bit integers become float64. Throws InputError for anything not real. */
export function datasetDType(h5: Hdf5File, dataset: Dataset): DType {
  const { type, size, signed, enum_type } = dataset.metadata
  const classes = h5.module.H5T_class_t
  const kind = type === classes.H5T_ENUM.value && enum_type !== undefined ? classes.H5T_INTEGER.value : type
  if (kind === classes.H5T_INTEGER.value && size === 8) return 'float64'
  if (kind === classes.H5T_INTEGER.value) return `${signed ? 'int' : 'uint'}${size * 8}` as DType
  if (kind === classes.H5T_FLOAT.value && (size === 4 || size === 8)) return `float${size * 8}` as DType
  throw new InputError(
    `dataset ${dataset.path} of ${h5.path} is not of a real number type (${JSON.stringify(dataset.dtype)}): store it as integer, float32 or float64`,
    {
      path: h5.path,
      dataset: dataset.path,
    },
  )
}

/** Rows `from..to-1` of axis 0 (`to` defaults to all), in slices of tens of MB. Throws InputError, also for a filter without decoder. */
export function readRows(h5: Hdf5File, dataset: Dataset, from = 0, to?: number, out?: TypedArray): TypedArray {
  const { shape } = dataset
  if (shape === null) {
    throw new InputError(`dataset ${dataset.path} of ${h5.path} holds no values: check what wrote it`, {
      path: h5.path,
    })
  }
  requireDecoders(dataset.filters, dataset.path, h5.path)
  const dtype = datasetDType(h5, dataset)
  const rows = shape[0] ?? 1
  const end = to ?? rows
  const rowSize = sizeOf(shape.slice(1))
  const target = out ?? allocate(dtype, (end - from) * rowSize)
  const step = Math.max(1, Math.floor(readBytes / (rowSize * dataset.metadata.size)))
  for (let row = from; row < end; row += step) {
    const last = Math.min(end, row + step)
    target.set(sliceOf(h5, dataset, row, last), (row - from) * rowSize)
  }
  return target
}

function sliceOf(h5: Hdf5File, dataset: Dataset, from: number, to: number): ArrayLike<number> {
  let value: unknown
  try {
    value = dataset.shape?.length === 0 ? dataset.value : dataset.slice([[from, to]])
  } catch (error) {
    const reason = hdf5Reason(error)
    throw new InputError(
      `dataset ${dataset.path} of ${h5.path} cannot be read at rows ${from}..${to - 1} (${reason}): copy the file again`,
      { path: h5.path },
      { cause: error },
    )
  }
  if (typeof value === 'number' || typeof value === 'bigint') return [safeNumber(value, dataset.path, h5.path)]
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    return Float64Array.from(value, (v) => safeNumber(v, dataset.path, h5.path))
  }
  if (ArrayBuffer.isView(value)) return value as TypedArray
  throw new InputError(`dataset ${dataset.path} of ${h5.path} could not be read: check it with h5dump`, {
    path: h5.path,
  })
}

function safeNumber(value: number | bigint, dataset: string, path: string): number {
  const number = Number(value)
  if (typeof value === 'bigint' && !Number.isSafeInteger(number)) {
    throw new InputError(
      `dataset ${dataset} of ${path} holds ${value}, beyond the exact integers (2^53): subtract an offset`,
      { path, value: String(value) },
    )
  }
  return number
}

/** A whole dataset as numbers. Meant for small arrays (masks, counters); frames are read with `readRows`. */
export function readDataset(h5: Hdf5File, name: string): { shape: number[]; dtype: DType; data: TypedArray } {
  const dataset = requireDataset(h5, name)
  return { shape: [...(dataset.shape ?? [])], dtype: datasetDType(h5, dataset), data: readRows(h5, dataset) }
}

/** First number at `name`, or null where there is none (absent, text, empty). Never throws for absence. */
export function readNumber(h5: Hdf5File, name: string): number | null {
  const found = lookUp(h5, name)
  if (found?.type !== 'Dataset') return null
  const dataset = found as Dataset
  if (dataset.shape === null || sizeOf(dataset.shape) === 0) return null
  try {
    return readRows(h5, dataset, 0, 1)[0] ?? null
  } catch {
    return null
  }
}

/** The text at `name`, or null. */
export function readText(h5: Hdf5File, name: string): string | null {
  const found = lookUp(h5, name)
  if (found?.type !== 'Dataset') return null
  const value = (found as Dataset).value
  return typeof value === 'string' ? value : Array.isArray(value) && typeof value[0] === 'string' ? value[0] : null
}

/** The attribute `attribute` of the object at `name` as text or number, or null. */
export function readAttribute(h5: Hdf5File, name: string, attribute: string): string | number | null {
  const value: unknown = lookUp(h5, name)?.attrs[attribute]?.value
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' || typeof value === 'number' ? value : null
}
