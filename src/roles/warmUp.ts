// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** While the viewer has nothing to do yet: labels and tables of millions of elements, for which the first update would have to wait. */
import { setImmediate as turn } from 'node:timers/promises'
import { AliveLabels } from './aliveLabels.js'
import { prepareBeamFacts } from './beamFacts.js'
import { blockLabels } from './blockLabels.js'
import { followsCells } from './cells.js'
import { elementsOf, seenRings } from './quality/rings.js'
import type { UpdateContext } from './viewerUpdate.js'

/** Everything here is remembered where it is made; `context.alive` gets the labels of a run with curves and without a saturated element. */
export async function warmUp({ ctx: { plan }, alive }: UpdateContext): Promise<void> {
  for (const [a, analysis] of plan.analyses.entries()) {
    await turn()
    const none = new Uint8Array(analysis.color.length)
    const own = new AliveLabels(analysis, none, true)
    alive[a] = own
    const steps = [
      () => own.elements,
      () => own.normals,
      () =>
        prepareBeamFacts(analysis, own.color, followsCells(plan, analysis) ? blockLabels(plan, analysis).block : null),
      () => elementsOf(seenRings(analysis.color, own.saturated, false)),
    ]
    for (const step of steps) {
      await turn()
      step()
    }
  }
}
