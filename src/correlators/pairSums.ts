// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The sums over pairs of one worker's elements for one analysis: G2, IP, IF per element and delay.
 *
 *     G2[d] = sum I(t) I(t + d)     IP[d] = sum I(t), the earlier     IF[d] = sum I(t + d), the later
 *
 * Every sum is a float64 to which an element's pairs are added one at a time in event order, so its bits do not depend on
 * blocks, shards, path or store type; integer sums may be taken in another order, or kept as int32, because they are exact.
 * Holes (NaN, Infinity) contribute nothing and are counted in 'lost'.
 *
 * Two paths: `ring.ts` folds blocks of ticks and serves events in order; `rows.ts` folds event by event and serves all else.
 * A late event, counters that span more than four times as many ticks as events, float values with 'windowed' pairing, or a
 * ring beyond the planned memory move the values from the ring to rows, once; they stay there.
 */
import { PairCounts } from '../buffers/pairCounts.js'
import { TickClock } from '../buffers/tickClock.js'
import { TimeIndex } from '../buffers/timeIndex.js'
import { WorkerData } from '../buffers/workerData.js'
import type { Pairing, StoredEvents, SumName, ValueBlock } from '../kernels/contract.js'
import { loadKernels } from '../kernels/load.js'
import type { KernelSet } from '../kernels/pairKernels.js'
import type { StoreDType, TypedArray } from '../units.js'
import { type EventOrder, Orders } from './pairSums/eventOrder.js'
import { cellProducts } from './pairSums/cellSums.js'
import { momentsOf } from './pairSums/moments.js'
import type { PairSumsOptions } from './pairSums/options.js'
import type { Bins } from './bins.js'
import type { ElementSums } from './elementSums.js'
import { mayHaveHoles, type PairSumsPlan, planPairSums, rowDtype } from './pairSums/plan.js'
import { HoleBook, type ReadValue } from './pairSums/holeBook.js'
import { holesOf, valueReader } from './pairSums/readValue.js'
import { Rings } from './pairSums/rings.js'
import { RowBuffer } from './pairSums/rows.js'
import { readEvent } from './pairSums/readEvent.js'
import { rowsOfRing } from './pairSums/rowsOfRing.js'
import { Shard, totalsOf } from './pairSums/shard.js'
import { type Run, runFrom, singleEvent, stageRun, wholeRun } from './pairSums/staging.js'
import { StoreType } from './pairSums/storeType.js'

export type { PairSumsOptions } from './pairSums/options.js'
export type { PairSumsPlan, ShardPlan } from './pairSums/plan.js'

export class PairSums implements ElementSums {
  readonly delays: Float64Array
  readonly elements: number
  readonly pairing: Pairing
  readonly workerData: WorkerData
  readonly #index: TimeIndex
  readonly #counts: PairCounts
  readonly #plan: PairSumsPlan
  readonly #shards: readonly Shard[]
  readonly #kernels: KernelSet
  readonly #store: StoreType
  #book: HoleBook | null = null // Null = no integer was a hole.
  #events = 0
  readonly #clock: TickClock
  #ring: Rings | null = null
  #rows: RowBuffer | null = null
  /** Counter stored in each row; may be out of date for a row that was just freed. */
  readonly #counterOf: number[] = []

