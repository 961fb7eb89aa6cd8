// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sums of one worker for two-time correlation: the frames themselves, from which blocks of the two-time map are formed when they are
 * asked for, and pair sums per element over the whole run (nothing is evicted), which give the curves with their errors.
 */
import type { WorkerData } from '../buffers/workerData.js'
import type { StoredEvents, SumName, ValueBlock } from '../kernels/contract.js'
import { loadTwoTime } from '../kernels/loadTwoTime.js'
import { PhotonPicker } from '../kernels/photonPicker.js'
import type { TwoTimeKernels } from '../kernels/twoTimeKernels.js'
import type { StoreDType } from '../units.js'
import type { ElementSums, ElementSumsOptions } from './elementSums.js'
import { PairSums } from './pairSums.js'
import { TwoTimeAnswers } from './twoTime/answers.js'
import { ColorOrder } from './twoTime/colorOrder.js'
import { FrameStore } from './twoTime/frameStore.js'
import type { TwoTimePart } from './twoTime/part.js'

export interface TwoTimeSumsOptions extends ElementSumsOptions {
  /** Ticks of a frame. */
  readonly average: number
  /** Default: what PARCORANA_KERNEL names. */
  readonly kernels?: TwoTimeKernels
}

export class TwoTimeSums implements ElementSums {
  /** Null where the colors of the elements are not known: then there are pair sums only. */
  readonly twoTime: TwoTimePart | null
  readonly #pairs: PairSums
  readonly #store: FrameStore | null
  readonly #picker: PhotonPicker | null = null
  #events = 0

  constructor(options: TwoTimeSumsOptions) {
    this.#pairs = new PairSums({ ...pairOptions(options), pairing: 'accumulator', rows: false })
    this.#store = null
    this.twoTime = null
    if (options.layout === undefined) return
    const kernels = options.kernels ?? loadTwoTime()
    if (kernels.name !== 'reference') this.#picker = new PhotonPicker()
    const order = new ColorOrder(options.layout)
    this.#store = new FrameStore(order.order, options.elements, options.average, kernels, options.trains)
    this.twoTime = new TwoTimeAnswers(this.#store, order, kernels)
  }

  get elements(): number {
    return this.#pairs.elements
  }

  get workerData(): WorkerData {
    return this.#pairs.workerData
  }

  get path(): 'blocks' | 'rows' {
    return this.#pairs.path
  }

  get storeDtype(): StoreDType {
    return this.#pairs.storeDtype
  }

  get kernel(): string {
    return this.#pairs.kernel
  }

  get counts(): Float64Array {
    return this.#pairs.counts
  }

  get hasLost(): boolean {
    return this.#pairs.hasLost
  }

  get valueSum(): Float64Array {
    return this.#pairs.valueSum
  }

  get valueCount(): number | Float64Array {
    return this.#pairs.valueCount
  }

  noteDuplicates(count: number): void {
    this.#pairs.noteDuplicates(count)
  }

  memoryBytes(): number {
    return this.#pairs.memoryBytes()
  }

  /** What the master evicts from its buffer stays here. */
  insert(events: StoredEvents, blocks: readonly ValueBlock[]): void {
    const evicted = new Float64Array(events.count).fill(Number.NaN)
    const row = Int32Array.from({ length: events.count }, (_, e) => this.#events + e)
    this.#events += events.count
    const taken = blocks.map((block, b) => this.#photonsOf(events, block, b))
    this.#pairs.insert({ ...events, evicted, row }, taken)
    this.#store?.insert(events, taken)
  }

  /** Block number `b` as photons where there are few. */
  #photonsOf({ count, block, position }: StoredEvents, values: ValueBlock, b: number): ValueBlock {
    if (values.kind === 'events' || this.#picker === null) return values
    const positions = position.slice(0, count).filter((_, e) => block[e] === b)
    return this.#picker.pick(values, positions.sort()) ?? values
  }

  calc(): void {
    this.#pairs.calc()
  }

  fill(name: SumName, delayIndex: number, out: Float64Array): void {
    this.#pairs.fill(name, delayIndex, out)
  }

  /** Elements with `saturated` 1 leave the two-time maps. */
  remove(saturated: Uint8Array): void {
    this.#store?.remove(saturated)
  }
}

/** Pairs over the whole run. */
export function pairOptions(options: ElementSumsOptions): ElementSumsOptions {
  return { ...options, times: Math.max(1, options.ticksHint) }
}
