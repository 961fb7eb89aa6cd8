// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sums of one row of values by column: sums[columnOf[element]] += row[element], column -1 = none. `addRow` is the documentation
 * and serves every type; `RowSums` is the fast version for integers of at most 16 bits and gives the same sums.
 *
 * A row goes chunk by chunk through a small memory that stays in the cache. How its elements fall into columns is known before:
 *
 *     memory  | masks | int32 [columns][4] | float64 [columns] | pieces and columns of every chunk | chunk of values |
 */
import type { DType, TypedArray } from '../units.js'
import { bytesAt, copyValues } from './copyBytes.js'
import { kernelModule } from './kernelModule.js'
import { dtypeCode } from './pairKernels.js'
import { planRow, type ChunkPlan } from './rowPieces.js'
import './webassembly.js'

const pageBytes = 65536
const chunkElements = 65536
/** Partial vectors [begin, end) of 8 values: begin * 9 + end. */
const maskCount = 81
const types: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16']

type Call = (...args: number[]) => void

/** Values that are not finite add nothing. */
export function addRow(columnOf: Int32Array, row: TypedArray, from: number, to: number, sums: Float64Array): void {
  for (let i = from; i < to; i++) {
    const column = columnOf[i]
    const value = row[i]
    if (column >= 0 && value - value === 0) sums[column] += value
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
    const totals = this.#sums + 16 * columns
    const planBytes = plans.reduce((sum, { pieces, columns: own }) => sum + 8 * pieces.length + 8 * own.length, 0)
    const stagedAt = roundUp(totals + 8 * columns + planBytes)
    const pages = Math.ceil((stagedAt + 2 * chunkElements + 16) / pageBytes)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    this.#totals = new Float64Array(memory.buffer, totals, columns)
    this.#chunks = placeChunks(memory, totals + 8 * columns, plans)
    this.#staged = bytesAt(memory.buffer, stagedAt, 2 * chunkElements)
    this.#run = new WebAssembly.Instance(kernelModule('rowSums.wasm'), { env: { memory } }).exports as never
    writeMasks(new Int16Array(memory.buffer, this.#masks, 8 * maskCount))
  }

  /** Add a row of all elements to `sums` [columns]. */
  add(row: TypedArray, dtype: DType, sums: Float64Array): void {
    const staged = this.#staged
    if (!types.includes(dtype)) {
      addRow(this.#columnOf, row, 0, row.length, sums)
      return
    }
    this.#chunks.forEach(({ elements, pieces, pieceCount, list, columns }, c) => {
      if (pieceCount === 0) return
      copyValues(staged, 0, row, c * chunkElements, elements)
      this.#run.add(dtypeCode(dtype), staged.byteOffset, pieces, pieceCount, this.#masks, this.#sums)
      this.#run.flush(list, columns, this.#sums, this.#totals.byteOffset)
    })
    for (let column = 0; column < sums.length; column++) sums[column] += this.#totals[column]
    this.#totals.fill(0)
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
