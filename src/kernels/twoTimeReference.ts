// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The two-time kernels as plain loops: what the fast ones must equal bit for bit. */
import type { TypedArray } from '../units.js'
import {
  blockSize,
  type FrameRow,
  type RowFacts,
  type Stretch,
  stretchFrames,
  type TwoTimeKernels,
} from './twoTimeKernels.js'

export const referenceTwoTime: TwoTimeKernels = {
  name: 'reference',
  row: (order) => new ReferenceRow(order),
  product(sums, past, future, first, end, tree = { elements: [end - first], merges: [0] }) {
    const waiting: Float64Array[] = []
    let from = first
    tree.elements.forEach((elements, leaf) => {
      waiting.push(leafSums(past, future, from, from + elements))
      from += elements
      for (let merge = 0; merge < tree.merges[leaf]; merge++) {
        const later = waiting.pop()
        waiting.at(-1)?.forEach((sum, i, earlier) => {
          earlier[i] = sum + (later?.[i] ?? 0)
        })
      }
    })
    sums.set(waiting[0] ?? new Float64Array(blockSize))
  },
}

function leafSums(past: Stretch, future: Stretch, first: number, end: number): Float64Array {
  const sums = new Float64Array(blockSize)
  for (let e = first; e < end; e++) {
    for (let t1 = 0; t1 < past.frames; t1++) {
      const early = valueAt(past, t1, e)
      if (early === 0) continue
      for (let t2 = past === future ? t1 : 0; t2 < future.frames; t2++) {
        sums[t1 * stretchFrames + t2] += early * valueAt(future, t2, e)
      }
    }
  }
  return sums
}

/** The value of an element in a frame. */
export function valueAt(stretch: Stretch, frame: number, element: number): number {
  if (stretch.kind === 'rows') return stretch.values[frame * stretch.elements + element]
  for (let k = stretch.start[element]; k < stretch.start[element + 1]; k++) {
    if (stretch.frame[k] === frame) return stretch.value[k]
  }
  return 0
}

class ReferenceRow implements FrameRow {
  readonly #order: Uint32Array
  readonly #row: Float64Array

  constructor(order: Uint32Array) {
    this.#order = order
    this.#row = new Float64Array(order.length)
  }

  clear(): void {
    this.#row.fill(0)
  }

  add(data: TypedArray, from: number): void {
    this.#order.forEach((element, k) => {
      this.#row[k] += data[from + element]
    })
  }

  addRow(values: TypedArray): void {
    values.forEach((value, k) => {
      this.#row[k] += value
    })
  }

  facts(): RowFacts {
    const finite = this.#row.filter(Number.isFinite)
    return {
      largest: finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      negative: finite.some((value) => value < 0),
      fraction: finite.some((value) => !Number.isInteger(value)),
      beyondFloat32: finite.some((value) => Math.fround(value) !== value),
      holes: this.#row.length - finite.length,
      filled: this.#row.reduce((count, value) => count + (value !== 0 ? 1 : 0), 0),
    }
  }

  takeHoles(valid: Uint8Array): void {
    this.#row.forEach((value, k) => {
      if (Number.isFinite(value)) return
      this.#row[k] = 0
      valid[k] = 0
    })
  }

  give(out: TypedArray): void {
    out.set(this.#row)
  }

  giveFilled(position: Uint32Array, value: Uint16Array): number {
    let count = 0
    this.#row.forEach((filled, k) => {
      if (filled === 0) return
      position[count] = k
      value[count++] = filled
    })
    return count
  }
}
