// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The photons of a dense block, where few of its values are not 0: what comes after them then costs by photon, not by pixel.
 * `pickPhotons` is the documentation, `PhotonPicker` the fast version. Elements go stripe by stripe through a memory that stays in the
 * cache:
 *
 *     memory  | 64 KiB unused | positions | counts | rows of a stripe | entries | element | event | value |
 */
import { bytesOf, viewOf } from '../units.js'
import type { DenseBlock, EventBlock } from './contract.js'
import { kernelModule } from './kernelModule.js'
import { growTo, openMemory } from './memory.js'

/** Values of a stripe, and of its rows: whole vectors. */
const stripeValues = 2 ** 19
const step = 64
const stripeMost = 16384
const positionsAt = 65536
const countsAt = positionsAt + 2 * 65536
const rowsAt = countsAt + 4 * (stripeMost + step)
/** Bytes behind the rows of a stripe of `values`: an entry, an element, an event and a value each. */
const photonBytes = 16
/** One value of so many may be a photon, and a few more. */
const sparse = 12

/** Photons of the events at `positions` (ascending) of a block of whole values of 0 to 65535. */
export function pickPhotons({ events, elements, dtype, data }: DenseBlock, positions: ArrayLike<number>): EventBlock {
  const [element, event, value]: [number[], number[], number[]] = [[], [], []]
  for (let e = 0; e < elements; e++) {
    for (let p = 0; p < positions.length; p++) {
      const photons = data[positions[p] * elements + e]
      if (photons === 0) continue
      element.push(e)
      event.push(positions[p])
      value.push(photons)
    }
  }
  const lists = { event: Uint16Array.from(event), element: Uint32Array.from(element), value: Uint16Array.from(value) }
  return { kind: 'events', events, elements, dtype, ...lists }
}

type Lists = Pick<EventBlock, 'element' | 'event' | 'value'>
type Call = (...args: number[]) => number
const need = { what: 'picking photons out of one block', advice: 'set a smaller systemParams.blockSize' }

export class PhotonPicker {
  readonly #memory = openMemory({ ...need, bytes: rowsAt })
  readonly #pick: Call

  constructor() {
    const { exports } = new WebAssembly.Instance(kernelModule('photons.wasm'), { env: { memory: this.#memory } })
    this.#pick = exports.pick as Call
  }

  /** As `pickPhotons`; null where values are no uint8 or uint16, or too many of them are not 0. */
  pick(block: DenseBlock, positions: ArrayLike<number>): EventBlock | null {
    const { events, elements, dtype } = block
    if ((dtype !== 'uint8' && dtype !== 'uint16') || positions.length === 0) return null
    const width = Math.min(stripeMost, Math.max(step, step * Math.floor(stripeValues / positions.length / step)))
    this.#reserve(width * positions.length)
    new Uint16Array(this.#memory.buffer, positionsAt, positions.length).set(positions)
    const stripes: Lists[] = []
    for (let first = 0; first < elements; first += width) {
      const lists = this.#stripe(block, positions, first, Math.min(width, elements - first))
      if (lists === null) return null
      stripes.push(lists)
    }
    return { kind: 'events', events, elements, dtype, ...joined(stripes) }
  }

  #stripe(
    { elements, dtype, data }: DenseBlock,
    positions: ArrayLike<number>,
    first: number,
    count: number,
  ): Lists | null {
    const { buffer } = this.#memory
    const width = Math.ceil(count / step) * step
    const values = width * positions.length
    const rows = viewOf(dtype, buffer, rowsAt, values)
    if (width > count) rows.fill(0)
    for (let p = 0; p < positions.length; p++) {
      const from = positions[p] * elements + first
      rows.set(data.subarray(from, from + count), p * width)
    }
    const entries = rowsAt + values * bytesOf(dtype)
    const element = entries + 8 * values
    const event = element + 4 * values
    const value = event + 2 * values
    const wide = dtype === 'uint16' ? 1 : 0
    const most = Math.ceil(width / sparse)
    const counts = [positions.length, positionsAt, most, countsAt, entries, first, element, event, value]
    const found = this.#pick(wide, rowsAt, width, ...counts)
    if (found < 0) return null
    return {
      element: new Uint32Array(buffer, element, found).slice(),
      event: new Uint16Array(buffer, event, found).slice(),
      value: new Uint16Array(buffer, value, found).slice(),
    }
  }

  /** Room for a stripe of uint16. */
  #reserve(values: number): void {
    growTo(this.#memory, { ...need, bytes: rowsAt + (2 + photonBytes) * values })
  }
}

function joined(stripes: readonly Lists[]): Lists {
  if (stripes.length === 1) return stripes[0]
  const size = stripes.reduce((sum, { element }) => sum + element.length, 0)
  const all = { element: new Uint32Array(size), event: new Uint16Array(size), value: new Uint16Array(size) }
  let at = 0
  for (const { element, event, value } of stripes) {
    all.element.set(element, at)
    all.event.set(event, at)
    all.value.set(value, at)
    at += element.length
  }
  return all
}
