// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Multi-tau sums of one worker's elements, as events come: memory depends on elements, levels and delays, not on time.
 *
 * A sample of level l is the sum S of the values in 2^l ticks from the first event's counter on, n the number of events in it.
 * For the samples i < j = i + lag of a level: G2 = sum S_i S_j, IP = sum S_i n_j, IF = sum S_j n_i, counts = sum n_i n_j, so that
 * sums over counts are means. A missing event is a hole in time (n smaller); NaN is a hole of its element and counted in 'lost'.
 * A sample is used once all its ticks have passed; an event whose counter is not larger than all before is ignored.
 *
 * Ticks are gathered in stretches of 512, cut where the values change their type and at `calc`; the sums do not depend on cuts:
 * integers are exact, floats are added in the order of time. Small integers between even cuts take the compact form of their levels.
 */
import { TimeIndex } from '../buffers/timeIndex.js'
import { WorkerData } from '../buffers/workerData.js'
import type { DenseBlock, EventBlock, StoredEvents, SumName, ValueBlock } from '../kernels/contract.js'
import { loadMultiTau } from '../kernels/loadMultiTau.js'
import { type MultiTauKernelSet, type Stretch, stretchTicks } from '../kernels/multiTauKernels.js'
import type { DType } from '../units.js'
import type { Bins } from './bins.js'
import type { ElementSums } from './elementSums.js'
import { LevelClock } from './multiTau/clock.js'
import { evenCuts, evenLevels } from './multiTau/cuts.js'
import type { MultiTauScheme } from './multiTau/delays.js'
import { momentsOfShards } from './multiTau/moments.js'
import { openShards } from './multiTau/openShards.js'
import { passStretches } from './multiTau/pass.js'
import type { ShardOptions } from './multiTau/plan.js'
import { PhotonStage } from './multiTau/photonStage.js'
import { sequence } from './multiTau/sequence.js'
import type { MultiTauShard } from './multiTau/shard.js'

export interface MultiTauSumsOptions extends ShardOptions {
  readonly scheme: MultiTauScheme
  /** Default: what PARCORANA_KERNEL names. */
  readonly kernels?: MultiTauKernelSet
}

/** How staged values came. */
type Staged = 'photons' | DType

/** Events that are staged together, at most. */
const rowsMax = 64

export class MultiTauSums implements ElementSums {
  readonly elements: number
  readonly workerData: WorkerData
  readonly #clock: LevelClock
  readonly #kernels: MultiTauKernelSet
  readonly #shards: readonly MultiTauShard[]
  readonly #newest = new TimeIndex(1)
  #origin = Number.NaN
  /** First tick that is not folded, end of its stretch, and the last tick with an event. */
  #position = 0
  #end = stretchTicks
  #head = -1
  #presence = new Float64Array(stretchTicks)
  #staged: Staged | null = null
  readonly #photons: PhotonStage
  /** Largest |value| of integers so far. */
  #largest = 0
  /** Values of a signed type came. */
  #signed = false
  /** Levels whose state is compact. */
  #compact = 0
  readonly #mayHaveHoles: boolean
  #holes = false
  #events = 0

