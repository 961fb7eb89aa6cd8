// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The multi-tau kernels in plain TypeScript: slow, obvious, and the oracle of the fast ones. Element by element, level by level. */
import { bytesOf, type DType, type TypedArray, viewOf } from '../units.js'
import {
  type DelayPlace,
  type LevelWork,
  type MultiTauKernelSet,
  type MultiTauKernels,
  type MultiTauPlace,
  type Rows,
  type Stretch,
  stagedOffset,
  stretchTicks,
  tileElements,
} from './multiTauKernels.js'

export const referenceMultiTau: MultiTauKernelSet = {
  name: 'reference',
  compactLevels: () => 0,
  open: (memory, place) => new Reference(memory, place),
}

/** Samples of one element at one level: their sums and, where it can have holes, its own n. */
interface Samples {
  S: number[]
  n: number[]
}

class Reference implements MultiTauKernels {
  readonly #memory: WebAssembly.Memory
  readonly #place: MultiTauPlace

  constructor(memory: WebAssembly.Memory, place: MultiTauPlace) {
    this.#memory = memory
    this.#place = place
  }

  largest(dtype: DType, at: number, count: number): number {
    let largest = 0
    for (const value of viewOf(dtype, this.#memory.buffer, at, count)) largest = Math.max(largest, Math.abs(value))
    return largest
  }

  stage(rows: Rows, dtype: DType, to: number): number {
    let largest = 0
    for (let tick = 0; tick < rows.count; tick++) {
      const at = rows.at + tick * rows.stride * bytesOf(rows.dtype)
      viewOf(rows.dtype, this.#memory.buffer, at, rows.elements).forEach((value, element) => {
        this.#staged(dtype, to, element, tick)[0] = value
        largest = Math.max(largest, dtype.startsWith('float') ? Number(!Number.isFinite(value)) : Math.abs(value))
      })
    }
    return largest
  }

  clear(dtype: DType, to: number, count: number): void {
    for (let element = 0; element < this.#place.elements; element++) {
      for (let tick = 0; tick < count; tick++) this.#staged(dtype, to, element, tick)[0] = 0
    }
  }

  compact(): void {}

  read(name: 'IP' | 'IF', delay: DelayPlace, tile: number, tiles: number, at: number): void {
    const out = this.#f64(at, tiles * tileElements)
    out.forEach((_, e) => {
      out[e] = this.#whole(name, delay, tile * tileElements + e)
    })
  }

  settle(delays: readonly DelayPlace[], tile: number, tiles: number, IP: number, IF: number): void {
    for (const delay of delays) {
      for (let e = 0; e < tiles * tileElements; e++) {
        const row = Math.floor(e / tileElements) * delays.length + delay.index
        const at = 8 * (row * tileElements + (e % tileElements))
        this.#f64(IP + at, 1)[0] = this.#whole('IP', delay, tile * tileElements + e)
        this.#f64(IF + at, 1)[0] = this.#whole('IF', delay, tile * tileElements + e)
      }
    }
  }

  /** IP or IF of an element: what it would be with all events, less what it lacks. */
  #whole(name: 'IP' | 'IF', { index, level, lag, waits }: DelayPlace, element: number): number {
    const { values, state, delays, history } = this.#place
    let total = this.#f64(values + 8 * element, 1)[0]
    for (let below = 0; below < level; below++) {
      if ((waits >> below) & 1) total -= this.#slot(state, element, below)[history * tileElements]
    }
    const kept = this.#slot(state, element, level)
    if (name === 'IP') for (let i = 1; i <= lag; i++) total -= kept[(history - i) * tileElements]
    const row = (Math.floor(element / tileElements) * delays + index) * tileElements
    return 2 ** level * total - this.#f64(this.#place[name] + 8 * (row + (element % tileElements)), 1)[0]
  }

  fold(stretch: Stretch): void {
    for (let element = 0; element < this.#place.elements; element++) {
      let samples = this.#first(stretch, element)
      for (let level = stretch.start; level < this.#place.levels && samples.S.length > 0; level++) {
        const work = stretch.levels[level] as LevelWork
        samples = this.#level(stretch, element, level, work, samples)
      }
    }
  }

