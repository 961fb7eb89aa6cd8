// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Arithmetic of the viewer over rows of two-time maps. The reference is the documentation; the fast version gives the same bits. */

export interface MapKernels {
  readonly name: string
  /** Zeros where the kernels can reach them; the arguments of the others come from here. Throws RangeError when there is no room. */
  array(length: number): Float64Array
  /**
   * map[mapAt + k] = sums[sumsAt + k] / (mean * means[meansAt + k]) for k < count; what was divided by what goes to products[at + k] and
   * norms[at + k], 0 in both where the ratio is undefined.
   */
  divide(
    map: Float64Array,
    mapAt: number,
    sums: Float64Array,
    sumsAt: number,
    means: Float64Array,
    meansAt: number,
    mean: number,
    products: Float64Array,
    norms: Float64Array,
    at: number,
    count: number,
  ): void
  /** to[at + k] += values[from + k] for k < count. */
  add(to: Float64Array, at: number, values: Float64Array, from: number, count: number): void
}

export const referenceMaps: MapKernels = {
  name: 'reference',
  array: (length) => new Float64Array(length),
  divide(map, mapAt, sums, sumsAt, means, meansAt, mean, products, norms, at, count) {
    for (let k = 0; k < count; k++) {
      const norm = mean * means[meansAt + k]
      const ratio = sums[sumsAt + k] / norm
      const defined = !Number.isNaN(ratio)
      map[mapAt + k] = ratio
      products[at + k] = defined ? sums[sumsAt + k] : 0
      norms[at + k] = defined ? norm : 0
    }
  },
  add(to, at, values, from, count) {
    for (let k = 0; k < count; k++) to[at + k] += values[from + k]
  },
}

type Call = (...args: number[]) => void

/** A memory for `length` values in all. */
export function wasmMaps(module: WebAssembly.Module, length: number): MapKernels {
  const memory = new WebAssembly.Memory({ initial: 2 + Math.ceil(length / 8192), maximum: 65536 })
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const [divide, add] = [exports.divideRow as Call, exports.addValues as Call]
  let end = 65536
  const address = (array: Float64Array, at: number): number => array.byteOffset + 8 * at
  return {
    name: 'wasm',
    array(count) {
      const array = new Float64Array(memory.buffer, end, count)
      end += 8 * count
      return array
    },
    divide(map, mapAt, sums, sumsAt, means, meansAt, mean, products, norms, at, count) {
      divide(
        address(map, mapAt),
        address(sums, sumsAt),
        address(means, meansAt),
        mean,
        address(products, at),
        address(norms, at),
        count,
      )
    },
    add: (to, at, values, from, count) => add(address(to, at), address(values, from), count),
  }
}
