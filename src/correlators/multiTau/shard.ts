// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One shard: sums, state and staged values of the elements [first, first + elements) in one WebAssembly memory. */
import type { DenseBlock, EventBlock, SumName } from '../../kernels/contract.js'
import { bytesAt, copyValues } from '../../kernels/copyBytes.js'
import { growTo, type MemoryNeed, openMemory, pageBytes } from '../../kernels/memory.js'
import {
  type DelayPlace,
  type LevelWork,
  type MultiTauKernelSet,
  type MultiTauKernels,
  type MultiTauPlace,
  type PhotonList,
  planBytes,
  scratchBytes,
  stagedOffset,
  stretchTicks,
  tileElements,
} from '../../kernels/multiTauKernels.js'
import { photonRange } from '../../kernels/photonRange.js'
import { bytesOf, type DType } from '../../units.js'

const line = 64
/** Values on their way into tiles: few enough to stay in the caches, yet 64 rows of several pages each, which come from memory twice as fast as single pages. */
const chunkBytes = 2 ** 20

/** State of a tile at a level. */
type Samples = Float64Array | Int32Array

/** What all shards of a worker have in common. */
export interface ShardSize {
  readonly levels: number
  readonly history: number
  readonly delays: number
  /** False for floats, which can be holes: address space for 'lost' and n. */
  readonly integers: boolean
  /** Of a sample in the state. */
  readonly stateBytes: number
}

/** Bytes per element of sums and state; of `lackP` only address space is needed while no event is missing. */
export function bytesPerElement({ levels, history, delays, integers, stateBytes }: ShardSize): number {
  const samples = levels * (history + 1)
  return 8 * ((integers ? 3 : 4) * delays + 4) + (integers ? stateBytes : 16) * samples
}

export class MultiTauShard {
  readonly first: number
  readonly elements: number
  readonly kernels: MultiTauKernels
  readonly #size: ShardSize
  readonly #tiles: number
  readonly #place: MultiTauPlace
  readonly #memory: WebAssembly.Memory
  readonly #chunk: number
  readonly #staging: number
  /** End of the staged photons. */
  #photonsEnd = 0

