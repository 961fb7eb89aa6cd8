// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Per-event sums per color, put together from all workers: intensity against time (thinned to a bounded length) and sums over pairs of
 * S(t) S(t+d), over the same pairs as those of the elements. Columns: every color, the sum of all colors, the monitor if there is one.
 * S of a color is the number of its elements times the mean of those that have a value in that event; NaN where none has.
 */
import type { Trains } from '../buffers/trains.js'
import { addNodes, type TreeNode } from '../correlators/light.js'
import { addHoles, elementsOfColors, fillHoles } from '../correlators/lightHoles.js'
import { labelTable } from '../correlators/normalizations.js'
import { autocorrelation, type ColumnSums, monitorOf } from '../correlators/frameNorm.js'
import type { LightEvents, LightSums } from '../correlators/lightSums.js'
import type { G2Common } from '../correlators/g2Common.js'
import type { LagMoments, TrueLags } from '../correlators/multiTau/lagMoments.js'
import { type PulseIntensity, TrainLight } from '../correlators/trainLight.js'
import type { Light } from './messages.js'
import type { AnalysisPlan, RunPlan } from './plan.js'
import type { LightCurve } from './publisher.js'
import { Jumps } from './quality/jumps.js'
import { ThinnedCurve } from './thinnedCurve.js'

/** A run is cut into at most so many stretches; when there would be more, two become one. An even number. */
const stretchesMost = 80

/** Autocorrelations are <x(t) x(t+d)> / (<x(t)> <x(t+d)>) over the pairs of every delay, NaN where undefined; x per event. */
export interface BeamSums {
  /** Sum of S(t) S(t+d) per color, S = sum over the elements of a color; [colors][delays]. */
  readonly pairSums: readonly Float64Array[]
  /** Pairs of events in which the color has a value, [colors][delays]. */
  readonly pairs: readonly Float64Array[]
  /** Autocorrelation of S, [colors][delays]. */
  readonly colors: readonly Float64Array[]
  /** Of the sum of all colors. */
  readonly frame: Float64Array
  /** Of the monitor of `frameNorm`, if it has one. */
  readonly monitor: Float64Array | null
  /** Variance of S over all events, relative to its mean squared. */
  readonly variances: Float64Array
  /** The same of the sum of all colors, without the noise of counting photons. */
  readonly shot: number
  readonly events: number
  readonly counts: Float64Array
  /** Sums of all columns at the end of every stretch of the run, the last: now. Empty where sums do not only grow. */
  readonly stretches: readonly ColumnSums[]
  readonly frameColumn: number
  readonly monitorColumn: number | null
  readonly width: number
}

interface Waiting {
  readonly light: Light
  readonly nodes: TreeNode[]
  /** Elements without value, [events x colors]; null = none. */
  holes: Float64Array | null
  missing: number
}

export class LightTable {
  readonly #columns: number
  readonly #totalTiles: number
  readonly #colored: number
  /** Elements of every color. */
  readonly #elements: Float64Array
  readonly #workers: number
  /** Late events are no part of the sums of elements. */
  readonly #inOrder: boolean
  readonly #curve = new ThinnedCurve(4096)
  readonly #jumps = new Jumps()
  readonly #range = { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY }
  readonly #pulses: TrainLight | null
  readonly #lags: LagMoments | null
  readonly #pairs: LightSums
  readonly #width: number
  /** Place of the analysis' monitor among those of the run; -1 = none. */
  readonly #monitor: number
  readonly #monitors: number
  /** Per column: sum of values, and of squares. */
  readonly #sum: Float64Array
  readonly #squares: Float64Array
  /** Events with a value. */
  readonly #seenIn: Float64Array
  /** Stretches of the run, in events, which depends on the events alone; sums at the end of each that is over. */
  #stretch = 1
  #ends: ColumnSums[] = []
  #events = 0
  #paired = 0
  /** Order lists of which some worker's part is still under way; entry 0 has number `#done`. */
  readonly #waiting: Waiting[] = []
  readonly #seen: number[]
  #done = 0

