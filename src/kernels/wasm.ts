// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The pair kernels in WebAssembly: one instance per memory, the places unpacked into plain numbers. */
import { bytesOf } from '../units.js'
import {
  bitCode,
  type CellsPlace,
  dtypeOfCode,
  type KernelSet,
  type MomentsPlace,
  type OpenCredits,
  type PairKernels,
  type RingPlace,
  type RowsPlace,
  type SumsPlace,
  type TotalsPlace,
} from './pairKernels.js'
import { type Way, ways } from './ways.js'

type Call = (...args: number[]) => number

interface Exports {
  readonly countAboveOne: Call
  readonly scan: Call
  readonly toRing: Call
  readonly eventsToRing: Call
  readonly toRow: Call
  readonly eventsToRow: Call
  readonly fold: Call
  readonly foldList: Call
  readonly credit: Call
  readonly moments: Call
  readonly openMoments: Call
  readonly closeMoments: Call
  readonly addCells: Call
  readonly foldRows: Call
  readonly zeroRows: Call
  readonly openBits: Call
  readonly openSums: Call
  readonly zeroBits: Call
  readonly widen: Call
  readonly force: Call
}

export function wasmKernels(module: WebAssembly.Module, way: Way): KernelSet {
  return { name: way, open: (memory) => new Wasm(module, way, memory) }
}

class Wasm implements PairKernels {
  readonly #run: Exports

  constructor(module: WebAssembly.Module, way: Way, memory: WebAssembly.Memory) {
    this.#run = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports
    this.#run.force(ways.indexOf(way))
  }

  countAboveOne(dtype: number, at: number, count: number): number {
    return this.#run.countAboveOne(dtype, at, count)
  }

  scan(dtype: number, at: number, count: number, extremes: number): number {
    return this.#run.scan(dtype, at, count, extremes)
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
    this.#open(ring)
    const { store, at, rowLength, elements, span, mirror } = ring
    this.#run.toRing(
      dtype,
      store,
      staged,
      stride,
      events,
      positions,
      at,
      rowLength,
      elements,
      span,
      mirror,
      totals.values,
      totals.holes,
    )
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
    this.#open(ring)
    const { store, at, rowLength, span, mirror } = ring
    this.#run.eventsToRing(
      store,
      event,
      element,
      value,
      count,
      firstElement,
      positions,
      at,
      rowLength,
      span,
      mirror,
      totals.values,
    )
  }

  toRow(dtype: number, staged: number, count: number, row: number, rows: RowsPlace, totals: TotalsPlace): void {
    this.#run.toRow(dtype, rows.store, staged, count, rowAt(rows, row), totals.values, totals.holes)
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
    this.#run.eventsToRow(rows.store, element, value, count, firstElement, rowAt(rows, row), totals.values)
  }

  fold(
    ring: RingPlace,
    fixedPosition: number,
    length: number,
    moves: number,
    count: number,
    sign: number,
    largest: number,
    sums: SumsPlace,
  ): void {
    this.#open(ring)
    this.#openSums(sums)
    const { store, at, rowLength, elements, span } = ring
    this.#run.fold(
      store,
      at,
      rowLength,
      elements,
      span,
      fixedPosition,
      length,
      moves,
      count,
      sign,
      largest,
      sums.delays,
      sums.G2,
      sums.fixed,
      sums.moving,
      sums.lost,
    )
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
    this.#open(ring)
    this.#openSums(sums)
    const { store, at, rowLength, elements, span } = ring
    this.#run.credit(
      store,
      at,
      rowLength,
      elements,
      span,
      moves,
      count,
      end,
      sign,
      sums.delays,
      sums.fixed,
      sums.moving,
      totals.values,
    )
  }

  moments(sums: SumsPlace, place: MomentsPlace, open: OpenCredits | null, totals: TotalsPlace): void {
    this.#openSums(sums)
    if (open !== null) this.#open(open.ring)
    const { store, at, rowLength, elements, span } = open?.ring ?? noRing
    const { isOpen, windows, scratch, largest } = place
    const opened = [open === null ? 0 : 1, open?.heads === true ? 1 : 0, windows, scratch, isOpen, open?.end ?? 0]
    const sumsAt = [sums.delays, sums.G2, sums.moving, sums.fixed]
    const what = [place.first, place.tiles, place.from, place.count, place.binOf, place.out]
    this.#run.moments(store, at, rowLength, elements, span, ...opened, totals.values, largest, ...sumsAt, ...what)
  }

  openMoments(at: number, records: number): void {
    this.#run.openMoments(at, records)
  }

  closeMoments(at: number, records: number): void {
    this.#run.closeMoments(at, records)
  }

  addCells(sums: SumsPlace, { first, tiles, cellOf, out }: CellsPlace): void {
    this.#openSums(sums)
    this.#run.addCells(sums.G2, sums.delays, first, tiles, cellOf, out)
  }

  foldList(ring: RingPlace, pairs: number, count: number, delayIndex: number, sign: number, sums: SumsPlace): void {
    this.#open(ring)
    this.#openSums(sums)
    const { store, at, rowLength, elements } = ring
    this.#run.foldList(
      store,
      at,
      rowLength,
      elements,
      pairs,
      count,
      delayIndex,
      sign,
      sums.delays,
      sums.G2,
      sums.fixed,
      sums.moving,
      sums.lost,
    )
  }

  zeroRing(ring: RingPlace, position: number, length: number): void {
    if (ring.store === bitCode) {
      this.#open(ring)
      this.#run.zeroBits(position, length)
      return
    }
    const width = bytesOf(dtypeOfCode(ring.store))
    this.#run.zeroRows(ring.at + position * width, ring.rowLength * width, ring.elements + 1, length * width)
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
    const { store, at, stride } = rows
    this.#run.foldRows(
      store,
      at,
      stride,
      row,
      tiles,
      partners,
      count,
      sign,
      sums.delays,
      sums.G2,
      sums.fixed,
      sums.moving,
      sums.lost,
    )
  }

  widen(from: number, to: number, at: number, count: number): void {
    if (from !== to) this.#run.widen(from, to, at, count)
  }

  /** Where a ring of bits lies has more parts than an address and a length tell. */
  #open({ store, at, rowLength, elements, span, mirror }: RingPlace): void {
    if (store === bitCode) this.#run.openBits(at, rowLength, elements, span, mirror)
  }

  #openSums({ narrow }: SumsPlace): void {
    this.#run.openSums(narrow ? 1 : 0)
  }
}

const noRing: RingPlace = { store: 0, at: 0, rowLength: 0, elements: 0, span: 0, mirror: 0 }

function rowAt(rows: RowsPlace, row: number): number {
  return rows.at + row * rows.stride * bytesOf(dtypeOfCode(rows.store))
}
