// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The speckle size of every color, from events that the workers kept. */
import type { SpeckleFacts } from '../correlators/resultGroup.js'
import { shiftMost, SpatialCorrelation } from '../correlators/spatialCorrelation.js'
import { sizeOf } from '../units.js'
import { Breath } from './breath.js'
import type { Gatherer } from './gatherer.js'
import type { RunPlan, UpdateKind } from './plan.js'
import { labelTable } from '../correlators/normalizations.js'

/** Values that may be looked at before the run is over. */
const valuesBetween = 1e6
/** The first panels tell enough: so many pixels in all, and one panel at least. */
const pixelsMost = 2 ** 20
/** Values of one request: where frames are small, a request each takes longer than its values. */
const valuesAtOnce = 2 ** 18

/** `colors`: those of the curves, ascending; `alive` [elements]: color of each element, 0 = none. Null = too much for now. */
export async function speckleFacts(
  gatherer: Gatherer,
  { detectorShape, partition }: RunPlan,
  analysis: number,
  samples: number,
  alive: Int32Array,
  { final, complete }: UpdateKind,
): Promise<SpeckleFacts | null> {
  const { elements } = partition
  if (!(final && complete) && elements.length * samples > valuesBetween) return null
  const [rows, columns] = detectorShape.length === 1 ? [1, detectorShape[0]] : detectorShape.slice(-2)
  const { labels, rowOf } = labelTable(alive)
  const panel = rows * columns
  const panels = Math.min(sizeOf(detectorShape) / panel, Math.max(1, Math.floor(pixelsMost / panel)))
  const color = new Int32Array(panels * panel).fill(-1)
  alive.forEach((label, i) => {
    color[elements[i]] = rowOf.get(label) ?? -1
  })
  const image = { rows, columns, panels, color, colors: labels.length }
  const spatial = new SpatialCorrelation(image)
  const breath = new Breath(new AbortController().signal)
  const atOnce = 2 * Math.max(1, Math.floor(valuesAtOnce / elements.length / 2))
  const part = async (from: number): Promise<Float64Array[]> =>
    from < samples ? gatherer.samples(analysis, from, Math.min(from + atOnce, samples)) : []
  // The next are asked for before the last are looked at: workers have other requests to answer meanwhile.
  let coming = part(0)
  for (let from = 0; from < samples; from += atOnce) {
    const events = await coming
    coming = part(from + atOnce)
    for (let k = 0; k + 1 < events.length; k += 2) {
      await breath.take()
      spatial.add(gatherer.onDetector(events[k]), gatherer.onDetector(events[k + 1]))
    }
  }
  return factsOf(spatial, labels.length)
}

function factsOf(spatial: SpatialCorrelation, colors: number): SpeckleFacts {
  const size = new Float64Array(2 * colors)
  for (let c = 0; c < colors; c++) {
    const own = spatial.size(c)
    size.set([own.rows, own.columns], 2 * c)
  }
  const all = spatial.size(null)
  const correlation = new Float64Array(2 * (shiftMost + 1))
  correlation.set(spatial.correlation(0, null))
  correlation.set(spatial.correlation(1, null), shiftMost + 1)
  return { size, all: Float64Array.of(all.rows, all.columns), correlation, pairs: spatial.events }
}
