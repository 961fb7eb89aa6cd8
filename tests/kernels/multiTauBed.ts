// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One shard's memory, laid out by hand, with one set of multi-tau kernels at work in it. */
import { expect } from 'vitest'
import { LevelClock } from '../../src/correlators/multiTau/clock.js'
import { type MultiTauScheme, multiTauDelays } from '../../src/correlators/multiTau/delays.js'
import {
  type DelayPlace,
  type MultiTauKernelSet,
  type MultiTauKernels,
  type MultiTauPlace,
  type PhotonList,
  planBytes,
  scratchBytes,
  stagedOffset,
  type StretchSource,
  stretchTicks,
  tileElements,
} from '../../src/kernels/multiTauKernels.js'
import { bytesOf, type DType, type TypedArray, viewOf } from '../../src/units.js'

/** A stretch of values [tick][element]; NaN is a hole. */
export interface Ticks {
  readonly values: readonly (readonly number[])[]
  /** 1 = the tick has an event. */
  readonly presence: Float64Array
}

const round = (bytes: number): number => Math.ceil(bytes / 64) * 64
/** First element of a shard among those of its worker. */
const firstElement = 48

export class Bed {
  readonly place: MultiTauPlace
  readonly delays: Float64Array
  readonly #set: MultiTauKernelSet
  readonly #kernels: MultiTauKernels
  readonly #memory: WebAssembly.Memory
  readonly #clock: LevelClock
  readonly #rows: number
  readonly #staged: number
  #compact = 0
  /** Ticks so far. */
  #position = 0
  #holes = false
  /** Of integers so far; Infinity once a type was signed. */
  #largest = 0

