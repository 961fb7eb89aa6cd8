// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sums of rows of values into a wider row: out[to + i] += data[row + i] for every row. `addRow` is the documentation and serves
 * every type; `RowAdder` is the fast version for integers of at most 16 bits and gives the same sums. Chunk by chunk, so that values
 * and sums stay in the cache.
 *
 *     memory  | 64 KiB unused | chunk of values | chunk of sums |
 */
import { bytesOf, type DType, dtypeOf, type TypedArray, viewOf } from '../units.js'
import { kernelModule } from './kernelModule.js'
import './webassembly.js'

const pageBytes = 65536
const chunk = 16384
const [valuesAt, sumsAt] = [pageBytes, 2 * pageBytes]
/** In the order that `assembly/addRows.ts` knows. */
const largest: Readonly<Record<string, number>> = { uint8: 255, int8: 127, uint16: 65535, int16: 32767 }
const types = Object.keys(largest)
const pairs = ['uint8 uint16', 'int8 int16', 'uint16 uint32', 'int16 int32', 'uint8 uint32', 'int8 int32']

/** out[to + i] += data[from + i], i = 0..size-1. */
export function addRow(data: TypedArray, from: number, size: number, out: TypedArray, to: number): void {
  for (let i = 0; i < size; i++) out[to + i] += data[from + i]
}

type Call = (...args: number[]) => number

export class RowAdder {
  readonly #memory = new WebAssembly.Memory({ initial: 3, maximum: 3 })
  readonly #run: { readonly add: Call; readonly reaches: Call }

  constructor() {
    this.#run = new WebAssembly.Instance(kernelModule('addRows.wasm'), { env: { memory: this.#memory } })
      .exports as never
  }

  /** Add the rows of `size` values that begin at `rows` in `data`; the sums must fit `out`. */
  add(data: TypedArray, rows: ArrayLike<number>, size: number, out: TypedArray, to: number): void {
    const [from, wide] = [dtypeOf(data), dtypeOf(out)]
    const pair = pairs.indexOf(`${from} ${wide}`)
    if (pair >= 0) this.#addChunks(pair, { data, from, rows }, size, { out, wide, to })
    else for (let r = 0; r < rows.length; r++) addRow(data, rows[r], size, out, to)
  }

  /** True when one of the `size` values from `from` on is at least `limit`. */
  reaches(data: TypedArray, from: number, size: number, limit: number): boolean {
    const dtype = dtypeOf(data)
    const row = data.subarray(from, from + size)
    if (!types.includes(dtype)) return row.some((value) => value >= limit)
    if (limit > largest[dtype]) return false
    const values = viewOf(dtype, this.#memory.buffer, valuesAt, chunk)
    const least = Math.max(Math.ceil(limit), dtype.startsWith('u') ? 0 : -largest[dtype] - 1)
    for (let first = 0; first < size; first += chunk) {
      const part = row.subarray(first, first + chunk)
      values.set(part)
      values.fill(part[0], part.length, Math.ceil(part.length / 16) * 16)
      if (this.#run.reaches(types.indexOf(dtype), valuesAt, Math.ceil(part.length / 16) * 16, least) === 1) return true
    }
    return false
  }

  #addChunks(
    pair: number,
    { data, from, rows }: { data: TypedArray; from: DType; rows: ArrayLike<number> },
    size: number,
    { out, wide, to }: { out: TypedArray; wide: DType; to: number },
  ): void {
    const values = viewOf(from, this.#memory.buffer, valuesAt, chunk)
    const sums = viewOf(wide, this.#memory.buffer, sumsAt, pageBytes / bytesOf(wide))
    for (let first = 0; first < size; first += chunk) {
      const count = Math.min(chunk, size - first)
      const target = out.subarray(to + first, to + first + count)
      sums.set(target)
      for (let r = 0; r < rows.length; r++) {
        values.set(data.subarray(rows[r] + first, rows[r] + first + count))
        this.#run.add(pair, valuesAt, sumsAt, Math.ceil(count / 16) * 16)
      }
      target.set(sums.subarray(0, count))
    }
  }
}