  constructor(first: number, elements: number, size: ShardSize, kernels: MultiTauKernelSet) {
    this.first = first
    this.elements = elements
    this.#size = size
    this.#tiles = Math.ceil(elements / tileElements)
    this.#place = placeOf(elements, this.#tiles, size)
    const sums = this.#tiles * tileElements * bytesPerElement(size)
    this.#chunk = roundUp(this.#place.G2 + sums, line)
    this.#staging = this.#chunk + chunkBytes
    this.#memory = openMemory(needOf(elements, this.#staging))
    this.kernels = kernels.open(this.#memory, this.#place)
    this.dropPhotons()
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength
  }

  /** Address of a tick in the first staged tile. */
  tickAt(dtype: DType, tick: number): number {
    return this.#staging + stagedOffset(dtype, 0, tick)
  }

  /** Make room for a staged stretch. */
  reserveStretch(dtype: DType): void {
    this.#ensure(this.#staging + this.#tiles * stretchTicks * tileElements * bytesOf(dtype))
  }

  /** Copy this shard's values of `count` events from `position` on to ticks of a staged stretch of `dtype`; returns what `MultiTauKernels.stage` says. */
  stageDense(block: DenseBlock, position: number, count: number, dtype: DType, tick: number): number {
    const bytes = bytesOf(block.dtype)
    const columnsMax = Math.floor((chunkBytes / count - 2 * line) / (tileElements * bytes)) * tileElements
    const chunk = bytesAt(this.#memory.buffer, this.#chunk, chunkBytes)
    let largest = 0
    for (let first = 0; first < this.elements; first += columnsMax) {
      const elements = Math.min(columnsMax, this.elements - first)
      const padded = roundUp(elements, tileElements)
      /** One cache line more, so that a column of rows spreads over the cache. */
      const stride = (roundUp(padded * bytes, line) + line) / bytes
      for (let row = 0; row < count; row++) {
        const from = (position + row) * block.elements + this.first + first
        copyValues(chunk, row * stride * bytes, block.data, from, elements)
        if (elements < padded) chunk.fill(0, (row * stride + elements) * bytes, (row * stride + padded) * bytes)
      }
      const rows = { dtype: block.dtype, at: this.#chunk, stride, count, elements }
      const to = this.tickAt(dtype, tick) + first * stretchTicks * bytesOf(dtype)
      largest = Math.max(largest, this.kernels.stage(rows, dtype, to))
    }
    return largest
  }

  clearTicks(dtype: DType, tick: number, count: number): void {
    if (count > 0) this.kernels.clear(dtype, this.tickAt(dtype, tick), count)
  }

  /** Copy this shard's photons of a block; `ticks`[event] = tick in the stretch, or -1. */
  stagePhotons(block: EventBlock, ticks: Int32Array): PhotonList {
    const [from, to] = photonRange(block, this.first, this.first + this.elements)
    const count = to - from
    const element = this.#photonsEnd
    const ticksAt = element + 4 * count
    const event = ticksAt + 4 * ticks.length
    const value = event + 2 * count
    this.#photonsEnd = roundUp(value + 2 * count, 8)
    this.#ensure(this.#photonsEnd)
    const bytes = bytesAt(this.#memory.buffer, 0, this.#photonsEnd)
    copyValues(bytes, element, block.element, from, count)
    copyValues(bytes, ticksAt, ticks, 0, ticks.length)
    copyValues(bytes, event, block.event, from, count)
    copyValues(bytes, value, block.value, from, count)
    return { element, event, value, count, ticks: ticksAt }
  }

  dropPhotons(): void {
    this.#photonsEnd = this.#staging
  }

  /** Write n of every element at a level: all have the same so far. */
  startOwnPresence(level: number, history: Float64Array, waiting: number): void {
    this.#eachSlot(this.#place.stateN, level, (slot) => {
      for (let i = 0; i < history.length; i++) slot.fill(history[i], i * tileElements, (i + 1) * tileElements)
      slot.fill(waiting, history.length * tileElements)
    })
  }

  /** `empty` samples of 0 enter the history of a level with these lags; the one that waits becomes 0. */
  passEmpty(level: number, empty: number, holes: boolean, lags: LevelWork['lags']): void {
    const kept = this.#size.history * tileElements
    const shift = Math.min(empty * tileElements, kept)
    for (const state of holes ? [this.#place.state, this.#place.stateN] : [this.#place.state]) {
      this.#eachSlot(state, level, (slot, tile) => {
        if (this.#size.integers) this.#addLackP(slot, tile, 2 ** level, empty, lags)
        slot.copyWithin(0, shift, kept)
        slot.fill(0, kept - shift)
      })
    }
  }

  /** What IP lacks because the last samples meet `empty` samples without event, of `ticks` ticks each. */
  #addLackP(slot: Samples, tile: number, ticks: number, empty: number, lags: LevelWork['lags']): void {
    const { history, delays } = this.#size
    for (const [lag, delay] of lags) {
      const at = this.#place.IP + (tile * delays + delay) * tileElements * 8
      const lacks = new Float64Array(this.#memory.buffer, at, tileElements)
      for (let i = 0; i < Math.min(empty, lag); i++) {
        const row = (history - lag + i) * tileElements
        for (let element = 0; element < tileElements; element++) lacks[element] += ticks * slot[row + element]
      }
    }
  }

  /** Copy one delay of one sum to the worker's elements of `out`. */
  fill(name: SumName, delay: DelayPlace, out: Float64Array): void {
    if (name === 'lost' && this.#place.lost === 0) out.fill(0, this.first, this.first + this.elements)
    else if (this.#size.integers && (name === 'IP' || name === 'IF')) this.#read(name, delay, out)
    else this.#copy(this.#place[name], delay.index, out)
  }

  #copy(at: number, delayIndex: number, out: Float64Array): void {
    const { delays } = this.#size
    const all = new Float64Array(this.#memory.buffer, at, this.#tiles * delays * tileElements)
    for (let tile = 0; tile < this.#tiles; tile++) {
      const from = (tile * delays + delayIndex) * tileElements
      const count = Math.min(tileElements, this.elements - tile * tileElements)
      out.set(all.subarray(from, from + count), this.first + tile * tileElements)
    }
  }

  /** IP or IF from what they lack, some tiles at a time. */
  #read(name: 'IP' | 'IF', delay: DelayPlace, out: Float64Array): void {
    const tilesMax = chunkBytes / (8 * tileElements)
    for (let tile = 0; tile < this.#tiles; tile += tilesMax) {
      const tiles = Math.min(tilesMax, this.#tiles - tile)
      this.kernels.read(name, delay, tile, tiles, this.#chunk)
      const first = tile * tileElements
      const count = Math.min(tiles * tileElements, this.elements - first)
      out.set(new Float64Array(this.#memory.buffer, this.#chunk, count), this.first + first)
    }
  }

  /** Copy G2, IP and IF of whole tiles from `tile` on: [tiles][delays][16] each. */
  settle(delays: readonly DelayPlace[], tile: number, sums: Record<'G2' | 'IP' | 'IF', Float64Array>): void {
    const width = delays.length * tileElements
    const names = this.#size.integers ? (['G2'] as const) : (['G2', 'IP', 'IF'] as const)
    for (const name of names) {
      const at = this.#place[name] + 8 * tile * width
      sums[name].set(new Float64Array(this.#memory.buffer, at, sums[name].length))
    }
    if (!this.#size.integers) return
    const step = Math.floor(chunkBytes / (16 * width))
    for (let from = 0; from < sums.IP.length; from += step * width) {
      const count = Math.min(step * width, sums.IP.length - from)
      this.kernels.settle(delays, tile + from / width, count / width, this.#chunk, this.#chunk + 8 * count)
      sums.IP.set(new Float64Array(this.#memory.buffer, this.#chunk, count), from)
      sums.IF.set(new Float64Array(this.#memory.buffer, this.#chunk + 8 * count, count), from)
    }
  }

  /** Copy sums of values or numbers of holes to the worker's elements of `out`. */
  fillTotals(name: 'values' | 'holes', out: Float64Array): void {
    out.set(new Float64Array(this.#memory.buffer, this.#place[name], this.elements), this.first)
  }

  #eachSlot(state: number, level: number, change: (slot: Samples, tile: number) => void): void {
    const { levels, history, stateBytes } = this.#size
    const length = (history + 1) * tileElements
    const array = stateBytes === 4 ? Int32Array : Float64Array
    for (let tile = 0; tile < this.#tiles; tile++) {
      change(new array(this.#memory.buffer, state + (tile * levels + level) * length * stateBytes, length), tile)
    }
  }

  #ensure(bytes: number): void {
    growTo(this.#memory, needOf(this.elements, bytes))
  }
}

function needOf(elements: number, bytes: number): MemoryNeed {
  return { bytes, what: `${elements} elements of a worker`, advice: 'use more workers' }
}

/** Byte offsets of one shard; arguments and scratch lie above the module's own data. */
function placeOf(elements: number, tiles: number, size: ShardSize): MultiTauPlace {
  const { levels, history, delays, integers, stateBytes } = size
  const padded = tiles * tileElements
  const sums = 8 * padded * delays
  const plan = pageBytes
  const scratch = roundUp(plan + planBytes(history), line)
  const G2 = roundUp(scratch + scratchBytes(history), line)
  const values = G2 + 3 * sums
  const totals = values + 16 * padded
  const state = totals + 16 * padded
  const lost = state + stateBytes * padded * levels * (history + 1)
  return {
    elements,
    levels,
    history,
    delays,
    plan,
    scratch,
    G2,
    IP: G2 + sums,
    IF: G2 + 2 * sums,
    values,
    holes: values + 8 * padded,
    state,
    stateBytes,
    lost: integers ? 0 : lost,
    stateN: integers ? 0 : lost + sums,
    totals,
  }
}

function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit
}
