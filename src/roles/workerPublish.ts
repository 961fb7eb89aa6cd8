// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** An update on a worker: `workerCalc` once, then whatever the viewer asks for, until it says thaw. */
import type { CellLight } from '../correlators/cellLight.js'
import { isOfEngine, type WorkerResult } from '../correlators/g2Common.js'
import type { BinMoments } from '../correlators/bins.js'
import { labelSumsOfBins, ratioSumsOfBins } from '../correlators/momentReductions.js'
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
import { thresholdsOf } from '../correlators/saturation.js'
import { type Change, sumChanges } from './changes.js'
import type { Communicator, LentBuffer } from './communicator.js'
import { elementsWithin } from './elementsWithin.js'
import type { Message, ReadyAnalysis, VisibilityRequest } from './messages.js'
import type { Stopwatch } from './stopwatch.js'
import type { WorkerAnalysis } from './workerAnalysis.js'

/** One analysis while its sums stand still. */
class Frozen {
  readonly analysis: WorkerAnalysis
  readonly result: WorkerResult
  readonly columns: Columns
  #moments: BinMoments | null = null
  #cells: Float64Array | null = null
  #scratch: Scratch | null = null

  constructor(analysis: WorkerAnalysis, result: WorkerResult) {
    const { elements, sums } = analysis
    this.analysis = analysis
    this.result = result
    this.columns = {
      elements,
      counts: result.counts,
      hasLost: sums.hasLost,
      fill: (name, delay, out) => (name === 'lost' ? sums.fill('lost', delay, out) : result.fill(name, delay, out)),
    }
  }

  /** Sums over bins, where the engine takes them in one pass and no element of any worker has a hole; else null. */
  moments({ hasLost }: { hasLost: boolean }): BinMoments | null {
    if (!hasLost) this.#moments ??= this.analysis.moments(this.result)
    return this.#moments
  }

  /** Sums over cells from their light, [delays][cells][labelSumsWidth]. */
  cells(light: CellLight): Float64Array {
    this.#cells ??= light.labelSums(this.analysis.sums)
    return this.#cells
  }

  get scratch(): Scratch {
    this.#scratch ??= new Scratch(this.analysis.elements)
    return this.#scratch
  }
}

export async function publishUpdate(
  viewer: Communicator,
  analyses: readonly WorkerAnalysis[],
  watch: Stopwatch,
): Promise<void> {
  const ready: ReadyAnalysis[] = []
  const frozen = analyses.map((analysis) => {
    const result = watch.run('workerCalc', () => analysis.calc())
    const newlySaturated = analysis.labels.remove(result.saturated)
    if (newlySaturated > 0) {
      analysis.visibility?.remove(result.saturated)
      analysis.cells?.spoil()
    }
    const { normalSlots, colorSlots } = analysis.labels
    const { hasLost } = analysis.sums
    ready.push({
      counts: Float64Array.from(result.counts),
      names: analysis.instance.fwArrayNames(),
      newlySaturated,
      slots: Math.max(normalSlots.count, colorSlots.count),
      hasLost,
      followsCells: !hasLost && analysis.cells?.usable === true && isOfEngine(result),
      losses: analysis.losses(),
      samples: analysis.sample.count,
      twoTime: analysis.sums.twoTime?.facts() ?? null,
      visibility: analysis.visibility?.facts() ?? null,
      hasTenths: analysis.segments?.apart ?? false,
    })
    return new Frozen(analysis, result)
  })
  await viewer.send(0, { kind: 'ready', analyses: ready, changes: sumChanges(analyses.map(changesOf)) })
  await watch.wait('viewerUpdate', () => serve(viewer, frozen, watch))
}

/** What the thresholds of an analysis have done to this worker's values. */
function changesOf({ instance }: WorkerAnalysis): Change[] {
  const { values, raised, saturated } = instance.thresholdCounts
  const { saturatedValue, notzero } = thresholdsOf(instance.userParams)
  return [
    { name: 'notzero', changed: raised, of: notzero === null ? 0 : values },
    { name: 'saturatedValue', changed: saturated, of: saturatedValue === null ? 0 : values },
  ]
}

