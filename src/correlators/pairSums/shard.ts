// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One shard: the elements [first, first + elements) of a worker, their sums and their buffer in one WebAssembly memory. */
import type { DenseBlock, EventBlock, SumName } from '../../kernels/contract.js'
import { bytesAt, copyValues } from '../../kernels/copyBytes.js'
import { growTo, type MemoryNeed, openMemory } from '../../kernels/memory.js'
import {
  dtypeCode,
  type KernelSet,
  type PairKernels,
  type SumsPlace,
  type TotalsPlace,
  tileElements,
} from '../../kernels/pairKernels.js'
import { photonRange } from '../../kernels/photonRange.js'
import { joinRanges, noValues, type ValueRange } from '../../kernels/values.js'
import { bytesOf, type DType, type TypedArray, viewOf } from '../../units.js'
import { layoutOf, type ShardLayout, type ShardPlan } from './plan.js'

const pairSums = ['G2', 'IP', 'IF'] as const

export class Shard {
  readonly first: number
  readonly elements: number
  readonly tiles: number
  readonly delays: number
  readonly layout: ShardLayout
  readonly kernels: PairKernels
  readonly totals: TotalsPlace
  /** Bytes of the buffer with the widest planned type: what a growing ring may use. */
  readonly bufferBytesPlanned: number
  /** True once an element of any shard was a hole. */
  holes = false
  /** Sums are int32 until one might not fit: half of what a fold moves. Each has room for float64 from the beginning. */
  #narrow = true
  readonly #memory: WebAssembly.Memory

