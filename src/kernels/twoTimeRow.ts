// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The row of one frame in WebAssembly memory: order, row, what is given away, source. */
import { dtypeOf, type TypedArray, viewOf } from '../units.js'
import { dtypeCode } from './pairKernels.js'
import type { TwoTimeExports } from './twoTimeExports.js'
import type { FrameRow, RowFacts } from './twoTimeKernels.js'

const line = 64
const flags = { negative: 1, fraction: 2, beyondFloat32: 4 } as const

export class WasmRow implements FrameRow {
  readonly #memory: WebAssembly.Memory
  readonly #run: TwoTimeExports
  readonly #count: number
  readonly #elements: number
  readonly #order: number
  readonly #row: number
  readonly #given: number
  readonly #source: number

  /** Bytes for a row of `count` values out of `elements`. */
  static bytes(count: number, elements: number): number {
    return roundUp(4 * count) + 2 * roundUp(8 * count + line) + roundUp(8 * elements) + line
  }

  constructor(memory: WebAssembly.Memory, run: TwoTimeExports, at: number, order: Uint32Array, elements: number) {
    this.#memory = memory
    this.#run = run
    this.#count = order.length
    this.#elements = elements
    this.#order = at
    this.#row = this.#order + roundUp(4 * order.length)
    this.#given = this.#row + roundUp(8 * order.length + line)
    this.#source = this.#given + roundUp(8 * order.length + line)
    new Uint32Array(memory.buffer, this.#order, order.length).set(order)
  }

  clear(): void {
    new Float64Array(this.#memory.buffer, this.#row, this.#count).fill(0)
  }

  add(data: TypedArray, from: number): void {
    const dtype = dtypeOf(data)
    viewOf(dtype, this.#memory.buffer, this.#source, this.#elements).set(data.subarray(from, from + this.#elements))
    this.#run.gather(dtypeCode(dtype), this.#row, this.#source, this.#order, this.#count)
  }

  addRow(values: TypedArray): void {
    const dtype = dtypeOf(values)
    viewOf(dtype, this.#memory.buffer, this.#given, this.#count).set(values)
    this.#run.addRow(dtypeCode(dtype), this.#row, this.#given, this.#count)
  }

  facts(): RowFacts {
    const found = this.#run.facts(this.#row, this.#count, this.#given)
    const [largest, holes, filled] = new Float64Array(this.#memory.buffer, this.#given, 3)
    return {
      largest,
      holes,
      filled,
      negative: (found & flags.negative) !== 0,
      fraction: (found & flags.fraction) !== 0,
      beyondFloat32: (found & flags.beyondFloat32) !== 0,
    }
  }

  takeHoles(valid: Uint8Array): void {
    const bytes = new Uint8Array(this.#memory.buffer, this.#given, this.#count)
    bytes.set(valid)
    this.#run.takeHoles(this.#row, this.#count, this.#given)
    valid.set(bytes)
  }

  give(out: TypedArray): void {
    const dtype = dtypeOf(out)
    this.#run.give(dtypeCode(dtype), this.#row, this.#count, this.#given)
    out.set(viewOf(dtype, this.#memory.buffer, this.#given, this.#count))
  }

  giveFilled(position: Uint32Array, value: Uint16Array): number {
    const values = this.#given + roundUp(4 * this.#count)
    const filled = this.#run.giveFilled(this.#row, this.#count, this.#given, values)
    position.set(new Uint32Array(this.#memory.buffer, this.#given, filled))
    value.set(new Uint16Array(this.#memory.buffer, values, filled))
    return filled
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / line) * line
}