  constructor(options: PairSumsOptions) {
    this.#index = new TimeIndex(options.times)
    this.#counts = new PairCounts(options.delays, options.pairing)
    this.delays = this.#counts.delays
    this.elements = options.elements
    this.pairing = options.pairing
    this.workerData = new WorkerData(this.#index, options.elements, (row) => this.#readRow(row))
    this.#kernels = options.kernels ?? loadKernels()
    this.#clock = new TickClock(this.delays, options.trains)
    this.#plan = PairSums.plan({ ...options, delays: this.delays.length })
    this.#store = new StoreType(options.storeDtype, this.#plan.narrow)
    const { rows } = this.#plan
    this.#shards = this.#plan.shards.map((shard) => new Shard(shard, this.delays.length, this.#kernels))
    if (options.rows || !this.#ringServes(this.#plan.narrow))
      this.#rows = new RowBuffer(this.#shards, this.delays, rows, this.#store.leaveBits())
    else this.#ring = new Rings(this.#shards, this.#clock.delays, this.pairing, this.#plan)
  }

  /** Memory of such sums, before the run. */
  static plan = planPairSums

  get storeDtype(): StoreDType {
    return this.#store.current
  }

  get path(): 'blocks' | 'rows' {
    return this.#ring === null ? 'rows' : 'blocks'
  }

  get kernel(): string {
    return this.#kernels.name
  }

  get hasLost(): boolean {
    return this.#store.holes || this.#book !== null
  }

  /** Pairs per delay, in the order of `delays`, of a hole-free element; current after every event. */
  get counts(): Float64Array {
    return this.#counts.counts(this.#index)
  }

  /** Sum of the stored values per element, over the whole run, holes left out. */
  get valueSum(): Float64Array {
    this.#ring?.stage.flush()
    return totalsOf(this.#shards, 'values', this.elements)
  }

  /** Stored events in which each element was not a hole: one number for all while no hole was seen. */
  get valueCount(): number | Float64Array {
    if (!this.hasLost) return this.#events
    this.#ring?.stage.flush()
    const holes = totalsOf(this.#shards, 'holes', this.elements)
    this.#book?.addHoles(holes)
    return holes.map((count) => this.#events - count)
  }

  get owed(): number {
    return this.#ring?.owed ?? 0
  }

  noteDuplicates(count: number): void {
    this.#index.numDupTimes += count
  }

  memoryBytes = (): number => this.#shards.reduce((sum, shard) => sum + shard.bytes, 0)

  /** Store events in delivery order; `blocks` are read during the call only. Throws ConfigError when a fixed store type cannot hold a value. */
  insert(events: StoredEvents, blocks: readonly ValueBlock[]): void {
    const run = wholeRun(events, blocks)
    if (blocks.some(({ holes }) => holes !== undefined)) this.#book ??= new HoleBook(this.#counts)
    const done = this.#ring === null ? 0 : this.#insertBlocks(this.#ring, run)
    if (done < events.count) this.#insertRows(run, done)
  }

  /** Make the sums current at this event boundary. */
  calc(): void {
    this.#ring?.fold()
    if (this.pairing !== 'atEnd') return
    for (const shard of this.#shards) shard.zeroSums()
    this.#ring?.foldAll()
    this.#rows?.foldAll(this.#index)
    this.#book?.settleAll(this.#index, this.#reader())
  }

  /** Copy one delay of one sum, as of the last `calc`, to `out` in the worker's element order. */
  fill(name: SumName, delayIndex: number, out: Float64Array): void {
    this.#ring?.settle()
    for (const shard of this.#shards) shard.fill(name, delayIndex, out)
    this.#book?.correct(name, delayIndex, out)
  }

  /** See ElementSums; throws RangeError when an element has a hole. */
  moments(bins: Bins): Float64Array {
    if (this.hasLost) throw new RangeError('elements with holes have no common number of pairs')
    return momentsOf(this.#shards, this.delays.length, bins, this.#ring)
  }

  /** See ElementSums. */
  cellProducts = (columnOf: Int32Array, columns: number): Float64Array => cellProducts(this.#shards, columnOf, columns)

  /** Event by event with user callbacks in between (row path): 1. `counter` is about to leave; windowed sums lose its pairs. */
  beforeRemove(counter: number): void {
    this.#counts.beforeRemove(counter, this.#index)
    if (this.pairing === 'windowed') this.#rowPath().fold(counter, this.#index.rowOf(counter), this.#index, -1)
    this.#book?.settle(this.#reader())
  }

  /** 2. Forget the event of `counter`. */
  remove(counter: number): void {
    this.#index.evict(counter)
    this.#book?.leave(counter)
  }

  /** 3. Store `values` (one per element) of the event of `counter` in `row`. */
  store = (counter: number, row: number, values: TypedArray): void =>
    this.#storeRow(row, singleEvent(counter, row, values), [])

  /** 4. The event of `counter` has been stored: its pairs are added. */
  afterInsert(counter: number): void {
    this.#counts.afterInsert(counter, this.#index)
    if (this.pairing !== 'atEnd') this.#rowPath().fold(counter, this.#index.rowOf(counter), this.#index, 1)
    this.#book?.settle(this.#reader())
  }

  /** Events up to the first that the ring cannot take; returns how many. */
  #insertBlocks(ring: Rings, whole: Run): number {
    const { events } = whole
    const ticks = this.#clock.advance(events.counter.subarray(0, events.count))
    for (let at = 0; at < events.count; ) {
      const limit = Math.min(events.count, at + ring.stage.room(whole.blocks[events.block[at]].dtype))
      const count = ring.makeRoom(ticks, at, limit, Math.max(this.#plan.rows, this.#index.size))
      const run = runFrom(whole, at, at + count)
      if (count === 0 || !this.#storeRun(ring, run, ticks)) {
        this.#moveToRows(ring)
        return at
      }
      at = run.to
    }
    return events.count
  }

  /** Store a run that the ring accepts; false and nothing done when its values need rows. */
  #storeRun(ring: Rings, run: Run, ticks: Float64Array): boolean {
    if (!this.#fitStore(run)) return false
    for (let e = run.from; e < run.to; e++) {
      const evicted = run.events.evicted[e]
      if (!Number.isNaN(evicted)) {
        this.#counts.beforeRemove(evicted, this.#index)
        this.remove(evicted)
      }
      this.#register(run, e)
      this.#counts.afterInsert(run.events.counter[e], this.#index)
      ring.note(ticks[e], this.#clock.tick(evicted), this.#clock.tick(this.#index.min))
    }
    const positions = Int32Array.from(ticks.subarray(run.from, run.to), (tick) => ring.memory.position(tick))
    ring.stage.take(run, positions)
    if (this.#book !== null) ring.stage.flush()
    this.#book?.settle(this.#reader())
    this.#clock.forget(this.#index.min)
    return true
  }

  #insertRows(whole: Run, from: number): void {
    const { events, blocks } = whole
    const orders = new Orders(this.#shards, blocks)
    for (let e = from; e < events.count; e++) {
      if (!Number.isNaN(events.evicted[e])) {
        this.beforeRemove(events.evicted[e])
        this.remove(events.evicted[e])
      }
      const one = { ...whole, from: e, to: e + 1 }
      this.#storeRow(events.row[e], one, orders.of(events.block[e]))
      this.afterInsert(events.counter[e])
    }
  }

  #storeRow(row: number, run: Run, orders: readonly EventOrder[]): void {
    const rows = this.#rowPath()
    this.#fitStore(run)
    this.#register(run, run.from)
    rows.put(run.blocks[run.events.block[run.from]], run.events.position[run.from], row, orders)
  }

  /** Event `e` of a run is about to be stored. */
  #register({ events, blocks }: Run, e: number): void {
    const { counter, row, block, position } = events
    this.#book?.note(counter[e], holesOf(blocks[block[e]], position[e]))
    this.#index.insert(counter[e], row[e])
    this.#counterOf[row[e]] = counter[e]
    this.#events++
  }

  #reader = (): ReadValue => valueReader(this.#shards, this.#index, this.#clock, this.#ring?.memory ?? null, this.#rows)

  /** Stage a run and make the store hold its values; false when the ring cannot. Throws ConfigError when a fixed type cannot. */
  #fitStore(run: Run): boolean {
    const seen = this.#store.see(stageRun(this.#shards, run, this.#ring?.stage.slotOf(run) ?? 0))
    const needed = seen === 'bit' && this.#ring?.stage.fitsBits(run, this.#store.aboveOneMost) !== true ? 'uint8' : seen
    if (this.#store.holes) for (const shard of this.#shards) shard.holes = true
    this.#ring?.expect(needed, this.#store.largest)
    if (needed === 'bit' || needed === this.#store.current) return true
    if (this.#ring !== null && !(this.#ringServes(needed) && this.#ring.memory.widen(needed))) return false
    this.#rows?.widen(needed)
    this.#store.current = needed
    return true
  }

  /** Subtracting float pairs in event order needs every event by itself. */
  #ringServes(store: StoreDType): boolean {
    return this.pairing !== 'windowed' || !mayHaveHoles(store)
  }

  #moveToRows(ring: Rings): void {
    ring.fold()
    ring.settle()
    const rows = Math.max(this.#plan.rows, this.#index.size)
    this.#rows = rowsOfRing(ring.memory, this.#shards, this.#index, this.#clock, () => {
      return new RowBuffer(this.#shards, this.delays, rows, this.#store.leaveBits())
    })
    this.#ring = null
  }

  #rowPath(): RowBuffer {
    if (this.#rows === null) throw new RangeError('event-level operations need PairSums with rows: true')
    return this.#rows
  }

  #readRow(row: number): TypedArray {
    const counter = this.#counterOf[row]
    if (counter === undefined || this.#index.rowOf(counter) !== row)
      throw new RangeError(`row ${row} of the buffer is empty`)
    const event = { elements: this.elements, row, tick: this.#ring === null ? 0 : this.#clock.tick(counter) }
    this.#ring?.stage.flush()
    return readEvent(this.#shards, this.#ring?.memory ?? null, this.#rows, rowDtype(this.#store.current), event)
  }
}
