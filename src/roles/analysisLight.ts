// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The light of one analysis on one worker: per color, and per cell where curves and their errors come from cells. */
import { CellLight } from '../correlators/cellLight.js'
import type { G2Common } from '../correlators/g2Common.js'
import type { LightShare } from '../correlators/light.js'
import type { LightSums } from '../correlators/lightSums.js'
import { labelTable } from '../correlators/normalizations.js'
import { RowSums } from '../kernels/rowSums.js'
import type { Share } from '../masks/partition.js'
import { blockLabels } from './blockLabels.js'
import { followsCells } from './cells.js'
import type { AnalysisPlan, RunPlan } from './plan.js'
import { selectedEvents } from './selection.js'

/** What a worker needs to add up the light of every color. */
export function lightShare(plan: RunPlan, { color }: AnalysisPlan, share: Share): LightShare {
  const { tileSize, elements } = plan.partition
  const { labels, rowOf } = labelTable(color)
  const columnOf = Int32Array.from(
    color.subarray(share.first, share.first + share.count),
    (label) => rowOf.get(label) ?? -1,
  )
  return {
    firstTile: Math.floor(share.first / tileSize),
    tiles: Math.ceil(share.count / tileSize),
    totalTiles: Math.ceil(elements.length / tileSize),
    tileSize,
    columnOf,
    columns: labels.length,
    rows: new RowSums(columnOf, labels.length),
  }
}

/** Of the cells of a share; null where nobody will ask for them. */
export function cellLight(
  plan: RunPlan,
  own: AnalysisPlan,
  instance: G2Common,
  light: LightShare,
  { first, count }: Share,
): CellLight | null {
  if (!followsCells(plan, own)) return null
  const openLight = (columns: number): LightSums =>
    instance.openLight({
      columns,
      delays: own.delays,
      times: plan.times,
      blockEvents: plan.blockEvents,
      ticksHint: selectedEvents(plan.selection),
      trains: plan.trains,
      ticksPerEvent: own.ticksPerEvent,
    })
  return new CellLight({ label: blockLabels(plan, own).label.slice(first, first + count), light, openLight })
}