  constructor(plan: RunPlan, analysis: AnalysisPlan, instance: G2Common) {
    const { elements, tileSize } = plan.partition
    this.#columns = labelTable(analysis.color).labels.length
    this.#totalTiles = Math.ceil(elements.length / tileSize)
    this.#elements = elementsOfColors(analysis.color)
    this.#colored = this.#elements.reduce((sum, count) => sum + count, 0)
    this.#workers = plan.workers
    this.#inOrder = (instance.constructor as typeof G2Common).needsEvenClock
    this.#seen = Array.from({ length: plan.workers }, () => 0)
    this.#lags = instance.openLags(analysis.delays)
    this.#pulses = plan.trains === null ? null : trainLight(plan.trains, analysis.color)
    const monitor = monitorOf(analysis.frameNorm)
    this.#monitors = plan.monitors.length
    this.#monitor = monitor === null ? -1 : plan.monitors.indexOf(monitor)
    this.#width = this.#columns + (monitor === null ? 1 : 2)
    this.#sum = new Float64Array(this.#width)
    this.#squares = new Float64Array(this.#width)
    this.#seenIn = new Float64Array(this.#width)
    this.#pairs = instance.openLight({
      columns: this.#width,
      delays: analysis.delays,
      times: plan.times,
      blockEvents: plan.blockEvents,
      ticksHint: plan.numEvents,
      trains: plan.trains,
      ticksPerEvent: analysis.ticksPerEvent,
    })
  }

  /** One worker's part of its next order list; `bulk` may be released afterwards. */
  add(worker: number, light: Light, bulk: Uint8Array): void {
    const number = this.#seen[worker]++
    const place = this.#place(number - this.#done, light)
    const size = light.counter.length * this.#columns
    const values = new Float64Array(bulk.buffer, bulk.byteOffset, light.level.length * size)
    light.level.forEach((level, i) => {
      place.nodes.push({ level, index: light.index[i], values: values.slice(i * size, (i + 1) * size) })
    })
    if (light.holes !== null) place.holes = addHoles(place.holes, light.holes)
    place.missing--
    while (this.#waiting.length > 0 && this.#waiting[0].missing === 0) {
      this.#fold(this.#waiting.shift() as Waiting)
      this.#done++
    }
  }

  /** Mean value per colored element against counter. */
  curve(): LightCurve {
    return this.#curve.points()
  }

  /** Fraction of the events whose total is a jump. */
  jumps(): number {
    return this.#jumps.fraction()
  }

  /** Ticks from the smallest to the largest counter, both counted; 0 without events. */
  span(): number {
    return Math.max(0, this.#range.most - this.#range.least + 1)
  }

  /** Null where events do not come in trains. */
  pulses(): PulseIntensity | null {
    return this.#pulses?.intensity() ?? null
  }

  /** Null where every delay is one lag. */
  lags(): TrueLags | null {
    return this.#lags?.lags() ?? null
  }

  /** What the beam did to the pairs of every delay, at this update. */
  beam(): BeamSums {
    const pairs = this.#pairs
    pairs.calc()
    const width = this.#width
    const colors = Array.from({ length: this.#columns }, (_, c) => c)
    return {
      pairSums: colors.map((c) => pairs.counts.map((_, d) => pairs.G2[d * width + c])),
      pairs: colors.map((c) => pairs.counts.map((count, d) => count - pairs.lost[d * width + c])),
      colors: colors.map((c) => autocorrelation(pairs, c, width)),
      frame: autocorrelation(pairs, this.#columns, width),
      monitor: this.#monitor < 0 ? null : autocorrelation(pairs, this.#columns + 1, width),
      variances: Float64Array.from(colors, (c) => this.#variance(c)),
      shot: this.#variance(this.#columns) - this.#seenIn[this.#columns] / this.#sum[this.#columns],
      events: this.#events,
      counts: Float64Array.from(pairs.counts),
      stretches: this.#stretches(),
      monitorColumn: this.#monitor < 0 ? null : this.#columns + 1,
      frameColumn: this.#columns,
      width,
    }
  }

  #stretches(): ColumnSums[] {
    if (!this.#pairs.grows) return []
    const open = this.#paired % this.#stretch !== 0
    return open ? [...this.#ends, this.#sumsNow()] : [...this.#ends]
  }

  /** Of a column over all events, in units of its mean squared. */
  #variance(column: number): number {
    return (this.#seenIn[column] * this.#squares[column]) / this.#sum[column] ** 2 - 1
  }

  #place(position: number, light: Light): Waiting {
    while (this.#waiting.length <= position)
      this.#waiting.push({ light, nodes: [], holes: null, missing: this.#workers })
    return this.#waiting[position]
  }

  #fold({ light, nodes, holes }: Waiting): void {
    const events = light.counter.length
    if (events === 0) return
    const columns = this.#columns
    const sums = addNodes(nodes, this.#totalTiles, events * columns)
    if (holes !== null) fillHoles(sums, holes, this.#elements)
    const kept: number[] = []
    const values = new Float64Array(events * this.#width)
    for (let e = 0; e < events; e++) {
      if (this.#inOrder && light.counter[e] <= this.#range.most) continue
      const row = values.subarray(kept.length * this.#width, (kept.length + 1) * this.#width)
      kept.push(e)
      let total = 0
      for (let c = 0; c < columns; c++) total += row[c] = sums[e * columns + c]
      row[columns] = total
      if (this.#monitor >= 0) row[columns + 1] = light.monitors[e * this.#monitors + this.#monitor]
      if (!Number.isNaN(total)) {
        this.#curve.add(light.counter[e], total / this.#colored)
        this.#jumps.add(total)
      }
      this.#range.least = Math.min(this.#range.least, light.counter[e])
      this.#range.most = Math.max(this.#range.most, light.counter[e])
      this.#lags?.add(light.counter[e])
      this.#pulses?.add(light.counter[e], sums, e * columns)
      this.#addMoments(row)
    }
    this.#insert(kept.length === events ? light : eventsAt(light, kept), values)
  }

  /** Cut where a stretch of the run ends, so that no order list shows in the sums. */
  #insert(light: LightEvents, values: Float64Array): void {
    const count = light.counter.length
    for (let from = 0; from < count; ) {
      const to = Math.min(count, from + this.#stretch - (this.#paired % this.#stretch))
      const part = (list: Float64Array): Float64Array => list.slice(from, to)
      const events = { counter: part(light.counter), evicted: part(light.evicted), row: light.row.slice(from, to) }
      this.#pairs.insert(events, values.slice(from * this.#width, to * this.#width))
      this.#paired += to - from
      if (this.#pairs.grows && this.#paired % this.#stretch === 0) this.#endStretch()
      from = to
    }
  }

  #endStretch(): void {
    this.#ends.push(this.#sumsNow())
    if (this.#ends.length < stretchesMost) return
    this.#ends = this.#ends.filter((_, i) => i % 2 === 1)
    this.#stretch *= 2
  }

  #sumsNow(): ColumnSums {
    this.#pairs.calc()
    const { counts, G2, IP, IF, lost } = this.#pairs
    const sums = { G2: G2.slice(), IP: IP.slice(), IF: IF.slice(), lost: lost.slice() }
    return { counts: Float64Array.from(counts), ...sums }
  }

  #addMoments(row: Float64Array): void {
    this.#events++
    for (let c = 0; c < row.length; c++) {
      if (Number.isNaN(row[c])) continue
      this.#seenIn[c]++
      this.#sum[c] += row[c]
      this.#squares[c] += row[c] * row[c]
    }
  }
}

/** For the elements of `color`. */
export function trainLight(trains: Trains, color: Int32Array): TrainLight {
  return new TrainLight(trains, labelTable(color).labels, elementsOfColors(color))
}

function eventsAt({ counter, evicted, row }: LightEvents, kept: readonly number[]): LightEvents {
  const of = (list: Float64Array): Float64Array => Float64Array.from(kept, (e) => list[e])
  return { counter: of(counter), evicted: of(evicted), row: Int32Array.from(kept, (e) => row[e]) }
}