  constructor(options: MultiTauSumsOptions) {
    this.elements = options.elements
    this.#mayHaveHoles = options.sourceDtype.startsWith('float')
    this.#clock = new LevelClock(options.scheme, options.delays)
    this.#kernels = options.kernels ?? loadMultiTau()
    this.#shards = openShards(options, this.#clock, this.#kernels)
    this.#photons = new PhotonStage(this.#shards)
    this.workerData = new WorkerData(this.#newest, options.elements, (row) => {
      throw new RangeError(`multi-tau keeps sums, not events: row ${row} cannot be read`)
    })
  }

  /** Always: there are no events to go back to. */
  get path(): 'blocks' {
    return 'blocks'
  }

  /** Name of the kernels at work. */
  get kernel(): string {
    return this.#kernels.name
  }

  /** Sum of n_i n_j per delay, as of the last `calc`. */
  get counts(): Float64Array {
    return this.#clock.counts
  }

  /** First tick of the stretch at hand. */
  get #start(): number {
    return this.#end - stretchTicks
  }

  get hasLost(): boolean {
    return this.#holes
  }

  /** Up to the last event; folds what is staged. */
  get valueSum(): Float64Array {
    this.#foldStaged()
    return this.#totals('values')
  }

  get valueCount(): number | Float64Array {
    return this.#holes ? this.#totals('holes').map((count) => this.#events - count) : this.#events
  }

  #totals(name: 'values' | 'holes'): Float64Array {
    const out = new Float64Array(this.elements)
    for (const shard of this.#shards) shard.fillTotals(name, out)
    return out
  }

  noteDuplicates(count: number): void {
    this.#newest.numDupTimes += count
  }

  memoryBytes(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.bytes, 0)
  }

  insert(events: StoredEvents, blocks: readonly ValueBlock[]): void {
    if (Number.isNaN(this.#origin) && events.count > 0) this.#origin = events.counter[0]
    for (let e = 0; e < events.count; ) {
      const tick = events.counter[e] - this.#origin
      if (tick <= this.#head) {
        e++
        continue
      }
      if (tick >= this.#end) this.#advanceTo(tick)
      const block = blocks[events.block[e]]
      const count = block.kind === 'dense' ? sequence(events, e, Math.min(rowsMax, this.#end - tick)) : 1
      if (block.kind === 'dense') this.#stageDense(block, events.position[e], count, tick)
      else this.#notePhotons(block, events.position[e], tick)
      for (const last = e + count; e < last; e++) this.#note(events.counter[e])
    }
    this.#stagePhotons()
  }

  /** Make the sums current at this event boundary. */
  calc(): void {
    this.#foldStaged()
    this.#setCompact(0)
  }

  #foldStaged(): void {
    if (this.#head >= this.#position) this.#fold(this.#head + 1)
  }

  fill(name: SumName, delayIndex: number, out: Float64Array): void {
    if (name === 'lost' && !this.#holes) out.fill(0)
    else for (const shard of this.#shards) shard.fill(name, this.#clock.place(delayIndex), out)
  }

  /** After `calc`; no element has a hole. */
  moments(bins: Bins): Float64Array {
    const places = Array.from(this.#clock.counts, (_, delay) => this.#clock.place(delay))
    return momentsOfShards(this.#shards, places, bins)
  }

  #note(counter: number): void {
    this.#head = counter - this.#origin
    this.#presence[this.#head - this.#start] = 1
    this.#events++
    this.#newest.apply(counter, 0, this.#newest.size === 0 ? Number.NaN : this.#newest.max)
  }

  /** What comes next is staged as `type`. */
  #begin(type: Staged): void {
    if (this.#staged !== type && this.#head >= this.#position) this.#fold(this.#head + 1)
    this.#staged = type
  }

  /** Stage events of a block at consecutive ticks: uint16 as uint8 until the first value that is too large for it. */
  #stageDense(block: DenseBlock, position: number, count: number, tick: number): void {
    const type = block.dtype === 'uint16' && this.#largest <= 255 ? 'uint8' : block.dtype
    this.#begin(type)
    this.#signed ||= type.startsWith('int')
    const empty = Math.max(this.#head + 1, this.#position) - this.#start
    const to = tick - this.#start
    let found = 0
    for (const shard of this.#shards) {
      shard.reserveStretch(type)
      shard.clearTicks(type, empty, to - empty)
      found = Math.max(found, shard.stageDense(block, position, count, type, to))
    }
    if (type.startsWith('float')) {
      if (found > 0 && !this.#holes) this.#firstHole()
      return
    }
    this.#largest = Math.max(this.#largest, found)
    if (type !== block.dtype && found > 255) this.#stageDense(block, position, count, tick)
  }

  #notePhotons(block: EventBlock, position: number, tick: number): void {
    this.#begin('photons')
    this.#photons.note(block, position, tick - this.#start)
  }

  /** Stage the photons of the blocks whose events lie in the stretch. */
  #stagePhotons(): void {
    this.#largest = Math.max(this.#largest, this.#photons.stage())
  }

  /** All elements have the same n until the first hole. */
  #firstHole(): void {
    if (!this.#mayHaveHoles) throw new RangeError('a value is not finite, but the source type has no such values')
    this.#holes = true
    for (let level = 0; level < this.#clock.levels; level++) {
      const { history, waiting } = this.#clock.kept(level)
      for (const shard of this.#shards) shard.startOwnPresence(level, history, waiting)
    }
  }

  /** Fold the stretch at hand and make the one of `tick` current. */
  #advanceTo(tick: number): void {
    this.#fold(this.#end)
    const whole = Math.floor((tick - this.#position) / stretchTicks)
    const few = Math.max(16, this.#clock.history)
    if (whole < few) for (let k = 0; k < whole; k++) this.#fold(this.#end)
    else this.#pass(whole)
  }

  /** Fold the ticks up to `to`, which is in the stretch or its end. */
  #fold(to: number): void {
    this.#stagePhotons()
    if (this.#staged !== null && this.#staged !== 'photons') {
      const empty = Math.max(this.#head + 1, this.#position)
      for (const shard of this.#shards) shard.clearTicks(this.#staged, empty - this.#start, to - empty)
    }
    for (const cut of this.#compactLevels() > 0 ? evenCuts(this.#position, to) : [to]) this.#foldTicks(cut)
    this.#photons.drop()
    this.#staged = null
    if (to < this.#end) return
    this.#presence = new Float64Array(stretchTicks)
    this.#end += stretchTicks
  }

  #foldTicks(to: number): void {
    const first = this.#position - this.#start
    const count = to - this.#position
    this.#setCompact(evenLevels(this.#compactLevels(), this.#position, count))
    const levels = this.#clock.advance(0, this.#presence.slice(first, first + count))
    this.#shards.forEach((shard, s) => {
      shard.kernels.fold({
        start: 0,
        source: this.#source(shard, s),
        first,
        levels,
        compact: this.#compact,
        holes: this.#holes,
        largest: this.#signed ? Number.POSITIVE_INFINITY : this.#largest,
      })
    })
    this.#position = to
  }

  /** Nothing staged is a stretch of photon events without photons. */
  #source(shard: MultiTauShard, s: number): Stretch['source'] {
    const staged = this.#staged
    if (staged === null || staged === 'photons') {
      return { kind: 'photons', firstElement: shard.first, lists: this.#photons.lists(s) }
    }
    return { kind: 'dense', dtype: staged, at: shard.tickAt(staged, 0) }
  }

  #compactLevels(): number {
    const integers = this.#staged === null || ['photons', 'uint8', 'int8', 'uint16', 'int16'].includes(this.#staged)
    if (!integers || this.#mayHaveHoles) return 0
    return Math.min(this.#clock.levels, this.#kernels.compactLevels(this.#largest, this.#clock.history))
  }

  /** Bring the state of levels into the form that the next stretch takes. */
  #setCompact(levels: number): void {
    for (const { kernels } of this.#shards) {
      for (let level = this.#compact; level < levels; level++) kernels.compact(level, true)
      for (let level = levels; level < this.#compact; level++) kernels.compact(level, false)
    }
    this.#compact = levels
  }

  /** Many whole stretches without event. */
  #pass(stretches: number): void {
    this.#setCompact(0)
    passStretches(this.#clock, this.#shards, stretches, this.#holes)
    this.#position += stretches * stretchTicks
    this.#end += stretches * stretchTicks
  }
}
