// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Some ticks of photon events as rows of values, for one tile of elements after the other. */
import type { TypedArray } from '../units.js'
import type { EventBlock, ValueBlock } from './contract.js'

interface Tick {
  readonly block: ValueBlock
  readonly position: number
}

/** The first place in ascending `values` that is not below `least`. */
export function lowerBound(values: TypedArray, least: number): number {
  let [from, to] = [0, values.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (values[middle] < least) from = middle + 1
    else to = middle
  }
  return from
}

export class PhotonTile {
  readonly #width: number
  #rows = new Uint16Array(0)

  /** For tiles of at most `width` elements. */
  constructor(width: number) {
    this.#width = width
  }

  get values(): Uint16Array {
    return this.#rows
  }

  /** Where the row of tick number `t` begins in `values`. */
  rowOf(t: number): number {
    return t * this.#width
  }

  /** The elements [first, first + count) of all `ticks` that lie in blocks of photon events. */
  begin(ticks: readonly Tick[], first: number, count: number): void {
    const blocks = new Set(ticks.map(({ block }) => block).filter((block) => block.kind === 'events'))
    if (blocks.size === 0) return
    const size = ticks.length * this.#width
    if (this.#rows.length < size) this.#rows = new Uint16Array(size)
    else this.#rows.fill(0, 0, size)
    for (const block of blocks) this.#expand(block, rowsOf(block, ticks), first, count)
  }

  #expand({ event, element, value }: EventBlock, rowOf: Int32Array, first: number, count: number): void {
    const [rows, width] = [this.#rows, this.#width]
    const end = lowerBound(element, first + count)
    for (let k = lowerBound(element, first); k < end; k++) {
      const row = rowOf[event[k]]
      if (row >= 0) rows[row * width + element[k] - first] = value[k]
    }
  }
}

/** The tick that each position of a block is; -1 = none. */
function rowsOf(block: EventBlock, ticks: readonly Tick[]): Int32Array {
  const rows = new Int32Array(block.events).fill(-1)
  ticks.forEach((tick, t) => {
    if (tick.block === block) rows[tick.position] = t
  })
  return rows
}
