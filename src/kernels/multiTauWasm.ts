// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The multi-tau kernels in WebAssembly: one instance per memory; the work of a call is written into its plan. */
import { bytesOf, type DType } from '../units.js'
import {
  type DelayPlace,
  type LevelWork,
  type MultiTauKernelSet,
  type MultiTauKernels,
  type MultiTauPlace,
  type Rows,
  type Stretch,
  stretchTicks,
  tileElements,
} from './multiTauKernels.js'
import { dtypeCode } from './pairKernels.js'

type Call = (...args: number[]) => number

interface Exports {
  readonly setPlace: Call
  readonly setState: Call
  readonly largest: Call
  readonly stage: Call
  readonly clear: Call
  readonly compact: Call
  readonly read: Call
  readonly settle: Call
  readonly fold: Call
}

/** Bytes of the plan's fixed words, then of a level's, as `assembly/multiTauPlace.ts` reads them. */
const wordsBytes = 64
const levelBytes = 32
const levelsMax = 32
/** Sums of one delay in a tile. */
const delayBytes = 8 * tileElements
/** The compact form of longer histories would not fit its scratch. */
const compactHistoryMax = 128
const kinds = { dense: 0, photons: 1, waiting: 2 } as const

export function wasmMultiTau(module: WebAssembly.Module): MultiTauKernelSet {
  return { name: 'wasm', compactLevels, open: (memory, place) => new Wasm(module, memory, place) }
}

/** Samples must fit int16, sums of products of a stretch int32. */
function compactLevels(largest: number, history: number): number {
  if (history > compactHistoryMax) return 0
  let levels = 0
  for (let ticks = 1; ticks < stretchTicks; ticks *= 2, levels++) {
    const sample = ticks * largest
    if (sample > 32767 || sample * sample * (stretchTicks / ticks) >= 2 ** 31) break
  }
  return levels
}

class Wasm implements MultiTauKernels {
  readonly #memory: WebAssembly.Memory
  readonly #place: MultiTauPlace
  readonly #run: Exports
  /** Where the next list of the plan goes. */
  #next = 0

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, place: MultiTauPlace) {
    this.#memory = memory
    this.#place = place
    this.#run = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports
    const { elements, levels, history, delays, plan, scratch, G2, IP, IF, lost, values, holes } = place
    this.#run.setPlace(elements, levels, history, delays, plan, scratch, G2, IP, IF, lost, values, holes)
    this.#run.setState(place.state, place.stateBytes, place.stateN, place.totals)
  }

  largest(dtype: DType, at: number, count: number): number {
    return this.#run.largest(dtypeCode(dtype), at, count)
  }

  stage({ dtype: from, at, stride, count, elements }: Rows, dtype: DType, to: number): number {
    return this.#run.stage(dtypeCode(from), dtypeCode(dtype), at, stride * bytesOf(from), count, elements, to)
  }

  clear(dtype: DType, to: number, count: number): void {
    this.#run.clear(to, bytesOf(dtype), dtype === 'uint8' ? 1 : 0, count)
  }

  compact(level: number, compact: boolean): void {
    this.#run.compact(level, compact ? 1 : 0)
  }

  read(name: 'IP' | 'IF', { index, level, lag, waits }: DelayPlace, tile: number, tiles: number, at: number): void {
    this.#run.read(name === 'IP' ? 1 : 0, level, lag, index * delayBytes, waits, tile, tiles, at)
  }

  settle(delays: readonly DelayPlace[], tile: number, tiles: number, IP: number, IF: number): void {
    const places = delays.toSorted((a, b) => a.level - b.level || a.lag - b.lag)
    this.#forgetLists()
    const at = this.#put(Int32Array.from(places.flatMap(({ index, level, lag }) => [index, level, lag])))
    this.#run.settle(at, delays[0]?.waits ?? 0, tile, tiles, IP, IF)
  }

  #forgetLists(): void {
    this.#next = this.#place.plan + wordsBytes + levelBytes * levelsMax
  }

  fold(stretch: Stretch): void {
    const { plan, levels } = this.#place
    this.#forgetLists()
    const words = new Uint32Array(this.#memory.buffer, plan, wordsBytes / 4).fill(0)
    const { source } = stretch
    words[0] = kinds[source.kind]
    words[4] = stretch.start
    words[7] = stretch.compact
    words[8] = stretch.holes ? 1 : 0
    words[9] = Math.min(stretch.largest, 65535)
    words[12] = stretch.first
    if (source.kind === 'dense') {
      words.set([dtypeCode(source.dtype), source.at], 1)
    } else if (source.kind === 'photons') {
      words.set([source.lists.length, source.firstElement], 5)
      const lists = source.lists.flatMap(({ element, event, value, count, ticks }) => [
        element,
        event,
        value,
        count,
        ticks,
        0,
        0,
      ])
      words[11] = this.#put(Uint32Array.from(lists))
    }
    for (let level = stretch.start; level < levels; level++) this.#putLevel(level, stretch.levels[level])
    this.#run.fold()
  }

  #putLevel(level: number, work: LevelWork | null): void {
    const words = new Uint32Array(this.#memory.buffer, this.#place.plan + wordsBytes + levelBytes * level, 8).fill(0)
    if (work === null || work.count === 0) return
    const missing = deficits(work.presence, 2 ** level)
    words.set([work.count, work.waiting ? 1 : 0, this.#put(work.presence), work.lags.length])
    words.set([this.#put(lagList(work.lags)), missing.length / 2, this.#put(missing)], 4)
  }

  /** Copy a list into the plan; returns its address. */
  #put(list: Float64Array | Int32Array | Uint32Array): number {
    const at = this.#next
    new Uint8Array(this.#memory.buffer, at, list.byteLength).set(
      new Uint8Array(list.buffer, list.byteOffset, list.byteLength),
    )
    this.#next = at + Math.ceil(list.byteLength / 8) * 8
    return at
  }
}

/** Pairs [lag, byte offset of the delay's sums in a tile]. */
function lagList(lags: LevelWork['lags']): Int32Array {
  return Int32Array.from(lags.flatMap(([lag, delay]) => [lag, delay * delayBytes]))
}

/** Samples with fewer events than ticks: pairs [sample, missing ticks]. */
function deficits(presence: Float64Array, ticks: number): Int32Array {
  const found: number[] = []
  presence.forEach((events, sample) => {
    if (events < ticks) found.push(sample, ticks - events)
  })
  return Int32Array.from(found)
}
