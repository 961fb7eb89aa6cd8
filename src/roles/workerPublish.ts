// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** An update on a worker: `workerCalc` once, then whatever the viewer asks for, until it says thaw. */
import type { WorkerResult } from '../correlators/g2Common.js'
import {
  labelSums,
  labelSumsWidth,
  ratioSums,
  ratioSumsWidth,
  Scratch,
  type Columns,
} from '../correlators/reductions.js'
import type { TwoTimeRequest } from '../correlators/twoTime/part.js'
import { unreachable } from '../units.js'
import type { Communicator, LentBuffer } from './communicator.js'
import type { Message, ReadyAnalysis } from './messages.js'
import type { Stopwatch } from './stopwatch.js'
import type { WorkerAnalysis } from './workerAnalysis.js'

/** One analysis while its sums stand still. */
interface Frozen {
  readonly analysis: WorkerAnalysis
  readonly result: WorkerResult
  readonly columns: Columns
  readonly scratch: Scratch
}

export async function publishUpdate(
  viewer: Communicator,
  analyses: readonly WorkerAnalysis[],
  watch: Stopwatch,
): Promise<void> {
  const ready: ReadyAnalysis[] = []
  const frozen = analyses.map((analysis) => {
    const state = watch.run('workerCalc', () => freeze(analysis))
    const newlySaturated = analysis.labels.remove(state.result.saturated)
    const { normalSlots, colorSlots } = analysis.labels
    ready.push({
      counts: Float64Array.from(state.result.counts),
      names: analysis.instance.fwArrayNames(),
      newlySaturated,
      slots: Math.max(normalSlots.count, colorSlots.count),
      hasLost: state.columns.hasLost,
      twoTime: analysis.sums.twoTime?.facts() ?? null,
    })
    return state
  })
  await viewer.send(0, { kind: 'ready', analyses: ready, timings: [] })
  await watch.wait('viewerUpdate', () => serve(viewer, frozen))
}

function freeze(analysis: WorkerAnalysis): Frozen {
  const result = analysis.calc()
  const { elements, sums } = analysis
  const columns: Columns = {
    elements,
    counts: result.counts,
    hasLost: sums.hasLost,
    fill: (name, delay, out) => (name === 'lost' ? sums.fill('lost', delay, out) : result.fill(name, delay, out)),
  }
  return { analysis, result, columns, scratch: new Scratch(elements) }
}

async function serve(viewer: Communicator, frozen: readonly Frozen[]): Promise<void> {
  for (;;) {
    const request = await viewer.bcast(0)
    if (request.kind === 'thaw') return
    if (request.kind === 'pull') await give(viewer, null, pulled(frozen[request.analysis], request.array))
    else if (request.kind === 'labelSums') await giveLabelSums(viewer, frozen[request.analysis], request)
    else if (request.kind === 'ratioSums') await giveRatioSums(viewer, frozen[request.analysis], request)
    else if (request.kind === 'twoTime') await giveTwoTime(viewer, frozen[request.analysis], request.request)
    else unreachable(request as never)
  }
}

type Fill = { readonly values: number; into(out: Float64Array): void }

/** Fill a lent buffer and hand it to the viewer's gather. */
async function give(viewer: Communicator, labels: Int32Array | null, { values, into }: Fill): Promise<void> {
  const buffer: LentBuffer = await viewer.lend(values * 8)
  into(new Float64Array(buffer.bytes.buffer, buffer.bytes.byteOffset, values))
  await viewer.gatherv(0, { kind: 'share', labels }, { buffer, length: values * 8 })
}

function pulled({ analysis, columns, result }: Frozen, array: Extract<Message, { kind: 'pull' }>['array']): Fill {
  const values = analysis.elements
  if (array === 'saturated') return { values, into: (out) => out.set(result.saturated) }
  if (array === 'mean') return { values, into: (out) => means(analysis, out) }
  return { values, into: (out) => columns.fill(array.name, array.delay, out) }
}

function means({ sums }: WorkerAnalysis, out: Float64Array): void {
  const { valueSum, valueCount } = sums
  for (let i = 0; i < out.length; i++)
    out[i] = valueSum[i] / (typeof valueCount === 'number' ? valueCount : valueCount[i])
}

async function giveLabelSums(viewer: Communicator, state: Frozen, range: { from: number; to: number }): Promise<void> {
  const slots = state.analysis.labels.normalSlots
  const values = (range.to - range.from) * slots.count * labelSumsWidth
  await give(viewer, slots.label, { values, into: (out) => labelSums(state.columns, slots, range, state.scratch, out) })
}

async function giveRatioSums(
  viewer: Communicator,
  state: Frozen,
  request: Extract<Message, { kind: 'ratioSums' }>,
): Promise<void> {
  const { colorSlots, rowOf } = state.analysis.labels
  const values = (request.to - request.from) * colorSlots.count * ratioSumsWidth
  const into = (out: Float64Array): void =>
    ratioSums(state.columns, colorSlots, request, rowOf, request.means, state.scratch, out)
  await give(viewer, colorSlots.label, { values, into })
}

async function giveTwoTime(viewer: Communicator, { analysis }: Frozen, request: TwoTimeRequest): Promise<void> {
  const nodes = analysis.sums.twoTime?.answer(request) ?? []
  const size = nodes[0]?.values.length ?? 0
  const places = Int32Array.from(nodes.flatMap(({ level, index }) => [level, index]))
  const into = (out: Float64Array): void => {
    nodes.forEach(({ values }, i) => {
      out.set(values, i * size)
    })
  }
  await give(viewer, places, { values: nodes.length * size, into })
}
