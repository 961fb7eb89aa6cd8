// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Datasets that are written part by part (rows that are appended; grids of which whole chunks may stay empty), or again. */
import type { Dataset } from 'h5wasm/node'
import type { Grid } from '../correlators/resultGroup.js'
import { RunError } from '../errors.js'
import type { Hdf5File } from '../io/hdf5.js'
import type { Encoded } from './hdf5Encode.js'

/** Deflate level: photon data gain little from more. */
export const deflateLevel = 1
const gridChunk = 256
const copiedChunks = 1024

/** An empty float32 dataset that grows along its first axis, one chunk per row; gives the function that appends one. */
export function createGrowing(h5: Hdf5File, stored: string, rowShape: readonly number[]): (row: Float32Array) => void {
  const dataset = h5.file.create_dataset({
    name: stored.slice(1),
    data: new Float32Array(0),
    shape: [0, ...rowShape],
    maxshape: [null, ...rowShape],
    dtype: '<f',
    chunks: [1, ...rowShape.map((extent, axis) => (axis === 0 ? 1 : extent))],
    compression: 1,
    compression_opts: [deflateLevel],
  })
  let rows = 0
  return (row) => {
    dataset.resize([++rows, ...rowShape])
    dataset.write_slice([[rows - 1, rows]], row)
  }
}

/** A float64 dataset of zeros that take no space until they are written. */
export function createGrid(h5: Hdf5File, stored: string, shape: readonly number[]): void {
  const dataset = h5.file.create_dataset({
    name: stored.slice(1),
    data: new Float64Array(0),
    shape: [0, 0],
    maxshape: [null, null],
    dtype: '<d',
    chunks: shape.map((extent) => Math.max(1, Math.min(gridChunk, extent))),
  })
  dataset.resize([...shape])
}

/** Write `values` [rows x columns] into a grid. */
export function writeGrid(
  h5: Hdf5File,
  stored: string,
  [row, column]: readonly [number, number],
  [rows, columns]: readonly [number, number],
  values: Float64Array,
): void {
  const dataset = h5.file.get(stored) as Dataset
  const selection: [number, number][] = [
    [row, row + rows],
    [column, column + columns],
  ]
  if (values.length > 0) dataset.write_slice(selection, values)
}

/** Copy a grid in pieces; what is all 0 stays empty. */
export function copyGrid(h5: Hdf5File, stored: string, shape: readonly number[], write: Grid['write']): void {
  const dataset = h5.file.get(stored) as Dataset
  const [rows, columns] = shape
  for (let row = 0; row < rows; row += copiedChunks) {
    for (let column = 0; column < columns; column += copiedChunks) {
      const [lastRow, lastColumn] = [Math.min(rows, row + copiedChunks), Math.min(columns, column + copiedChunks)]
      const part = dataset.slice([
        [row, lastRow],
        [column, lastColumn],
      ]) as Float64Array
      if (part.every((value) => value === 0)) continue
      write(row, column, lastRow - row, lastColumn - column, part)
    }
  }
}

/** Put other values into a dataset of the same type and shape. */
export function overwriteValues({ file, module }: Hdf5File, stored: string, { data }: Encoded): void {
  if (Array.isArray(data)) throw new RunError(`${stored} holds text, which cannot be overwritten in place`)
  const pointer = module._malloc(Math.max(1, data.byteLength))
  try {
    module.HEAPU8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pointer)
    module.set_dataset_data(file.file_id, stored, null, null, null, BigInt(pointer))
  } finally {
    module._free(pointer)
  }
}
