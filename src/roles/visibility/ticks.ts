// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The part of a run whose photons per exposure are counted, and the memory that takes. */
import { labelTable } from '../../correlators/normalizations.js'
import type { ClockOptions } from '../../correlators/visibility/exposureClock.js'
import { exposureBytes } from '../../kernels/exposures.js'
import { blocksMost } from '../blockLabels.js'
import type { AnalysisPlan, RunPlan } from '../plan.js'
import { selectedEvents } from '../selection.js'
import type { VisibilitySpec } from './spec.js'

/** Ticks of a stretch, at least. */
const stretchLeast = 64
/** Values in a run that are looked at in any case. */
const valuesLeast = 2 ** 25
/** Stretches to look at, at least, where the run has them. */
const stretchesLeast = 2
const everyMost = 64

/** The ticks that a run looks at: a function of the config and the number of events, so equal on all ranks. */
export function exposureTicks(plan: RunPlan, { exposures, every }: VisibilitySpec): ClockOptions {
  const stretch = Math.max(stretchLeast, 2 ** (exposures - 1))
  const { trains, partition } = plan
  const events = selectedEvents(plan.selection)
  const stretches = events / (trains === null ? stretch : trains.pulses)
  const affordable = Math.min(everyMost, stretches / stretchesLeast, (events * partition.elements.length) / valuesLeast)
  const cheap = 2 ** Math.max(0, Math.floor(Math.log2(affordable)))
  return { levels: exposures, stretch, every: every ?? cheap, trains }
}

/** Bytes of a worker's sums over exposures, about. */
export function visibilityBytes({ visibility, color, fine }: AnalysisPlan, elements: number): number {
  if (visibility === null) return 0
  const colors = labelTable(color).labels.length
  const cells = Math.min(elements, blocksMost * Math.max(colors, labelTable(fine).labels.length))
  const { exposures: levels, kMax } = visibility
  return exposureBytes({ elements, levels, stretch: stretchLeast, kMax, limit: 0, colors, cells })
}
