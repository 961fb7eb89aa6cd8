// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The pair kernels in plain TypeScript: slow, obvious, and the oracle of the fast ones.
 * Every sum is a float64 to which pairs are added one at a time in event order.
 */
import { type TypedArray, viewOf } from '../units.js'
import { BitRing, bitsToBytes } from './bitRing.js'
import { cellsReference, closeReference, momentsReference, openReference } from './momentsReference.js'
import { scanReference } from './scanReference.js'
import {
  bitCode,
  type CellsPlace,
  dtypeOfCode,
  type KernelSet,
  type MomentsPlace,
  moveFlags,
  type OpenCredits,
  type PairKernels,
  type RingPlace,
  type RowsPlace,
  type SumsPlace,
  type TotalsPlace,
  tileElements,
} from './pairKernels.js'

export const referenceKernels: KernelSet = { name: 'reference', open: (memory) => new Reference(memory) }

/** A value as it is stored: what is not finite is a hole. */
const stored = (value: number): number => (Number.isFinite(value) ? value : Number.NaN)

class Reference implements PairKernels {
  readonly #memory: WebAssembly.Memory

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
  }

  countAboveOne(dtype: number, at: number, count: number): number {
    return Array.from(this.#view(dtype, at, count)).filter((value) => value > 1).length
  }

  scan(dtype: number, at: number, count: number, extremes: number): number {
    return scanReference(this.#view(dtype, at, count), this.#f64(extremes, 2))
  }

  toRing(
    dtype: number,
    staged: number,
    stride: number,
    events: number,
    positions: number,
    ring: RingPlace,
    totals: TotalsPlace,
  ): void {
    const from = this.#view(dtype, staged, stride * events)
    const at = this.#i32(positions, events)
    for (let event = 0; event < events; event++) {
      for (let element = 0; element < ring.elements; element++) {
        const value = stored(from[event * stride + element])
        this.#putTick(ring, element, at[event], value)
        this.#total(totals, ring.elements, element, value)
      }
    }
  }

  eventsToRing(
    event: number,
    element: number,
    value: number,
    count: number,
    firstElement: number,
    positions: number,
    ring: RingPlace,
    totals: TotalsPlace,
  ): void {
    const events = this.#u16(event, count)
    const elements = this.#u32(element, count)
    const values = this.#u16(value, count)
    for (let i = 0; i < count; i++) {
      const position = this.#i32(positions + 4 * events[i], 1)[0]
      if (position < 0) continue
      this.#putTick(ring, elements[i] - firstElement, position, values[i])
      this.#total(totals, ring.elements, elements[i] - firstElement, values[i])
    }
  }

  toRow(dtype: number, staged: number, count: number, row: number, rows: RowsPlace, totals: TotalsPlace): void {
    const from = this.#view(dtype, staged, count)
    const to = this.#row(rows, row)
    for (let element = 0; element < count; element++) {
      to[element] = stored(from[element])
      this.#total(totals, count, element, to[element])
    }
  }

  eventsToRow(
    element: number,
    value: number,
    count: number,
    firstElement: number,
    row: number,
    rows: RowsPlace,
    totals: TotalsPlace,
  ): void {
    const elements = this.#u32(element, count)
    const values = this.#u16(value, count)
    const to = this.#row(rows, row).fill(0)
    for (let i = 0; i < count; i++) {
      to[elements[i] - firstElement] = values[i]
      this.#total(totals, to.length, elements[i] - firstElement, values[i])
    }
  }

  fold(
    ring: RingPlace,
    fixedPosition: number,
    length: number,
    moves: number,
    count: number,
    sign: number,
    _largest: number,
    sums: SumsPlace,
  ): void {
    const move = this.#i32(moves, 3 * count)
    const present = this.#ringRow(ring, ring.elements)
    for (let element = 0; element < ring.elements; element++) {
      const values = this.#ringRow(ring, element)
      for (let m = 0; m < count; m++) {
        const add = this.#adder(sums, element, move[3 * m], sign)
        const [, moving, flags] = move.subarray(3 * m, 3 * m + 3)
        for (let k = 0; k < length; k++) {
          const [a, b] = [values[fixedPosition + k], values[moving + k]]
          if ((flags & moveFlags.productsOnly) !== 0) {
            const missed = present[moving + k] || (flags & moveFlags.full) !== 0 ? 0 : sign * a
            this.#addProduct(sums, element, move[3 * m], sign * a * b, missed)
          } else if (present[fixedPosition + k] && present[moving + k]) add(a, b)
        }
      }
    }
  }

  credit(
    ring: RingPlace,
    moves: number,
    count: number,
    end: number,
    sign: number,
    sums: SumsPlace,
    totals: TotalsPlace,
  ): void {
    const move = this.#i32(moves, 3 * count)
    for (let element = 0; element < ring.elements; element++) {
      const before = this.#collected(ring, element, end, totals)
      for (let m = 0; m < count; m++) {
        const [delay, moving, fixed] = move.subarray(3 * m, 3 * m + 3)
        if (moving >= 0) this.#sum(sums, 'moving', element, delay)[0] += sign * before(moving)
        this.#sum(sums, 'fixed', element, delay)[0] += sign * before(fixed)
      }
    }
  }

  moments(sums: SumsPlace, place: MomentsPlace, open: OpenCredits | null, totals: TotalsPlace): void {
    momentsReference(this.#memory, sums, place, open, totals, (ring, end, e) => this.#collected(ring, e, end, totals))
  }

  openMoments = (at: number, records: number) => openReference(this.#memory, at, records)
  addCells = (sums: SumsPlace, place: CellsPlace) => cellsReference(this.#memory, sums, place)
  closeMoments = (at: number, records: number) => closeReference(this.#memory, at, records)

  foldList(ring: RingPlace, pairs: number, count: number, delayIndex: number, sign: number, sums: SumsPlace): void {
    const pair = this.#i32(pairs, 2 * count)
    for (let element = 0; element < ring.elements; element++) {
      const values = this.#ringRow(ring, element)
      const add = this.#adder(sums, element, delayIndex, sign)
      for (let i = 0; i < count; i++) add(values[pair[2 * i]], values[pair[2 * i + 1]])
    }
  }

  zeroRing(ring: RingPlace, position: number, length: number): void {
    if (ring.store === bitCode) new BitRing(this.#memory.buffer, ring).zero(position, length)
    else for (let row = 0; row <= ring.elements; row++) this.#ringRow(ring, row).fill(0, position, position + length)
  }

  foldRows(
    rows: RowsPlace,
    row: number,
    tiles: number,
    partners: number,
    count: number,
    sign: number,
    sums: SumsPlace,
  ): void {
    const partner = this.#i32(partners, 3 * count)
    const fixed = this.#row(rows, row)
    const swapped = { ...sums, fixed: sums.moving, moving: sums.fixed }
    for (let i = 0; i < count; i++) {
      const moving = this.#row(rows, partner[3 * i + 1])
      for (let element = 0; element < tiles * tileElements; element++) {
        this.#adder(partner[3 * i + 2] ? swapped : sums, element, partner[3 * i], sign)(fixed[element], moving[element])
      }
    }
  }

  widen(from: number, to: number, at: number, count: number): void {
    const isBits = from === bitCode
    const narrow = isBits ? bitsToBytes(this.#memory.buffer, at, count) : this.#view(from, at, count).slice()
    this.#view(to, at, count).set(narrow)
  }

  /** Adds one pair to the sums of one element and delay. */
  #adder(sums: SumsPlace, element: number, delayIndex: number, sign: number): (fixed: number, moving: number) => void {
    const sumOf = (name: 'G2' | 'fixed' | 'moving' | 'lost') => this.#sum(sums, name, element, delayIndex)
    const [G2, fixedSum, movingSum] = [sumOf('G2'), sumOf('fixed'), sumOf('moving')]
    return (fixed, moving) => {
      if (Number.isNaN(fixed) || Number.isNaN(moving)) {
        sumOf('lost')[0] += sign
        return
      }
      G2[0] += sign * (fixed * moving)
      fixedSum[0] += sign * fixed
      movingSum[0] += sign * moving
    }
  }

  /** What an element collected before a ring position: its total less what the ring holds from there to `end`. */
  #collected(ring: RingPlace, element: number, end: number, totals: TotalsPlace): (position: number) => number {
    const values = this.#ringRow(ring, element)
    return (position) => {
      let sum = this.#f64(totals.values, ring.elements)[element]
      for (let at = position; at !== end; at = (at + 1) % ring.span) sum -= values[at]
      return sum
    }
  }

  #addProduct(sums: SumsPlace, element: number, delayIndex: number, product: number, missing: number): void {
    this.#sum(sums, 'G2', element, delayIndex)[0] += product
    this.#sum(sums, 'fixed', element, delayIndex)[0] -= missing
  }

  /** One sum of one element and delay. */
  #sum(sums: SumsPlace, name: 'G2' | 'fixed' | 'moving' | 'lost', element: number, delay: number) {
    const index = (Math.floor(element / tileElements) * sums.delays + delay) * tileElements + (element % tileElements)
    return sums.narrow ? this.#i32(sums[name] + 4 * index, 1) : this.#f64(sums[name] + 8 * index, 1)
  }

  #putTick(ring: RingPlace, element: number, position: number, value: number): void {
    if (ring.store === bitCode) {
      new BitRing(this.#memory.buffer, ring).put(element, position, value)
      return
    }
    const row = this.#ringRow(ring, element)
    row[position] = value
    if (position < ring.mirror) row[position + ring.span] = value
  }

  #total(totals: TotalsPlace, elements: number, element: number, value: number): void {
    if (Number.isNaN(value)) this.#f64(totals.holes, elements)[element] += 1
    else this.#f64(totals.values, elements)[element] += value
  }

  /** A row of a ring; of bits a copy. */
  #ringRow(ring: RingPlace, element: number): TypedArray {
    if (ring.store === bitCode) {
      const bits = new BitRing(this.#memory.buffer, ring)
      return element < ring.elements ? bits.row(element) : bits.presence
    }
    const dtype = dtypeOfCode(ring.store)
    const row = ring.rowLength * element
    return viewOf(dtype, this.#memory.buffer, ring.at, row + ring.rowLength).subarray(row)
  }

  #row(rows: RowsPlace, row: number) {
    return this.#view(rows.store, rows.at, rows.stride * (row + 1)).subarray(rows.stride * row)
  }

  #view(dtype: number, at: number, count: number) {
    return viewOf(dtypeOfCode(dtype), this.#memory.buffer, at, count)
  }

  #f64(at: number, count: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at, count)
  }

  #i32(at: number, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, count)
  }

  #u16(at: number, count: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, at, count)
  }

  #u32(at: number, count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, count)
  }
}
