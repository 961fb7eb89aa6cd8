// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Per-event sums per color, put together from all workers: intensity against time (thinned to a bounded length) and, for the
 * `instantaneous` definition, sums over pairs of S(t) S(t+d), correlated exactly as the elements are.
 */
import type { Trains } from '../buffers/trains.js'
import { addNodes, type TreeNode } from '../correlators/light.js'
import { labelTable } from '../correlators/normalizations.js'
import type { ElementSums } from '../correlators/elementSums.js'
import type { G2Common } from '../correlators/g2Common.js'
import type { LagMoments, TrueLags } from '../correlators/multiTau/lagMoments.js'
import { type PulseIntensity, TrainLight } from '../correlators/trainLight.js'
import type { Light } from './messages.js'
import type { AnalysisPlan, RunPlan } from './plan.js'
import type { LightCurve } from './publisher.js'
import { ThinnedCurve } from './thinnedCurve.js'

interface Waiting {
  readonly light: Light
  readonly nodes: TreeNode[]
  missing: number
}

export class LightTable {
  readonly #columns: number
  readonly #totalTiles: number
  readonly #colored: number
  readonly #workers: number
  readonly #curve = new ThinnedCurve(4096)
  readonly #pairs: ElementSums | null
  readonly #pulses: TrainLight | null
  readonly #lags: LagMoments | null
  /** Order lists of which some worker's part is still under way; entry 0 has number `#done`. */
  readonly #waiting: Waiting[] = []
  readonly #seen: number[]
  #done = 0

  constructor(plan: RunPlan, analysis: AnalysisPlan, instance: G2Common) {
    const { elements, tileSize } = plan.partition
    this.#columns = labelTable(analysis.color).labels.length
    this.#totalTiles = Math.ceil(elements.length / tileSize)
    this.#colored = analysis.color.reduce((count, label) => count + (label > 0 ? 1 : 0), 0)
    this.#workers = plan.workers
    this.#seen = Array.from({ length: plan.workers }, () => 0)
    this.#lags = instance.openLags(analysis.delays)
    this.#pulses = plan.trains === null ? null : trainLight(plan.trains, analysis.color)
    this.#pairs = analysis.normalization === 'instantaneous' ? ringSums(plan, analysis, instance, this.#columns) : null
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

  /** Null where events do not come in trains. */
  pulses(): PulseIntensity | null {
    return this.#pulses?.intensity() ?? null
  }

  /** Null where every delay is one lag. */
  lags(): TrueLags | null {
    return this.#lags?.lags() ?? null
  }

  /** Sum over pairs of S(t) S(t+d) per color and delay, for `instantaneous`. */
  pairSums(delays: number): Float64Array {
    const pairs = this.#pairs
    if (pairs === null)
      throw new Error('pair sums of the ring intensity are kept for the instantaneous definition only')
    pairs.calc()
    const out = new Float64Array(this.#columns * delays)
    const column = new Float64Array(this.#columns)
    for (let d = 0; d < delays; d++) {
      pairs.fill('G2', d, column)
      for (let c = 0; c < this.#columns; c++) out[c * delays + d] = column[c]
    }
    return out
  }

  #place(position: number, light: Light): Waiting {
    while (this.#waiting.length <= position) this.#waiting.push({ light, nodes: [], missing: this.#workers })
    return this.#waiting[position]
  }

  #fold({ light, nodes }: Waiting): void {
    const events = light.counter.length
    if (events === 0) return
    const columns = this.#columns
    const sums = addNodes(nodes, this.#totalTiles, events * columns)
    for (let e = 0; e < events; e++) {
      let total = 0
      for (let c = 0; c < columns; c++) total += sums[e * columns + c]
      this.#curve.add(light.counter[e], total / this.#colored)
      this.#lags?.add(light.counter[e])
      this.#pulses?.add(light.counter[e], sums, e * columns)
    }
    const stored = {
      ...light,
      count: events,
      block: new Uint16Array(events),
      position: Uint16Array.from(sums.keys()).subarray(0, events),
    }
    this.#pairs?.insert(stored, [{ kind: 'dense', events, elements: columns, dtype: 'float64', data: sums }])
  }
}

/** For the elements of `color`. */
export function trainLight(trains: Trains, color: Int32Array): TrainLight {
  const { labels, rowOf } = labelTable(color)
  const elements = new Float64Array(labels.length)
  for (const label of color) if (label > 0) elements[rowOf.get(label) ?? 0]++
  return new TrainLight(trains, labels, elements)
}

function ringSums(
  plan: RunPlan,
  { delays, ticksPerEvent }: AnalysisPlan,
  instance: G2Common,
  columns: number,
): ElementSums {
  return instance.openSums({
    elements: columns,
    delays,
    times: plan.times,
    storeDtype: 'float64',
    sourceDtype: 'float64',
    blockEvents: plan.blockEvents,
    ticksHint: plan.numEvents,
    trains: plan.trains,
    ticksPerEvent,
  })
}