async function serve(viewer: Communicator, frozen: readonly Frozen[], watch: Stopwatch): Promise<void> {
  for (;;) {
    const request = await viewer.bcast(0)
    if (request.kind === 'thaw') return
    if (request.kind === 'pull') await give(viewer, null, pulled(frozen[request.analysis], request.array))
    else if (request.kind === 'tenths') await give(viewer, null, tenths(frozen[request.analysis], request.only))
    else if (request.kind === 'labelSums')
      await watch.wait('reduce', () => giveLabelSums(viewer, frozen[request.analysis], request))
    else if (request.kind === 'blockSums')
      await watch.wait('reduce', () => giveBlockSums(viewer, frozen[request.analysis], request))
    else if (request.kind === 'ratioSums')
      await watch.wait('reduce', () => giveRatioSums(viewer, frozen[request.analysis], request))
    else if (request.kind === 'twoTime') await giveTwoTime(viewer, frozen[request.analysis], request.request)
    else if (request.kind === 'visibility') await giveVisibility(viewer, frozen[request.analysis], request)
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
  if ('from' in array) {
    const { from, to } = array
    return { values: (to - from) * values, into: (out) => analysis.sample.fill(from, to, out) }
  }
  const { name, delay, delays } = array
  const into = (out: Float64Array): void => {
    for (let k = 0; k < delays; k++) columns.fill(name, delay + k, out.subarray(k * values, (k + 1) * values))
  }
  return { values: delays * values, into }
}

function tenths({ analysis }: Frozen, only: Int32Array | null): Fill {
  const { first, elements, segments } = analysis
  const own = only === null ? null : elementsWithin(only, { first, count: elements }).map((i) => i - first)
  const values = own?.length ?? elements
  const into = (out: Float64Array): void => {
    segments?.fill('first', out.subarray(0, values), own)
    segments?.fill('last', out.subarray(values), own)
  }
  return { values: 2 * values, into }
}

function means({ sums }: WorkerAnalysis, out: Float64Array): void {
  const { valueSum, valueCount } = sums
  for (let i = 0; i < out.length; i++)
    out[i] = valueSum[i] / (typeof valueCount === 'number' ? valueCount : valueCount[i])
}

async function giveLabelSums(
  viewer: Communicator,
  state: Frozen,
  request: Extract<Message, { kind: 'labelSums' }>,
): Promise<void> {
  const slots = state.analysis.labels.normalSlots
  const values = (request.to - request.from) * slots.count * labelSumsWidth
  const into = (out: Float64Array): void => {
    const moments = state.moments(request)
    if (moments !== null) labelSumsOfBins(moments, slots.count, request, out)
    else labelSums(state.columns, slots, request, state.scratch, out)
  }
  await give(viewer, slots.label, { values, into })
}

async function giveBlockSums(
  viewer: Communicator,
  state: Frozen,
  request: Extract<Message, { kind: 'blockSums' }>,
): Promise<void> {
  const { analysis, columns } = state
  const { cells } = analysis
  if (request.ofLight && cells !== null) {
    const width = cells.labels.length * labelSumsWidth
    const into = (out: Float64Array): void =>
      out.set(state.cells(cells).subarray(request.from * width, request.to * width))
    await give(viewer, cells.labels, { values: (request.to - request.from) * width, into })
    return
  }
  const slots = analysis.labels.blockSlots
  const values = (request.to - request.from) * slots.count * labelSumsWidth
  await give(viewer, slots.label, { values, into: (out) => labelSums(columns, slots, request, state.scratch, out) })
}

async function giveRatioSums(
  viewer: Communicator,
  state: Frozen,
  request: Extract<Message, { kind: 'ratioSums' }>,
): Promise<void> {
  const { colorSlots, rowOf } = state.analysis.labels
  const values = (request.to - request.from) * colorSlots.count * ratioSumsWidth
  const into = (out: Float64Array): void => {
    const moments = state.moments(request)
    if (moments !== null) ratioSumsOfBins(moments, colorSlots.count, request, rowOf, request.means, out)
    else ratioSums(state.columns, colorSlots, request, rowOf, request.means, state.scratch, out)
  }
  await give(viewer, colorSlots.label, { values, into })
}

async function giveVisibility(viewer: Communicator, { analysis }: Frozen, request: VisibilityRequest): Promise<void> {
  const answer = analysis.visibility?.answer(request)
  if (answer === undefined) throw new Error('photons per exposure were asked for where nobody counts them')
  const { labels, values } = answer
  await give(viewer, labels, { values: values.length, into: (out) => out.set(values) })
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
