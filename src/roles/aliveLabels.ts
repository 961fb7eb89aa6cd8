// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The labels of all elements that are not saturated, on the viewer: they serve until further elements saturate. */
import { type LabelTable, labelTable } from '../correlators/normalizations.js'
import type { Gatherer } from './gatherer.js'
import { normalizationLabels } from './labels.js'
import type { ReadyAnalysis } from './messages.js'
import type { AnalysisPlan } from './plan.js'

export class AliveLabels {
  /** 0 = the element is in use. */
  readonly saturated: Uint8Array
  /** Color of every element, 0 = none or saturated. */
  readonly color: Int32Array
  readonly colors: LabelTable
  /** Curves can be had of the class, see `canReduce`; else no element has a color. */
  readonly curves: boolean
  readonly #plan: AnalysisPlan
  #elements: ReadonlyMap<number, number> | null = null
  #normals: ReadonlyMap<number, number> | null = null

  constructor(plan: AnalysisPlan, saturated: ArrayLike<number>, curves: boolean) {
    this.#plan = plan
    this.curves = curves
    this.saturated = new Uint8Array(saturated)
    this.color = plan.color.map((label, i) => (saturated[i] === 0 && curves ? label : 0))
    this.colors = labelTable(this.color)
  }

  /** Elements of every color. */
  get elements(): ReadonlyMap<number, number> {
    this.#elements ??= elementsPerLabel(this.color)
    return this.#elements
  }

  /** Elements of every normalisation label. */
  get normals(): ReadonlyMap<number, number> {
    const { saturated } = this
    this.#normals ??= elementsPerLabel(
      normalizationLabels(this.#plan).map((label, i) => (saturated[i] === 0 ? label : 0)),
    )
    return this.#normals
  }
}

/** Those of the last update, unless elements have saturated since. */
export async function aliveLabels(
  gatherer: Gatherer,
  plan: AnalysisPlan,
  analysis: number,
  workers: readonly ReadyAnalysis[],
  before: AliveLabels | undefined,
): Promise<AliveLabels> {
  const curves = canReduce(workers[0].names)
  if (before?.curves === curves && workers.every(({ newlySaturated }) => newlySaturated === 0)) return before
  return new AliveLabels(plan, await gatherer.elements(analysis, 'saturated'), curves)
}

/** Whether curves can be had of a class with these arrays. */
function canReduce(names: readonly string[]): boolean {
  return ['G2', 'IP', 'IF'].every((name) => names.includes(name))
}

function elementsPerLabel(labels: Int32Array): Map<number, number> {
  const count = new Map<number, number>()
  // Neighbours mostly have the same label: count in runs.
  for (let from = 0; from < labels.length; ) {
    const label = labels[from]
    let to = from + 1
    while (to < labels.length && labels[to] === label) to++
    if (label > 0) count.set(label, (count.get(label) ?? 0) + to - from)
    from = to
  }
  return count
}
