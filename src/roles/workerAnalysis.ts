// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One analysis on one worker: the user's instance, its sums, its labels. Blocks go in, `WorkerResult` comes out. */
import type { CellLight } from '../correlators/cellLight.js'
import { lightNodes, type LightShare } from '../correlators/light.js'
import type { BinMoments } from '../correlators/bins.js'
import {
  isOfEngine,
  needsRows,
  overrides,
  type G2Common,
  type WholeWorkerResult,
  type WorkerResult,
} from '../correlators/g2Common.js'
import type { ElementSums } from '../correlators/elementSums.js'
import { thresholdsOf } from '../correlators/saturation.js'
import { addLosses, type Losses, noLosses } from '../correlators/losses.js'
import { PairSums } from '../correlators/pairSums.js'
import type { StoredEvents, ValueBlock } from '../kernels/contract.js'
import type { Share } from '../masks/partition.js'
import type { DType } from '../units.js'
import { adjustBlocks, adjustedRow, asDense, keepsIntegers, type Adjusted } from './adjust.js'
import { holeDtype } from './holes/sentinels.js'
import { calling } from './callbacks.js'
import { cellLight, lightShare } from './analysisLight.js'
import type { Communicator } from './communicator.js'
import { Labels } from './labels.js'
import type { AnalysisPlan, RunPlan } from './plan.js'
import { comparesTenths } from './quality/spec.js'
import { Segments } from './quality/segments.js'
import { sampleEvents, SampleFrames } from './sampleFrames.js'
import { selectedEvents } from './selection.js'
import { VisibilityCounts } from './visibility/counts.js'

export interface AnalysisOptions {
  readonly plan: RunPlan
  readonly analysis: number
  readonly instance: G2Common
  readonly share: Share
  readonly sourceDtype: DType
}

export class WorkerAnalysis {
  readonly number: number
  readonly instance: G2Common
  /** Of the elements of this worker, among all. */
  readonly first: number
  readonly elements: number
  readonly sums: ElementSums
  readonly labels: Labels
  readonly plan: AnalysisPlan
  /** Sums of the first and last part of the run; null = nobody compares them. */
  readonly segments: Segments | null
  /** Some events as they are. */
  readonly sample: SampleFrames
  /** Photons per exposure; null = nobody asked. */
  readonly visibility: VisibilityCounts | null
  /** Sums over cells; null = they take too much memory, or nobody wants them. */
  readonly cells: CellLight | null
  readonly #light: LightShare
  readonly #sentinels: readonly number[]
  /** Events that count, and the largest counter. */
  #events = 0
  #head = Number.NEGATIVE_INFINITY
  /** The sums again where the user's class has its own per-event callbacks: rows, one event at a time. */
  readonly #rows: PairSums | null

  /** Allocate the sums and call `workerInit`. */
  static async open(options: AnalysisOptions): Promise<WorkerAnalysis> {
    const analysis = new WorkerAnalysis(options)
    analysis.instance.sums = analysis.sums
    await calling('workerInit', () => analysis.instance.workerInit(analysis.elements))
    if (analysis.instance.saturatedElements.length !== analysis.elements) {
      analysis.instance.saturatedElements = new Uint8Array(analysis.elements)
    }
    return analysis
  }

