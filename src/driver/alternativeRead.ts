// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** All events for `--test-alt`, one by one through the same callbacks as in a run, sorted by counter. */
import type { EventTime } from '../correlators/alternative.js'
import { monitorOf } from '../correlators/frameNorm.js'
import type { DetectorEvent, G2Common } from '../correlators/g2Common.js'
import type { FrameSource } from '../formats/format.js'
import { calling } from '../roles/callbacks.js'
import { eventFilter } from '../roles/eventFilter.js'
import { frameGroups, leftBy } from '../roles/frameGroups.js'
import { MissingPanels } from '../roles/holes/missingPanels.js'
import { sentinelsOf, withHoles } from '../roles/holes/sentinels.js'
import type { Calibration } from '../roles/keptEvents.js'
import type { Accounting } from '../roles/messages.js'
import type { RunPlan } from '../roles/plan.js'
import { saturatedSum } from '../roles/readEvents.js'
import type { TypedArray } from '../units.js'

export interface SortedEvents {
  readonly events: readonly EventTime[]
  /** Per event the masked elements, after the analysis' own `workerAdjustData`. */
  readonly data: readonly Float64Array[]
  /** Per event the monitor of the analysis' `frameNorm`; empty = it has none. */
  readonly monitor: readonly number[]
  readonly accounting: Accounting
  /** True when the file's order is not the order of the counters. */
  readonly disorder: boolean
}

/** The source with its frames calibrated, one step after the other, and with holes where it says that a value is invalid. */
export function calibratedSource(source: FrameSource, calibration: Calibration | null): FrameSource {
  if (calibration === null) return source
  const read: FrameSource['read'] = async (indices, signal) =>
    calibration.apply(withHoles(await source.read(indices, signal), sentinelsOf(source)))
  return { ...source, sentinel: null, sentinels: [], read }
}

/** Read everything for analysis number `own`; of a repeated counter the first event counts. All analyses filter. */
export async function readSorted(
  plan: RunPlan,
  source: FrameSource,
  instances: readonly G2Common[],
  own: number,
): Promise<SortedEvents> {
  await initialize(plan, instances[own])
  const rows = new Map<number, Float64Array>()
  const monitors = new Map<number, number>()
  const monitor = monitorOf(plan.analyses[own].frameNorm)
  const filtered: Record<string, number> = {}
  let duplicate = 0
  const { selection } = plan
  const groups = frameGroups(selection, plan.numEvents, source.counters)
  for (const [k, key] of leftBy.entries()) {
    count(filtered, key, groups.left.filter((left) => left === k + 1).length)
  }
  for (let event = 0; event < groups.count; event++) {
    const indices = groups.frames.subarray(event * selection.average, (event + 1) * selection.average)
    const row = await readEvent(plan, source, instances, own, indices, filtered)
    if (row === null) continue
    if (rows.has(groups.counter[event])) duplicate += selection.average
    else {
      rows.set(groups.counter[event], row)
      const values = Array.from(indices, (index) => source.vars[monitor ?? '']?.[index] ?? Number.NaN)
      if (monitor !== null)
        monitors.set(
          groups.counter[event],
          values.reduce((a, b) => a + b),
        )
    }
  }
  const sorted = [...rows].sort(([a], [b]) => a - b)
  return {
    events: sorted.map(([counter]) => ({ sec: 0, nsec: 0, fiducials: counter, counter })),
    data: sorted.map(([, row]) => row),
    monitor: sorted.flatMap(([counter]) => monitors.get(counter) ?? []),
    accounting: {
      read: plan.numEvents,
      correlated: rows.size * selection.average,
      late: 0,
      duplicate,
      filtered,
      lost: 0,
    },
    disorder: [...rows.keys()].some((counter, i) => counter !== sorted[i][0]),
  }
}

async function initialize(plan: RunPlan, instance: G2Common): Promise<void> {
  const elements = plan.partition.elements.length
  await calling('serverInit', () => instance.serverInit())
  await calling('workerInit', () => instance.workerInit(elements))
  if (instance.saturatedElements.length !== elements) instance.saturatedElements = new Uint8Array(elements)
}

/** An event's values, the sum of its frames; null when one of them is dropped, and then the others count as 'average'. */
async function readEvent(
  plan: RunPlan,
  source: FrameSource,
  instances: readonly G2Common[],
  own: number,
  indices: Int32Array,
  filtered: Record<string, number>,
): Promise<Float64Array | null> {
  const { elements } = plan.partition
  const row = new Float64Array(elements.length)
  const saturated = indices.length === 1 ? Number.POSITIVE_INFINITY : saturatedSum(instances)
  const limit = saturated / indices.length
  let refused = 0
  for (const index of indices) {
    const frame = await readOne(plan, source, instances, index)
    if (typeof frame === 'string') {
      count(filtered, frame, 1)
      refused++
    } else
      elements.forEach((pixel, i) => {
        row[i] = frame[pixel] >= limit || row[i] >= saturated ? saturated : row[i] + frame[pixel]
      })
  }
  if (refused > 0) {
    count(filtered, 'average', indices.length - refused)
    return null
  }
  calling('workerAdjustData', () => instances[own].workerAdjustData(row))
  return row
}

function count(filtered: Record<string, number>, name: string, frames: number): void {
  if (frames > 0) filtered[name] = (filtered[name] ?? 0) + frames
}

/** One frame after the callbacks of a server, or the name of the filter that drops it. */
async function readOne(
  plan: RunPlan,
  source: FrameSource,
  instances: readonly G2Common[],
  index: number,
): Promise<TypedArray | string> {
  const counter = source.counters?.[index] ?? index
  const get = (name: string): number | undefined => source.vars[name]?.[index]
  const event: DetectorEvent = { index, counter, sec: 0, nsec: 0, fiducials: counter, get }
  const refused = eventFilter(plan)(event)
  if (refused !== null) return refused
  for (const instance of instances) {
    if (!(await calling('serverEventOk', () => instance.serverEventOk(event)))) return 'serverEventOk'
  }
  let frame: TypedArray = await readFrame(source, index, plan.partition.frameSize)
  if (plan.missingPanel === 'frame' && missesPanel(plan, source, frame)) return 'missingPanel'
  for (const instance of instances) {
    const given: TypedArray = frame
    const next: TypedArray | null = await calling('serverFinalDataArray', () =>
      instance.serverFinalDataArray(given, event),
    )
    if (next === null) return 'serverFinalDataArray'
    frame = next
  }
  const sentinels = sentinelsOf(source)
  return sentinels.length === 0 ? frame : frame.map((value) => (sentinels.includes(value) ? Number.NaN : value))
}

function missesPanel(plan: RunPlan, source: FrameSource, data: TypedArray): boolean {
  const panels = new MissingPanels(plan.detectorShape, plan.maskNdarrayCoords, sentinelsOf(source))
  return panels.misses({ kind: 'dense', events: 1, dtype: 'float64', data }, 0, data.length)
}

async function readFrame(source: FrameSource, index: number, frameSize: number): Promise<Float64Array> {
  const frames = await source.read(Int32Array.of(index))
  if (frames.kind === 'dense') return Float64Array.from(frames.data.subarray(0, frameSize))
  const frame = new Float64Array(frameSize)
  for (let k = 0; k < frames.pixel.length; k++) frame[frames.pixel[k]] = frames.value[k]
  return frame
}
