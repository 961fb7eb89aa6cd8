// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Arithmetic of the viewer over blocks of two-time maps. The reference is the documentation; the fast version gives the same bits. */

/** Parts of equal age of every line of constant lag. */
export const ageParts = 16

/** Sums along the lines of constant lag: of <I(t1) I(t2)> (`products`) and <I(t1)><I(t2)> (`norms`), up to a common factor. */
export interface AgeSums {
  /** Frames of the map. */
  readonly frames: number
  /** Windows of age, and the frames of each. */
  readonly windows: number
  readonly length: number
  /** [part * frames + lag] */
  readonly products: Float64Array
  readonly norms: Float64Array
  /** [window * length + lag] of the points with both frames in the window. */
  readonly ownProducts: Float64Array
  readonly ownNorms: Float64Array
}

/** `sums` as in the block, `map` [rows * columns] for the result, mean intensity per frame of the map; NaN = none. */
export interface MapArrays {
  readonly map: Float64Array
  readonly sums: Float64Array
  readonly means: Float64Array
}

/** Frames `row`.. are the earlier, `column`.. the later; the sum of (i, j) is at offset + i * stride + j. */
export interface MapPlace {
  readonly row: number
  readonly rows: number
  readonly column: number
  readonly columns: number
  readonly offset: number
  readonly stride: number
}

export interface MapKernels {
  readonly name: string
  /** Zeros where the kernels can reach them; the arrays of `block` come from here. Throws RangeError when there is no room. */
  array(length: number): Float64Array
  /**
   * map[i * columns + j] = sum / (`elements` * mean * mean), 0 where the row is later than the column. What was divided by what is
   * added to the sums of ages, row by row: all points above the diagonal whose ratio is defined. `elements` of the color.
   */
  block(arrays: MapArrays, place: MapPlace, elements: number, ages: AgeSums): void
}

export const referenceMaps: MapKernels = {
  name: 'reference',
  array: (length) => new Float64Array(length),
  block({ map, sums, means }, { row, rows, column, columns, offset, stride }, elements, ages) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const [t1, t2] = [row + i, column + j]
        const norm = means[t1] * elements * means[t2]
        const sum = sums[offset + i * stride + j]
        map[i * columns + j] = t1 > t2 ? 0 : sum / norm
        if (t1 < t2 && !Number.isNaN(sum / norm)) addPoint(ages, t1, t2, sum, norm)
      }
    }
  },
}

function addPoint(ages: AgeSums, t1: number, t2: number, product: number, norm: number): void {
  const { frames, windows, length } = ages
  const lag = t2 - t1
  const part = Math.floor((t1 * ageParts) / (frames - lag))
  ages.products[part * frames + lag] += product
  ages.norms[part * frames + lag] += norm
  const window = Math.floor(t1 / length)
  if (length === 0 || window >= windows || t2 >= (window + 1) * length) return
  ages.ownProducts[window * length + lag] += product
  ages.ownNorms[window * length + lag] += norm
}

type Call = (...args: number[]) => void

/** A memory for `length` values in all. */
export function wasmMaps(module: WebAssembly.Module, length: number): MapKernels {
  const memory = new WebAssembly.Memory({ initial: 2 + Math.ceil(length / 8192), maximum: 65536 })
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const [useMaps, mapBlock] = [exports.useMaps as Call, exports.mapBlock as Call]
  let end = 65536
  return {
    name: 'wasm',
    array(count) {
      const array = new Float64Array(memory.buffer, end, count)
      end += 8 * count
      return array
    },
    block({ map, sums, means }, { row, rows, column, columns, offset, stride }, elements, ages) {
      const { frames, windows, length, products, norms, ownProducts, ownNorms } = ages
      const places = [products, norms, ownProducts, ownNorms].map((array) => array.byteOffset)
      useMaps(frames, windows, length, ...places)
      const from = sums.byteOffset + 8 * offset
      mapBlock(map.byteOffset, from, means.byteOffset, row, rows, column, columns, stride, elements)
    },
  }
}