  private constructor({ plan, analysis, instance, share, sourceDtype }: AnalysisOptions) {
    this.number = analysis
    this.instance = instance
    this.first = share.first
    this.elements = share.count
    this.#sentinels = plan.sentinels
    this.plan = plan.analyses[analysis]
    const dtype = adjustedDtype(sourceDtype, instance, plan.sentinels)
    this.sums = instance.openSums({
      elements: share.count,
      delays: this.plan.delays,
      times: plan.times,
      storeDtype: plan.storeDtype,
      sourceDtype: dtype,
      blockEvents: plan.blockEvents,
      ticksHint: selectedEvents(plan.selection),
      trains: plan.trains,
      ticksPerEvent: this.plan.ticksPerEvent,
      layout: {
        color: this.plan.color.subarray(share.first, share.first + share.count),
        firstTile: Math.floor(share.first / plan.partition.tileSize),
        totalTiles: Math.ceil(plan.partition.elements.length / plan.partition.tileSize),
        tileSize: plan.partition.tileSize,
      },
    })
    this.#rows = needsRows(instance) && this.sums instanceof PairSums ? this.sums : null
    this.segments = comparesTenths(plan.quality) ? new Segments(this.sums) : null
    this.sample = new SampleFrames(sampleEvents(plan), share.count)
    this.labels = new Labels(plan, this.plan, share)
    this.visibility = visibilityOf(plan, this.plan, share, instance)
    this.#light = lightShare(plan, this.plan, share)
    this.cells =
      this.#rows === null && this.sums.cellProducts !== undefined
        ? cellLight(plan, this.plan, instance, this.#light, share)
        : null
  }

  /** Store and fold; returns the values as stored. */
  insert(stored: StoredEvents, blocks: readonly ValueBlock[]): Adjusted {
    const counts = this.#count(stored)
    const adjusted = this.#insert(stored, blocks)
    this.sample.add(adjusted.stored, adjusted.blocks, counts)
    this.visibility?.add(adjusted.stored, adjusted.blocks)
    return adjusted
  }

  #insert(stored: StoredEvents, blocks: readonly ValueBlock[]): Adjusted {
    if (this.#rows !== null) return this.#insertOneByOne(this.#rows, stored, blocks)
    const adjusted = adjustBlocks(this.instance, stored, blocks, this.elements, this.#sentinels)
    for (let from = 0; from < stored.count; ) {
      const to = Math.min(stored.count, from + (this.segments?.room ?? stored.count))
      this.sums.insert(part(adjusted.stored, from, to), adjusted.blocks)
      this.segments?.stored(to - from)
      from = to
    }
    return adjusted
  }

  /** Per event 1 where it counts, 0 where it is late and this class ignores late ones. */
  #count({ count, counter }: StoredEvents): Uint8Array {
    const counts = new Uint8Array(count).fill(1)
    for (let e = 0; e < count; e++) {
      if (ignoresLate(this.instance) && counter[e] <= this.#head) counts[e] = 0
      this.#head = Math.max(this.#head, counter[e])
      this.#events += counts[e]
    }
    return counts
  }

  /** What the colors have lost so far. */
  losses(): Losses {
    const { columns, columnOf } = this.#light
    const { valueCount } = this.sums
    const { saturatedEvents, saturatedElements } = this.instance
    const events = this.#events
    const losses = noLosses(columns)
    columnOf.forEach((color, i) => {
      if (color < 0) return
      const holes = typeof valueCount === 'number' ? 0 : events - valueCount[i]
      addLosses(losses, color, { events, holes, saturated: saturatedEvents[i] ?? 0, left: saturatedElements[i] === 1 })
    })
    return losses
  }

  /** `workerCalc`, in either of its two forms. */
  calc(): WorkerResult {
    const result = calling('workerCalc', () => this.instance.workerCalc(this.sums.workerData))
    return 'fill' in result ? result : lazily(result, this.plan.delays.length, this.elements)
  }

  /** Moments over bins after `calc`; null where sums are the user's own or bins are many. No element has a hole. */
  moments(result: WorkerResult): BinMoments | null {
    const { bins } = this.labels
    if (bins === null || !isOfEngine(result) || this.sums.moments === undefined) return null
    return { bins, counts: result.counts, values: this.sums.moments(bins) }
  }

  /** Send the per-event sums of an order list to the viewer. */
  async sendLight(
    viewer: Communicator,
    stored: StoredEvents,
    blocks: readonly ValueBlock[],
    monitors: Float64Array,
  ): Promise<void> {
    const size = stored.count * this.#light.columns
    const holes = new Float64Array(size)
    const nodes = this.cells?.add(stored, blocks) ?? lightNodes(this.#light, stored, blocks, holes)
    const buffer = await viewer.lend(nodes.length * size * 8)
    const out = new Float64Array(buffer.bytes.buffer, buffer.bytes.byteOffset, nodes.length * size)
    nodes.forEach((node, i) => {
      out.set(node.values, i * size)
    })
    const message = {
      kind: 'light',
      analysis: this.number,
      counter: stored.counter,
      evicted: stored.evicted,
      row: stored.row,
      monitors,
      holes: holes.some((count) => count > 0) ? holes : null,
      level: Int32Array.from(nodes, (node) => node.level),
      index: Int32Array.from(nodes, (node) => node.index),
    } as const
    await viewer.send(0, message, { buffer, length: buffer.bytes.length })
  }

  /** ParCorAna's per-event sequence: before remove, remove, adjust, store, after insert. */
  #insertOneByOne(sums: PairSums, stored: StoredEvents, blocks: readonly ValueBlock[]): Adjusted {
    const { instance } = this
    const { workerData } = sums
    const data = new Float64Array(stored.count * this.elements)
    const dense = blocks.map(asDense)
    for (let e = 0; e < stored.count; e++) {
      const leaving = stored.evicted[e]
      if (!Number.isNaN(leaving)) {
        const row = workerData.tm2idx(leaving) ?? -1
        calling('workerBeforeDataRemove', () => instance.workerBeforeDataRemove(leaving, row, workerData))
        sums.remove(leaving)
      }
      const values = adjustedRow(instance, stored, dense, e, this.elements, this.#sentinels)
      data.set(values, e * this.elements)
      sums.store(stored.counter[e], stored.row[e], values)
      calling('workerAfterDataInsert', () =>
        instance.workerAfterDataInsert(stored.counter[e], stored.row[e], workerData),
      )
      this.segments?.stored(1)
    }
    return {
      stored: { ...stored, block: new Uint16Array(stored.count), position: stored.position.map((_, e) => e) },
      blocks: [{ kind: 'dense', events: stored.count, elements: this.elements, dtype: 'float64', data }],
    }
  }
}

function visibilityOf(plan: RunPlan, own: AnalysisPlan, share: Share, instance: G2Common): VisibilityCounts | null {
  const { saturatedValue } = thresholdsOf(instance.userParams)
  if (own.visibility === null) return null
  return new VisibilityCounts(plan, own, own.visibility, share, saturatedValue ?? Number.POSITIVE_INFINITY)
}

/** What adds up neighbouring ticks ignores late events. */
const ignoresLate = (instance: G2Common): boolean => (instance.constructor as typeof G2Common).needsEvenClock

/** The events `from..to-1` of a list. */
function part(stored: StoredEvents, from: number, to: number): StoredEvents {
  if (from === 0 && to === stored.count) return stored
  return {
    count: to - from,
    counter: stored.counter.subarray(from, to),
    evicted: stored.evicted.subarray(from, to),
    row: stored.row.subarray(from, to),
    block: stored.block.subarray(from, to),
    position: stored.position.subarray(from, to),
  }
}

/** The widest dtype that values can have after `workerAdjustData`. */
export function adjustedDtype(source: DType, instance: G2Common, sentinels: readonly number[]): DType {
  const { notzero, saturation, saturatedValue } = thresholdsOf(instance.userParams)
  const wide = source === 'float64' || source === 'int32' || source === 'uint32'
  if (overrides(instance, 'workerAdjustData') || needsRows(instance)) return 'float64'
  const mayHaveHoles = sentinels.length > 0 || (saturation === 'event' && saturatedValue !== null)
  if (mayHaveHoles && (notzero !== null || !keepsIntegers(instance))) return holeDtype(source)
  if (notzero !== null && !source.startsWith('float')) return wide ? 'float64' : 'float32'
  return source
}

function lazily(result: WholeWorkerResult, delays: number, elements: number): WorkerResult {
  for (const [name, array] of Object.entries(result.arrays)) {
    if (array.length !== delays * elements) {
      throw new Error(
        `workerCalc() returned ${array.length} values for '${name}', expected ${delays} delays x ${elements} elements = ${delays * elements}`,
      )
    }
  }
  const fill = (name: string, delayIndex: number, out: Float64Array): void => {
    const array = result.arrays[name]
    if (array === undefined) throw new Error(`workerCalc() gave no array '${name}'; fwArrayNames() promises it`)
    out.set(array.subarray(delayIndex * elements, (delayIndex + 1) * elements))
  }
  return { counts: result.counts, saturated: result.saturated, fill }
}
