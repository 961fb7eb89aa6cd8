// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** All events for `--test-alt`, one by one through the same callbacks as in a run, sorted by counter. */
import type { EventTime } from '../correlators/alternative.js'
import type { DetectorEvent, G2Common } from '../correlators/g2Common.js'
import type { FrameSource } from '../formats/format.js'
import { calling } from '../roles/callbacks.js'
import { eventFilter } from '../roles/eventFilter.js'
import { withHoles } from '../roles/holes.js'
import type { Accounting } from '../roles/messages.js'
import type { RunPlan } from '../roles/plan.js'
import type { TypedArray } from '../units.js'

export interface SortedEvents {
  readonly events: readonly EventTime[]
  /** Per event the masked elements, after the analysis' own `workerAdjustData`. */
  readonly data: readonly Float64Array[]
  readonly accounting: Accounting
  /** True when the file's order is not the order of the counters. */
  readonly disorder: boolean
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
  const filtered: Record<string, number> = {}
  let duplicate = 0
  for (let index = 0; index < plan.numEvents; index++) {
    const read = await readOne(plan, source, instances, own, index)
    if (typeof read === 'string') filtered[read] = (filtered[read] ?? 0) + 1
    else if (rows.has(read.counter)) duplicate++
    else rows.set(read.counter, read.row)
  }
  const sorted = [...rows].sort(([a], [b]) => a - b)
  return {
    events: sorted.map(([counter]) => ({ sec: 0, nsec: 0, fiducials: counter, counter })),
    data: sorted.map(([, row]) => row),
    accounting: { read: plan.numEvents, correlated: rows.size, late: 0, duplicate, filtered, lost: 0 },
    disorder: [...rows.keys()].some((counter, i) => counter !== sorted[i][0]),
  }
}

async function initialize(plan: RunPlan, instance: G2Common): Promise<void> {
  const elements = plan.partition.elements.length
  await calling('serverInit', () => instance.serverInit())
  await calling('workerInit', () => instance.workerInit(elements))
  if (instance.saturatedElements.length !== elements) instance.saturatedElements = new Uint8Array(elements)
}

/** One event's counter and values, or the name of the filter that drops it. */
async function readOne(
  plan: RunPlan,
  source: FrameSource,
  instances: readonly G2Common[],
  own: number,
  index: number,
): Promise<{ counter: number; row: Float64Array } | string> {
  const counter = source.counters?.[index] ?? index
  const get = (name: string): number | undefined => source.vars[name]?.[index]
  const event: DetectorEvent = { index, counter, sec: 0, nsec: 0, fiducials: counter, get }
  const refused = eventFilter(plan)(event)
  if (refused !== null) return refused
  for (const instance of instances) {
    if (!(await calling('serverEventOk', () => instance.serverEventOk(event)))) return 'serverEventOk'
  }
  let frame: TypedArray = await readFrame(source, index, plan.partition.frameSize)
  for (const instance of instances) {
    const given: TypedArray = frame
    const next: TypedArray | null = await calling('serverFinalDataArray', () =>
      instance.serverFinalDataArray(given, event),
    )
    if (next === null) return 'serverFinalDataArray'
    frame = next
  }
  const row = Float64Array.from(plan.partition.elements, (pixel) => frame[pixel])
  calling('workerAdjustData', () => instances[own].workerAdjustData(row))
  return { counter, row }
}

async function readFrame(source: FrameSource, index: number, frameSize: number): Promise<Float64Array> {
  const frames = withHoles(await source.read(Int32Array.of(index)), source.sentinel)
  if (frames.kind === 'dense') return Float64Array.from(frames.data.subarray(0, frameSize))
  const frame = new Float64Array(frameSize)
  for (let k = 0; k < frames.pixel.length; k++) frame[frames.pixel[k]] = frames.value[k]
  return frame
}
