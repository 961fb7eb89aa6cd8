// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sums of rows of values by column: sums[columnOf[element]] += row[element], column -1 = none. `addRow` is the documentation
 * and serves every type; `RowSums` is the fast version for integers of at most 16 bits and gives the same sums.
 *
 * Eight rows at a time go chunk by chunk through a small memory that stays in the cache. How elements fall into columns is known before:
 *
 *     memory  | masks | int32 [columns][8][4] | float64 [8][columns] | pieces and columns of every chunk | chunk of values |
 */
import type { DType, TypedArray } from '../units.js'
import { bytesAt, copyValues } from './copyBytes.js'
import { kernelModule } from './kernelModule.js'
import { dtypeCode } from './pairKernels.js'
import { planRow, type ChunkPlan } from './rowPieces.js'
import './webassembly.js'

const pageBytes = 65536
const chunkElements = 65536
/** One cache line more than a chunk, so that rows spread over the cache. */
const strideBytes = 2 * chunkElements + 64
/** As in assembly/rowSums.ts. */
export const rowsAtOnce = 8
/** Partial vectors [begin, end) of 8 values: begin * 9 + end. */
const maskCount = 81
const types: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16']

type Call = (...args: number[]) => void

/** Values that are not finite add nothing; `holes` [columns] counts them. */
export function addRow(
  columnOf: Int32Array,
  row: TypedArray,
  from: number,
  to: number,
  sums: Float64Array,
  holes: Float64Array | null = null,
): void {
  for (let i = from; i < to; i++) {
    const column = columnOf[i]
    const value = row[i]
    if (column < 0) continue
    if (value - value === 0) sums[column] += value
    else if (holes !== null) holes[column]++
  }
}

/** Where a chunk's plan lies. */
interface PlacedChunk {
  readonly elements: number
  readonly pieces: number
  readonly pieceCount: number
  readonly list: number
  readonly columns: number
}

export class RowSums {
  readonly #columnOf: Int32Array
  readonly #masks = pageBytes
  readonly #sums: number
  readonly #totals: Float64Array
  readonly #chunks: readonly PlacedChunk[]
  readonly #staged: Buffer
  readonly #run: { readonly add: Call; readonly flush: Call }

  /** `columnOf`[element], -1..columns-1. */
  constructor(columnOf: Int32Array, columns: number) {
    this.#columnOf = columnOf
    const plans = planRow(columnOf, chunkElements)
    this.#sums = this.#masks + 16 * maskCount
    const totals = this.#sums + 16 * rowsAtOnce * columns
    const planBytes = plans.reduce((sum, { pieces, columns: own }) => sum + 8 * pieces.length + 8 * own.length, 0)
    const lists = totals + 8 * rowsAtOnce * columns
    const stagedAt = roundUp(lists + planBytes)
    const pages = Math.ceil((stagedAt + rowsAtOnce * strideBytes) / pageBytes)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    this.#totals = new Float64Array(memory.buffer, totals, rowsAtOnce * columns)
    this.#chunks = placeChunks(memory, lists, plans)
    this.#staged = bytesAt(memory.buffer, stagedAt, rowsAtOnce * strideBytes)
    this.#run = new WebAssembly.Instance(kernelModule('rowSums.wasm'), { env: { memory } }).exports as never
    writeMasks(new Int16Array(memory.buffer, this.#masks, 8 * maskCount))
  }

  /** Add at most `rowsAtOnce` rows of all elements, `data` from `first` on, to `sums` [rows][columns]. */
  add(data: TypedArray, first: number, rows: number, dtype: DType, sums: Float64Array): void {
    const elements = this.#columnOf.length
    if (!types.includes(dtype)) {
      const columns = sums.length / rows
      for (let row = 0; row < rows; row++) {
        const values = data.subarray(first + row * elements, first + (row + 1) * elements)
        addRow(this.#columnOf, values, 0, elements, sums.subarray(row * columns, (row + 1) * columns))
      }
      return
    }
    this.#chunks.forEach((chunk, c) => {
      if (chunk.pieceCount === 0) return
      for (let row = 0; row < rows; row++) {
        copyValues(this.#staged, row * strideBytes, data, first + row * elements + c * chunkElements, chunk.elements)
      }
      this.#addChunk(chunk, dtype)
    })
    for (let i = 0; i < sums.length; i++) sums[i] += this.#totals[i]
    this.#totals.fill(0)
  }

  /** Rows that were not copied add to totals that nobody reads. */
  #addChunk({ pieces, pieceCount, list, columns }: PlacedChunk, dtype: DType): void {
    const totals = this.#totals
    const { byteOffset } = this.#staged
    this.#run.add(dtypeCode(dtype), byteOffset, strideBytes, pieces, pieceCount, this.#masks, this.#sums)
    this.#run.flush(list, columns, this.#sums, totals.byteOffset, totals.length / rowsAtOnce)
  }
}

/** Write the plans from `at` on. */
function placeChunks(memory: WebAssembly.Memory, at: number, plans: readonly ChunkPlan[]): PlacedChunk[] {
  return plans.map(({ elements, pieces, columns }) => {
    const list = at + 4 * pieces.length
    new Uint32Array(memory.buffer, at, pieces.length).set(pieces)
    new Uint32Array(memory.buffer, list, columns.length).set(columns)
    const placed = { elements, pieces: at, pieceCount: pieces.length / 2, list, columns: columns.length }
    at = list + 4 * (columns.length + (columns.length & 1))
    return placed
  })
}

function writeMasks(masks: Int16Array): void {
  for (let begin = 0; begin < 8; begin++) {
    for (let end = begin; end <= 8; end++) masks.fill(-1, 8 * (begin * 9 + end) + begin, 8 * (begin * 9 + end) + end)
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
