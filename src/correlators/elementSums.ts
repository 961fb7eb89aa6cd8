// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a worker asks of an engine that turns stored events into sums per element and delay: pair sums, multi-tau. */
import type { Trains } from '../buffers/trains.js'
import type { WorkerData } from '../buffers/workerData.js'
import type { StoredEvents, SumName, ValueBlock } from '../kernels/contract.js'
import type { DType, StoreDType } from '../units.js'
import type { Bins } from './bins.js'
import type { ElementLayout, TwoTimePart } from './twoTime/part.js'

export interface ElementSums {
  readonly elements: number
  readonly workerData: WorkerData
  /** 'blocks' = kernels over many events at once; 'rows' = event by event. */
  readonly path: 'blocks' | 'rows'
  /** For classes with two-time maps. */
  readonly twoTime?: TwoTimePart | null
  /** Type of the values in the rolling buffer, where there is one. */
  readonly storeDtype?: StoreDType
  /** Name of the kernels at work. */
  readonly kernel: string
  /** Pairs per delay of a hole-free element. */
  readonly counts: Float64Array
  /** True once an element was a hole in a stored event. */
  readonly hasLost: boolean
  /** Sum of the stored values per element, holes left out. */
  readonly valueSum: Float64Array
  /** Stored events without a hole, per element; one number while no hole was seen. */
  readonly valueCount: number | Float64Array
  /** Store events in delivery order; `blocks` are read during the call only. */
  insert(events: StoredEvents, blocks: readonly ValueBlock[]): void
  /** The master refused `count` events as duplicates. */
  noteDuplicates(count: number): void
  /** Milliseconds that `calc` would take now, about, where work is put off. */
  readonly owed?: number
  /** Make the sums current at this event boundary. */
  calc(): void
  /** Copy one delay of one sum, as of the last `calc`, to `out` [elements]. */
  fill(name: SumName, delayIndex: number, out: Float64Array): void
  /** Moments of G2, IP and IF over bins, as of the last `calc`, where an engine takes them in one pass: [bins x delays x binMomentsWidth]. */
  moments?(bins: Bins): Float64Array
  /** G2 of whole numbers per column of elements, as of the last `calc`, where an engine adds them in one pass: [columns x delays]; `columnOf` every element, -1 = none. */
  cellProducts?(columnOf: Int32Array, columns: number): Float64Array
  memoryBytes(): number
}

/** What an engine is opened with. */
export interface ElementSumsOptions {
  readonly elements: number
  /** Delays in ticks. */
  readonly delays: Float64Array
  /** Events in the rolling buffer. */
  readonly times: number
  readonly storeDtype: StoreDType | 'auto'
  /** Type of the values that will come. */
  readonly sourceDtype: DType
  readonly blockEvents: number
  /** Events expected. */
  readonly ticksHint: number
  /** The events come in trains; not given and null: they do not. */
  readonly trains?: Trains | null
  /** Ticks of a full buffer per event; default 1 = counters without gaps. */
  readonly ticksPerEvent?: number
  /** Colors and place of the elements; not given where columns of something else are correlated. */
  readonly layout?: ElementLayout
}

/** Memory of such sums, known before the run. */
export interface SumsPlan {
  readonly shards: readonly { readonly elements: number; readonly totalBytes: number }[]
  /** At the start, and with the widest values that the source can give. */
  readonly bytesNarrow: number
  readonly bytesWide: number
}