  /** Correlate the new samples of a level with its history; returns those of the next level. */
  #level({ holes }: Stretch, element: number, level: number, work: LevelWork, samples: Samples): Samples {
    const { history } = this.#place
    const { S } = samples
    const n = holes ? samples.n : [...work.presence.subarray(history)]
    const waits = this.#slot(this.#place.state, element, level)
    const waitsN = holes ? this.#slot(this.#place.stateN, element, level) : null
    const past: number[] = []
    const pastN: number[] = []
    for (let i = 0; i < history; i++) {
      past.push(waits[i * tileElements])
      pastN.push(waitsN === null ? work.presence[i] : waitsN[i * tileElements])
    }
    const all = [...past, ...S]
    const allN = [...pastN, ...n]
    for (const [lag, delay] of work.lags) this.#pairs(element, level, delay, lag, all, allN, work.presence, holes)
    for (let i = 0; i < history; i++) {
      waits[i * tileElements] = all[S.length + i]
      if (waitsN !== null) waitsN[i * tileElements] = allN[S.length + i]
    }
    return this.#halve(work, waits, waitsN, { S, n })
  }

  #pairs(
    element: number,
    level: number,
    delay: number,
    lag: number,
    S: readonly number[],
    n: readonly number[],
    N: Float64Array,
    holes: boolean,
  ): void {
    const { G2, IP, IF, lost, delays, history } = this.#place
    const at = ((Math.floor(element / tileElements) * delays + delay) * tileElements + (element % tileElements)) * 8
    const add = (sums: number, product: (i: number, j: number) => number) => {
      const sum = this.#f64(sums + at, 1)
      for (let j = history; j < S.length; j++) sum[0] += product(j - lag, j)
    }
    add(G2, (i, j) => S[i] * S[j])
    if (lost === 0) {
      add(IP, (i, j) => S[i] * (2 ** level - n[j]))
      add(IF, (i, j) => S[j] * (2 ** level - n[i]))
      return
    }
    add(IP, (i, j) => S[i] * n[j])
    add(IF, (i, j) => S[j] * n[i])
    if (holes) add(lost, (i, j) => N[i] * N[j] - n[i] * n[j])
  }

  #halve({ waiting }: LevelWork, waits: TypedArray, waitsN: TypedArray | null, { S, n }: Samples): Samples {
    const last = this.#place.history * tileElements
    const s = waiting ? [waits[last], ...S] : S
    const m = waiting ? [waitsN === null ? 0 : waitsN[last], ...n] : n
    const pairs = Math.floor(s.length / 2)
    if (s.length % 2 === 1) {
      waits[last] = s[s.length - 1]
      if (waitsN !== null) waitsN[last] = m[m.length - 1]
    }
    const half = (list: readonly number[]) => Array.from({ length: pairs }, (_, k) => list[2 * k] + list[2 * k + 1])
    return { S: half(s), n: half(m) }
  }

  /** The first level's samples; holes become 0 with n = 0. */
  #first(stretch: Stretch, element: number): Samples {
    const { source, start, levels, holes } = stretch
    const { count, presence } = levels[start] as LevelWork
    const N = [...presence.subarray(this.#place.history)]
    if (source.kind === 'waiting') {
      const last = this.#place.history * tileElements
      const n = holes ? [this.#slot(this.#place.stateN, element, start - 1)[last]] : N
      return { S: [this.#slot(this.#place.state, element, start - 1)[last]], n }
    }
    const values = this.#values(stretch, element, count)
    const n = values.map((value, t) => (Number.isFinite(value) ? N[t] : 0))
    const S = values.map((value) => (Number.isFinite(value) ? value : 0))
    const total = this.#f64(this.#place.values + 8 * element, 1)
    const missing = this.#f64(this.#place.holes + 8 * element, 1)
    for (let t = 0; t < count; t++) {
      total[0] += S[t]
      missing[0] += N[t] - n[t]
    }
    return { S, n }
  }

  #values({ source, first }: Stretch, element: number, count: number): number[] {
    const values = new Array<number>(count).fill(0)
    if (source.kind === 'dense') {
      return values.map((_, t) => this.#staged(source.dtype, source.at, element, first + t)[0])
    }
    if (source.kind === 'photons') {
      for (const list of source.lists) {
        const elements = new Uint32Array(this.#memory.buffer, list.element, list.count)
        const event = new Uint16Array(this.#memory.buffer, list.event, list.count)
        const value = new Uint16Array(this.#memory.buffer, list.value, list.count)
        const own = element + source.firstElement
        for (let i = elements.indexOf(own); i >= 0 && i < list.count && elements[i] === own; i++) {
          const tick = new Int32Array(this.#memory.buffer, list.ticks + 4 * event[i], 1)[0] - first
          if (tick >= 0 && tick < count) values[tick] = value[i]
        }
      }
    }
    return values
  }

  /** One staged value. */
  #staged(dtype: DType, at: number, element: number, tick: number): TypedArray {
    const inQuad = dtype === 'uint8' ? at % 4 : 0
    const tile = Math.floor(element / tileElements) * stretchTicks * tileElements * bytesOf(dtype)
    const offset = tile + stagedOffset(dtype, element % tileElements, tick + inQuad)
    return viewOf(dtype, this.#memory.buffer, at - inQuad + offset, 1)
  }

  /** State of an element at a level; sample i lies at i * 16. */
  #slot(state: number, element: number, level: number): TypedArray {
    const { levels, history, stateBytes } = this.#place
    const slot = (Math.floor(element / tileElements) * levels + level) * (history + 1) * tileElements
    const at = state + (slot + (element % tileElements)) * stateBytes
    const length = history * tileElements + 1
    return viewOf(stateBytes === 4 ? 'int32' : 'float64', this.#memory.buffer, at, length)
  }

  #f64(at: number, count: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at, count)
  }
}