  /** `integers`: values are never floats; `stateBytes` as in the place. */
  constructor(
    set: MultiTauKernelSet,
    scheme: MultiTauScheme,
    elements: number,
    ticks: number,
    integers = false,
    stateBytes = 8,
  ) {
    this.delays = multiTauDelays(scheme, ticks)
    this.#clock = new LevelClock(scheme, this.delays)
    this.#set = set
    this.place = placeOf(elements, this.delays.length, this.#clock, integers, stateBytes)
    const { state, levels, history } = this.place
    const tiles = Math.ceil(elements / tileElements)
    const samples = tileElements * tiles * levels * (history + 1)
    this.#rows = round(state + 16 * samples + 8 * tileElements * tiles * this.delays.length)
    this.#staged = round(this.#rows + 8 * stretchTicks * (tiles + 1) * tileElements)
    const end = this.#staged + 8 * stretchTicks * tiles * tileElements
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65536) + 1, maximum: 65536 })
    this.#kernels = set.open(this.#memory, this.place)
  }

  /** Values of `from` as rows, a few at a time, to ticks of `to`; returns the largest that `stage` said. */
  stage({ values }: Ticks, from: DType, to: DType): number {
    const { elements } = this.place
    const stride = Math.ceil(elements / tileElements) * tileElements + 32
    const first = this.#first(values.length)
    this.#kernels.clear(to, this.#staged + stagedOffset(to, 0, first), values.length)
    let largest = 0
    for (let tick = 0; tick < values.length; tick += 7) {
      const some = values.slice(tick, tick + 7)
      const rows = viewOf(from, this.#memory.buffer, this.#rows, stride * some.length).fill(0)
      some.forEach((row, t) => {
        rows.set(row, t * stride)
      })
      const at = this.#staged + stagedOffset(to, 0, first + tick)
      const said = this.#kernels.stage({ dtype: from, at: this.#rows, stride, count: some.length, elements }, to, at)
      largest = Math.max(largest, said)
    }
    return largest
  }

  foldDense(ticks: Ticks, dtype: DType): void {
    const largest = this.stage(ticks, dtype, dtype)
    if (dtype.startsWith('float') && largest > 0) this.startHoles()
    if (dtype.startsWith('int')) this.#largest = Number.POSITIVE_INFINITY
    this.#fold(ticks.presence, { kind: 'dense', dtype, at: this.#staged }, bytesOf(dtype) <= 2 ? largest : null)
  }

  /** The values as photons in blocks of `blockEvents` ticks. */
  foldPhotons(ticks: Ticks, blockEvents: number): void {
    const lists: PhotonList[] = []
    let at = this.#staged
    let largest = 0
    for (let tick = 0; tick < ticks.values.length; tick += blockEvents) {
      const list = this.#photons(ticks, tick, Math.min(blockEvents, ticks.values.length - tick), at)
      lists.push(list.list)
      largest = Math.max(largest, this.#kernels.largest('uint16', list.list.value, list.list.count))
      at = list.end
    }
    this.#fold(ticks.presence, { kind: 'photons', firstElement, lists }, largest)
  }

  largest(values: TypedArray, dtype: DType): number {
    viewOf(dtype, this.#memory.buffer, this.#rows, values.length).set(values)
    return this.#kernels.largest(dtype, this.#rows, values.length)
  }

  /** Elements have their own n from now on. */
  startHoles(): void {
    if (this.#holes) return
    this.#setCompact(0)
    this.#holes = true
    const { history, levels, elements, stateN } = this.place
    for (let level = 0; level < levels; level++) {
      const kept = this.#clock.kept(level)
      const all = [...kept.history, kept.waiting]
      for (let tile = 0; tile * tileElements < elements; tile++) {
        const slot = this.f64(stateN + 8 * tileElements * (tile * levels + level) * (history + 1), 16 * (history + 1))
        all.forEach((n, i) => {
          slot.fill(n, i * tileElements, (i + 1) * tileElements)
        })
      }
    }
  }

  /** All that the kernels keep, of elements in use, with levels in their plain form. */
  kept(): Record<string, number[]> {
    this.#setCompact(0)
    const { G2, IP, IF, lost, values, holes, state, stateBytes, stateN, delays, levels, history, elements } = this.place
    const tiled = (at: number, rows: number, dtype: DType = 'float64'): number[] => {
      const all = viewOf(dtype, this.#memory.buffer, at, Math.ceil(elements / tileElements) * rows * tileElements)
      return [...all].filter(
        (_, i) => Math.floor(i / (rows * tileElements)) * tileElements + (i % tileElements) < elements,
      )
    }
    const own = levels * (history + 1)
    return {
      G2: tiled(G2, delays),
      IP: tiled(IP, delays),
      IF: tiled(IF, delays),
      lost: lost === 0 ? [] : tiled(lost, delays),
      ...this.#whole(),
      values: [...this.f64(values, elements)],
      holes: [...this.f64(holes, elements)],
      state: this.#waitingOnly(tiled(state, own, stateBytes === 4 ? 'int32' : 'float64')),
      stateN: this.#holes ? this.#waitingOnly(tiled(stateN, own)) : [],
    }
  }

  /** IP and IF of integers, as they are read, delay by delay and at once. */
  #whole(): Record<string, number[]> {
    const { lost, elements } = this.place
    if (lost !== 0) return {}
    const order = [...this.delays.keys()]
    const all = (name: 'IP' | 'IF', indices: readonly number[]): number[] =>
      indices.flatMap((index) => {
        this.#kernels.read(name, this.#clock.place(index), 0, Math.ceil(elements / tileElements), this.#rows)
        return [...this.f64(this.#rows, elements)]
      })
    const whole = { wholeIP: all('IP', order), wholeIF: all('IF', order) }
    const places = order.map((index) => this.#clock.place(index))
    const [settledIP, settledIF] = this.#settled(places)
    expect([settledIP, settledIF]).toEqual([whole.wholeIP, whole.wholeIF])
    return { ...whole, backwards: all('IP', order.toReversed()) }
  }

  /** [delays][elements] from tiles. */
  #settled(places: readonly DelayPlace[]): [IP: number[], IF: number[]] {
    const { elements } = this.place
    const tiles = Math.ceil(elements / tileElements)
    const size = tiles * places.length * tileElements
    const IP = this.#staged
    const missing = IP + 16 * size - this.#memory.buffer.byteLength
    if (missing > 0) this.#memory.grow(Math.ceil(missing / 65536))
    for (let tile = 0; tile < tiles; tile++) {
      const at = IP + 8 * (size / tiles) * tile
      this.#kernels.settle(places, tile, 1, at, at + 8 * size)
    }
    const byDelay = (at: number): number[] =>
      places.flatMap((_, d) =>
        Array.from({ length: elements }, (_, e) => {
          const row = Math.floor(e / tileElements) * places.length + d
          return this.f64(at, size)[row * tileElements + (e % tileElements)] as number
        }),
      )
    return [byDelay(IP), byDelay(IP + 8 * size)]
  }

  f64(at: number, count: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at, count)
  }

  /** What lies in the place of a sample that does not wait has no meaning. */
  #waitingOnly(kept: number[]): number[] {
    const { levels, history, elements } = this.place
    let tile = 0
    for (let at = 0; at < kept.length; tile++) {
      const own = Math.min(tileElements, elements - tile * tileElements)
      for (let level = 0; level < levels; level++, at += (history + 1) * own) {
        if (!this.#clock.waits(level)) kept.fill(0, at + history * own, at + (history + 1) * own)
      }
    }
    return kept
  }

  #fold(presence: Float64Array, source: StretchSource, largest: number | null): void {
    this.#largest = Math.max(this.#largest, largest ?? Number.POSITIVE_INFINITY)
    const first = this.#first(presence.length)
    const levels = this.#clock.advance(0, presence)
    this.#setCompact(largest === null || this.place.lost !== 0 ? 0 : this.#compactLevels(largest, presence.length))
    this.#position += presence.length
    const { compact, holes } = { compact: this.#compact, holes: this.#holes }
    this.#kernels.fold({ start: 0, source, first, levels, compact, holes, largest: this.#largest })
  }

  /** Staged tick of the next stretch: where it would lie in a full one, when it is not too long for that. */
  #first(count: number): number {
    const first = this.#position % stretchTicks
    return first + count <= stretchTicks ? first : 0
  }

  /** Levels that begin and end without a sample that waits. */
  #compactLevels(largest: number, count: number): number {
    const { levels, history } = this.place
    let even = this.#first(count) % 8 === 0 ? Math.min(levels, this.#set.compactLevels(largest, history)) : 0
    while ((this.#position | count | stretchTicks) % 2 ** even !== 0) even--
    return even
  }

  #setCompact(levels: number): void {
    const [from, to] = [Math.min(levels, this.#compact), Math.max(levels, this.#compact)]
    for (let level = from; level < to; level++) {
      this.#kernels.compact(level, levels > this.#compact)
    }
    this.#compact = levels
  }

  /** Photons of some ticks at `at`, sorted by element; ticks without event are not listed. */
  #photons({ values, presence }: Ticks, tick: number, events: number, at: number) {
    const first = this.#first(values.length)
    const found: number[][] = []
    for (let element = 0; element < this.place.elements; element++) {
      for (let event = 0; event < events; event++) {
        const value = values[tick + event][element]
        if (value > 0) found.push([element + firstElement, event, value])
      }
    }
    const count = found.length
    const list = { element: at, ticks: at + 4 * count, event: at + 4 * (count + events), value: 0, count }
    list.value = list.event + 2 * count
    const put = (dtype: DType, to: number, from: number[]) =>
      viewOf(dtype, this.#memory.buffer, to, from.length).set(from)
    put(
      'uint32',
      list.element,
      found.map(([element]) => element),
    )
    put(
      'int32',
      list.ticks,
      Array.from({ length: events }, (_, e) => (presence[tick + e] > 0 ? first + tick + e : -1)),
    )
    put(
      'uint16',
      list.event,
      found.map(([, event]) => event),
    )
    put(
      'uint16',
      list.value,
      found.map(([, , value]) => value),
    )
    return { list, end: round(list.value + 2 * count) }
  }
}

function placeOf(
  elements: number,
  delays: number,
  { levels, history }: LevelClock,
  integers: boolean,
  stateBytes: number,
): MultiTauPlace {
  const padded = Math.ceil(elements / tileElements) * tileElements
  const plan = 65536
  const scratch = round(plan + planBytes(history))
  const G2 = round(scratch + scratchBytes(history))
  const sums = 8 * padded * delays
  const values = G2 + 3 * sums
  const totals = values + 16 * padded
  const state = totals + 16 * padded
  const stateN = state + stateBytes * padded * levels * (history + 1)
  const own = { values, holes: values + 8 * padded, totals, state, stateBytes }
  const ofHoles = integers ? { stateN: 0, lost: 0 } : { stateN, lost: stateN + stateN - state }
  const rest = { plan, scratch, G2, IP: G2 + sums, IF: G2 + 2 * sums }
  return { elements, levels, history, delays, ...rest, ...own, ...ofHoles }
}