  constructor(plan: ShardPlan, delays: number, kernels: KernelSet) {
    this.first = plan.first
    this.elements = plan.elements
    this.tiles = Math.ceil(plan.elements / tileElements)
    this.delays = delays
    this.layout = layoutOf(plan.elements, delays, plan.stagingBytes)
    this.bufferBytesPlanned = plan.bufferBytesWide
    this.#memory = openMemory(this.#need(plan.bufferBytesNarrow))
    this.kernels = kernels.open(this.#memory)
    this.totals = { values: this.layout.values, holes: this.layout.holes }
    // The first touch of memory costs more than all that follows: better now than inside the first fold. IP and IF may never be touched.
    this.#zero('G2')
  }

  /** Bytes held, without the address space of 'lost' before the first hole, and of what int32 leaves free. */
  get bytes(): number {
    const { G2, lost, values } = this.layout
    const free = (this.#narrow ? (lost - G2) / 2 : 0) + (this.holes ? 0 : values - lost)
    return this.#memory.buffer.byteLength - free
  }

  /** The whole memory; detached when it grows. */
  get memory(): ArrayBuffer {
    return this.#memory.buffer
  }

  /** Make room for a buffer of `bytes`; detaches all views. Throws RunError beyond 4 GiB or when the machine has no more. */
  ensureBuffer(bytes: number): void {
    growTo(this.#memory, this.#need(bytes))
  }

  #need(bufferBytes: number): MemoryNeed {
    return {
      bytes: this.layout.buffer + bufferBytes,
      what: `${this.elements} elements of a worker`,
      advice: 'lower times, give fewer delays, or use more workers',
    }
  }

  view(dtype: DType, at: number, count: number): TypedArray {
    return viewOf(dtype, this.#memory.buffer, at, count)
  }

  i32(at: number, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, count)
  }

  f64(at: number, count: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at, count)
  }

  /** Where pairs go whose fixed event is the later (default) or the earlier one. */
  sums(fixed: 'later' | 'earlier' = 'later'): SumsPlace {
    const { G2, IP, IF, lost } = this.layout
    const later = fixed === 'later'
    const [fixedAt, movingAt] = later ? [IF, IP] : [IP, IF]
    const { delays } = this
    return { delays, narrow: this.#narrow, G2, fixed: fixedAt, moving: movingAt, lost: this.holes ? lost : 0 }
  }

  zeroSums(): void {
    for (const name of pairSums) this.#zero(name)
    if (this.holes) this.#zero('lost')
  }

  zeroIF(): void {
    this.#zero('IF')
  }

  /** Sums become float64, for good. */
  widenSums(): void {
    if (!this.#narrow) return
    this.#narrow = false
    for (const name of pairSums)
      this.kernels.widen(dtypeCode('int32'), dtypeCode('float64'), this.layout[name], this.#sums)
  }

  get #sums(): number {
    return this.tiles * this.delays * tileElements
  }

  /** All sums of one name, by tile, delay and element. */
  #all(name: SumName): Float64Array | Int32Array {
    const at = this.layout[name]
    return this.#narrow && name !== 'lost' ? this.i32(at, this.#sums) : this.f64(at, this.#sums)
  }

  #zero(name: SumName): void {
    this.#all(name).fill(0)
  }

  /** Copy this shard's values of one event to place `slot` of the staging area. */
  stageDense(block: DenseBlock, position: number, slot: number): void {
    const from = position * block.elements + this.first
    const { staging, stagingBytes } = this.layout
    const at = this.stagedAt(block.dtype, slot) - staging
    copyValues(bytesAt(this.memory, staging, stagingBytes), at, block.data, from, this.elements)
  }

  /** Extremes of the values of `events` events from place `slot` of the staging area on. */
  scan(dtype: DType, slot: number, events: number): ValueRange {
    const count = events * this.elements
    if (count === 0) return noValues
    const { extremes } = this.layout
    const bits = this.kernels.scan(dtypeCode(dtype), this.stagedAt(dtype, slot), count, extremes)
    const limits = this.f64(extremes, 2)
    return { min: limits[0], max: limits[1], bits }
  }

  /** Where place `slot` of the staging area begins. */
  stagedAt(dtype: DType, slot: number): number {
    return this.layout.staging + slot * this.elements * bytesOf(dtype)
  }

  /** Events of `dtype` that one staging takes. */
  stagedEvents(dtype: DType): number {
    return Math.floor(this.layout.stagingBytes / (bytesOf(dtype) * Math.max(1, this.elements)))
  }

  /** Photon events that one staging takes. */
  get stagedPhotons(): number {
    return Math.floor(this.layout.stagingBytes / 8)
  }

  /** Index range of this shard's photon events, which are sorted by element. */
  photons(block: EventBlock): [number, number] {
    return photonRange(block, this.first, this.first + this.elements)
  }

  /** Stage photon events [from, to); returns where their element, event and value arrays lie. */
  stagePhotons(block: EventBlock, from: number, to: number): { element: number; event: number; value: number } {
    const count = to - from
    const element = this.layout.staging
    const event = element + 4 * count
    const value = event + 2 * count
    const bytes = bytesAt(this.memory, 0, value + 2 * count)
    copyValues(bytes, element, block.element, from, count)
    copyValues(bytes, event, block.event, from, count)
    copyValues(bytes, value, block.value, from, count)
    return { element, event, value }
  }

  /** Copy one delay of one sum to the worker's elements of `out`. */
  fill(name: SumName, delayIndex: number, out: Float64Array): void {
    if (name === 'lost' && !this.holes) {
      out.fill(0, this.first, this.first + this.elements)
      return
    }
    const all = this.#all(name)
    for (let tile = 0; tile < this.tiles; tile++) {
      const from = (tile * this.delays + delayIndex) * tileElements
      const to = this.first + tile * tileElements
      const count = Math.min(tileElements, this.elements - tile * tileElements)
      out.set(all.subarray(from, from + count), to)
    }
  }

  /** Copy sums of values or numbers of holes to the worker's elements of `out`. */
  fillTotals(name: 'values' | 'holes', out: Float64Array): void {
    out.set(this.f64(this.layout[name], this.elements), this.first)
  }
}

export function scanPhotons(block: EventBlock): ValueRange {
  let max = 0
  for (const value of block.value) if (value > max) max = value
  return joinRanges(noValues, { min: 0, max, bits: 0 })
}

/** Sums of values, or numbers of holes, of all elements of the shards. */
export function totalsOf(shards: readonly Shard[], name: 'values' | 'holes', elements: number): Float64Array {
  const totals = new Float64Array(elements)
  for (const shard of shards) shard.fillTotals(name, totals)
  return totals
}
