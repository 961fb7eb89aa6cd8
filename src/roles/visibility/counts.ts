// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A worker's photons per exposure: some stretches of the run, chosen by the counters alone, go through the kernels. */
import { labelTable, type LabelTable } from '../../correlators/normalizations.js'
import { ExposureClock } from '../../correlators/visibility/exposureClock.js'
import { RunError } from '../../errors.js'
import type { StoredEvents, ValueBlock } from '../../kernels/contract.js'
import { type ExposureSums, type ExposureTick, exposureWidth } from '../../kernels/exposures.js'
import { openExposures } from '../../kernels/loadExposures.js'
import type { Share } from '../../masks/partition.js'
import { blockLabels, cellsAreFew } from '../blockLabels.js'
import type { ExposureFacts, VisibilityRequest } from '../messages.js'
import type { AnalysisPlan, RunPlan } from '../plan.js'
import type { VisibilitySpec } from './spec.js'
import { exposureTicks } from './ticks.js'

/** Slots of a reduction: `values` [exposure][label][width]. */
export interface ExposureSlots {
  readonly labels: Int32Array
  readonly values: Float64Array
}

export class VisibilityCounts {
  readonly #clock: ExposureClock
  readonly #sums: ExposureSums
  readonly #cells: LabelTable
  readonly #colors: LabelTable
  #photons = true

  /** Values from `limit` on are saturated. Throws RunError where there are too many bins. */
  constructor(run: RunPlan, plan: AnalysisPlan, spec: VisibilitySpec, share: Share, limit: number) {
    const labels = blockLabels(run, plan)
    if (!cellsAreFew(labels, spec.exposures)) {
      throw new RunError(
        `userParams.visibility would need sums of ${labels.cells.labels.length} parts of bins for ${spec.exposures} exposures; set fewer exposures or give fewer fine colors`,
      )
    }
    const ticks = exposureTicks(run, spec)
    const own = (all: Int32Array): Int32Array => all.subarray(share.first, share.first + share.count)
    this.#clock = new ExposureClock(ticks)
    this.#cells = labelTable(own(labels.label))
    this.#colors = labelTable(own(plan.color))
    this.#sums = openExposures({
      elements: share.count,
      levels: ticks.levels,
      stretch: ticks.stretch,
      kMax: spec.kMax,
      limit,
      color: rows(own(plan.color), this.#colors),
      colors: this.#colors.labels.length,
      cell: rows(own(labels.label), this.#cells),
      cells: this.#cells.labels.length,
    })
  }

  /** Look at stored events; `blocks` are read during the call only. */
  add({ count, counter, block, position }: StoredEvents, blocks: readonly ValueBlock[]): void {
    let ticks: ExposureTick[] = []
    let stretch = 0
    for (let e = 0; e < count; e++) {
      const taken = this.#clock.take(counter[e])
      if (taken === null) continue
      if (taken.stretch !== stretch) this.#take(ticks)
      if (taken.stretch !== stretch) ticks = []
      stretch = taken.stretch
      ticks.push({ block: blocks[block[e]], position: position[e], complete: taken.complete })
    }
    this.#take(ticks)
  }

  #take(ticks: readonly ExposureTick[]): void {
    if (ticks.length > 0 && this.#photons) this.#photons = this.#sums.add(ticks)
  }

  /** Elements that left the colors. */
  remove(gone: ArrayLike<number>): void {
    this.#sums.remove(gone)
  }

  facts(): ExposureFacts {
    return { counts: this.#clock.counts.slice(), photons: this.#photons }
  }

  answer({ of, from, to }: VisibilityRequest): ExposureSlots {
    const levels = Array.from({ length: to - from }, (_, l) => from + l)
    const parts = levels.map((level) => (of === 'cells' ? this.#sums.totals(level) : this.#sums.histogram(level)))
    const { labels } = of === 'cells' ? this.#cells : this.#colors
    const size = parts[0]?.length ?? 0
    const values = new Float64Array(size * parts.length)
    parts.forEach((part, l) => {
      values.set(part, l * size)
    })
    return { labels, values }
  }
}

/** Values per label of an answer. */
export const answerWidth = (of: VisibilityRequest['of'], { kMax }: VisibilitySpec): number =>
  of === 'cells' ? exposureWidth : kMax + 2

/** The row of every label in a table; -1 = none. */
function rows(labels: Int32Array, { rowOf }: LabelTable): Int32Array {
  return labels.map((label) => rowOf.get(label) ?? -1)
}
