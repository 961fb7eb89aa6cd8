// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The labels of one worker's elements; a saturated element leaves all of them for ever, at the next update. */
import { Bins } from '../correlators/bins.js'
import { LabelSlots } from '../correlators/labelSlots.js'
import { type LabelTable, labelTable, normalizationLabel } from '../correlators/normalizations.js'
import { remembering } from '../correlators/remembering.js'
import type { Share } from '../masks/partition.js'
import { blockLabels } from './blockLabels.js'
import type { AnalysisPlan, RunPlan } from './plan.js'

/** The normalisation label of every masked element (0 = none): what IP and IF are averaged over. */
export function normalizationLabels({ normalization, color, fine }: AnalysisPlan): Int32Array {
  return color.map((label, i) => normalizationLabel(normalization, label, fine[i]))
}

/** Their table. */
export const normalizationTable = remembering((plan: AnalysisPlan): LabelTable => labelTable(normalizationLabels(plan)))

export class Labels {
  readonly #normal: Int32Array
  readonly #color: Int32Array
  readonly #tileSize: number
  readonly #rowOfLabel: ReadonlyMap<number, number>
  readonly #known: Uint8Array
  readonly #useBins: boolean
  /** Cell of every element. */
  readonly #cells: () => Int32Array
  #blockSlots: LabelSlots | null = null
  /** Slots per normalisation label. */
  normalSlots: LabelSlots
  /** Slots per color. */
  colorSlots: LabelSlots
  /** Bins of both, where the bins of the whole detector are few enough to keep moments of them; else null. */
  bins: Bins | null
  /** Row of each element's normalisation label in the viewer's tables; -1 = none. */
  rowOf: Int32Array

  constructor(run: RunPlan, plan: AnalysisPlan, share: Share) {
    const { tileSize } = run.partition
    this.#cells = () => blockLabels(run, plan).label.slice(share.first, share.first + share.count)
    const all = normalizationLabels(plan)
    this.#normal = all.slice(share.first, share.first + share.count)
    this.#color = plan.color.slice(share.first, share.first + share.count)
    this.#tileSize = tileSize
    this.#rowOfLabel = labelTable(all).rowOf
    this.#known = new Uint8Array(share.count)
    this.normalSlots = new LabelSlots(this.#normal, tileSize)
    this.colorSlots = new LabelSlots(this.#color, tileSize)
    this.rowOf = this.#rows()
    this.#useBins = new Bins(new LabelSlots(plan.color, tileSize), new LabelSlots(all, tileSize), tileSize).areFew(
      plan.delays.length,
    )
    this.bins = this.#bins()
  }

  /** Remove elements that saturated since the last call; returns how many left. */
  remove(saturated: ArrayLike<number>): number {
    let removed = 0
    for (let i = 0; i < this.#known.length; i++) {
      if (saturated[i] === 0 || this.#known[i] === 1) continue
      this.#known[i] = 1
      this.#normal[i] = 0
      this.#color[i] = 0
      removed++
    }
    if (removed > 0) {
      this.normalSlots = new LabelSlots(this.#normal, this.#tileSize)
      this.colorSlots = new LabelSlots(this.#color, this.#tileSize)
      this.rowOf = this.#rows()
      this.bins = this.#bins()
      this.#blockSlots = null
    }
    return removed
  }

  /** Slots per cell of the jackknife, made when they are first asked for. */
  get blockSlots(): LabelSlots {
    this.#blockSlots ??= new LabelSlots(
      this.#cells().map((label, i) => (this.#known[i] === 1 ? 0 : label)),
      this.#tileSize,
    )
    return this.#blockSlots
  }

  #bins(): Bins | null {
    return this.#useBins ? new Bins(this.colorSlots, this.normalSlots, this.#tileSize) : null
  }

  #rows(): Int32Array {
    return this.#normal.map((label) => this.#rowOfLabel.get(label) ?? -1)
  }
}
