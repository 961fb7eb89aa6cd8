// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The two-time kernels in WebAssembly: panels of elements are staged, packed and multiplied, the way chosen per panel. */
import { bytesOf, viewOf } from '../units.js'
import { growTo, openMemory } from './memory.js'
import { dtypeCode } from './pairKernels.js'
import { areasOf, type TwoTimeAreas, type TwoTimeExports } from './twoTimeExports.js'
import {
  blockSize,
  type FrameRow,
  type PhotonStretch,
  type RowStretch,
  type Stretch,
  type SumTree,
  stretchFrames,
  type TwoTimeKernels,
} from './twoTimeKernels.js'
import { WasmRow } from './twoTimeRow.js'
import { kindOf, panelOf, productKinds, type TwoTimeWay } from './twoTimeWays.js'

const framesOfPhotons = 16384
const valuesOfPhotons = framesOfPhotons + 2 ** 21

interface Staged {
  /** dtypeCode of rows; -1 = photons. */
  readonly type: number
  readonly rowBytes: number
}

const need = { what: 'rows for two-time maps of a worker', advice: 'use more workers' }

/** Kernels in a memory of their own. */
export function wasmTwoTime(module: WebAssembly.Module, relaxed: boolean, way: TwoTimeWay): TwoTimeKernels {
  const memory = openMemory({ ...need, bytes: 1 })
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as TwoTimeExports
  const areas = areasOf(run)
  growTo(memory, { ...need, bytes: areas.rows + 65536 })
  const kernels = new Kernels(memory, run, areas, relaxed, way)
  return {
    name: 'wasm',
    row: (order, elements): FrameRow => new WasmRow(memory, run, kernels.takeArea(order, elements), order, elements),
    product: (sums, past, future, first, end, tree) => kernels.product(sums, past, future, first, end, tree),
  }
}

class Kernels {
  readonly #memory: WebAssembly.Memory
  readonly #run: TwoTimeExports
  readonly #areas: TwoTimeAreas
  readonly #relaxed: boolean
  readonly #way: TwoTimeWay
  /** End of what rows have taken. */
  #end: number

  constructor(memory: WebAssembly.Memory, run: TwoTimeExports, areas: TwoTimeAreas, relaxed: boolean, way: TwoTimeWay) {
    this.#memory = memory
    this.#run = run
    this.#areas = areas
    this.#relaxed = relaxed
    this.#way = way
    this.#end = areas.rows
  }

  /** Room for a row of `order` and its source; returns its address. */
  takeArea(order: Uint32Array, elements: number): number {
    const at = this.#end
    this.#end += WasmRow.bytes(order.length, elements)
    growTo(this.#memory, { ...need, bytes: this.#end })
    return at
  }

  product(sums: Float64Array, past: Stretch, future: Stretch, first: number, end: number, tree?: SumTree): void {
    this.#run.clearSums((past.frames + 3) & ~3)
    if (tree !== undefined && !(isWhole(past) && isWhole(future))) {
      const leaves = this.#putTree(tree)
      this.#multiply(productKinds.doubles, past, future, first, end, leaves)
    } else {
      for (let e = first; e < end; ) {
        const kind = kindOf(past, future, e, end, this.#way, this.#relaxed)
        const to = Math.min(end, e + panelOf(kind, past, future))
        this.#multiply(kind, past, future, e, to, 0)
        e = to
      }
    }
    const { buffer } = this.#memory
    sums.set(new Float64Array(buffer, this.#areas.sums, Math.min(blockSize, past.frames * stretchFrames)))
  }

  /** Returns the number of leaves. */
  #putTree({ elements, merges }: SumTree): number {
    const leaves = new Uint32Array(this.#memory.buffer, this.#areas.leaves, 2 * elements.length)
    elements.forEach((count, leaf) => {
      leaves.set([count, merges[leaf]], 2 * leaf)
    })
    return elements.length
  }

  /** Add the products of the elements first <= e < end, one panel. */
  #multiply(kind: number, past: Stretch, future: Stretch, first: number, end: number, leaves: number): void {
    const same = past === future ? 1 : 0
    const count = end - first
    const a = this.#stage(past, first, end, this.#areas.past)
    const b = same ? a : this.#stage(future, first, end, this.#areas.future)
    if (kind === productKinds.scatter) {
      this.#run.scatterPhotons(count, same)
      return
    }
    const { frames: rows } = past
    const columns = future.frames
    const exceptions = kind === productKinds.bits && (past.largest > 1 || future.largest > 1) ? 1 : 0
    this.#run.multiply(kind, a.type, b.type, a.rowBytes, b.rowBytes, count, rows, columns, same, exceptions, leaves)
  }

  #stage(stretch: Stretch, first: number, end: number, area: number): Staged {
    return stretch.kind === 'rows'
      ? this.#stageRows(stretch, first, end, area)
      : this.#stagePhotons(stretch, first, end, area)
  }

  /** Rows of the panel, 0 behind its end up to a multiple of 64 elements. */
  #stageRows({ values, dtype, frames, elements }: RowStretch, first: number, end: number, area: number): Staged {
    const width = Math.ceil((end - first) / 64) * 64
    const staged = viewOf(dtype, this.#memory.buffer, area, frames * width)
    if (width > end - first) staged.fill(0)
    for (let t = 0; t < frames; t++) {
      staged.set(values.subarray(t * elements + first, t * elements + end), t * width)
    }
    return { type: dtypeCode(dtype), rowBytes: width * bytesOf(dtype) }
  }

  #stagePhotons({ start, frame, value }: PhotonStretch, first: number, end: number, area: number): Staged {
    const { buffer } = this.#memory
    const [from, to] = [start[first], start[end]]
    const starts = new Uint32Array(buffer, area, end - first + 1)
    for (let e = first; e <= end; e++) starts[e - first] = start[e] - from
    new Uint16Array(buffer, area + framesOfPhotons, to - from).set(frame.subarray(from, to))
    new Uint16Array(buffer, area + valuesOfPhotons, to - from).set(value.subarray(from, to))
    return { type: -1, rowBytes: 0 }
  }
}

function isWhole(stretch: Stretch): boolean {
  return stretch.kind === 'photons' || stretch.whole
}
