// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Memory of every rank and size of the result, as sums of what each of them holds at its largest. */
import { labelTable } from '../../correlators/normalizations.js'
import { tensorFlowText } from '../../kernels/tensorFlow.js'
import { bytesOf, sizeOf } from '../../units.js'
import { masterRank, serverRank, viewerRank } from '../../roles/plan.js'
import { segmentBytes } from '../../roles/quality/segments.js'
import { comparesTenths } from '../../roles/quality/spec.js'
import { sampleBytes, sampleEvents } from '../../roles/sampleFrames.js'
import { selectedEvents, sumDtype } from '../../roles/selection.js'
import { visibilityBytes } from '../../roles/visibility/ticks.js'
import type { ResolvedConfig } from '../resolved.js'
import type { ExplainFacts, Explanation, RankMemory } from './facts.js'

/** JavaScript heap, code and stacks of a rank before it holds any data. */
const rankBytes = 48 * 2 ** 20
/** A counter, its row and its place in the lookup table. */
const bytesPerCounter = 64
/** Every rank's copy of the plan, per element: its pixel, color and fine color. */
const planBytes = 12
/** A worker's labels, slots, bins and marks, per element of its own; slots and bins of the whole detector while it starts, per element of all. */
const labelBytes = 40
const startBytes = 16
/** Moments of a bin and delay, as they are kept and as they travel; bins of a tile, about. */
const momentsBytes = 192
const binsPerTile = 6

export function rankMemory(facts: ExplainFacts): RankMemory[] {
  const { plan } = facts
  const plain = (role: RankMemory['role'], first: number, last: number, bytes: number): RankMemory => {
    const total = rankBytes + planBytes * plan.partition.elements.length + bytes
    return { role, ranks: [first, last], bytes: total, bytesAtStart: total, elements: 0, shards: [] }
  }
  const servers = plain('server', serverRank(0), serverRank(plan.servers - 1), serverBytes(facts))
  return [
    plain('viewer', viewerRank, viewerRank, viewerBytes(facts)),
    servers,
    plain('master', masterRank(plan), masterRank(plan), bufferedEvents(facts) * bytesPerCounter),
    ...workerMemory(facts),
  ]
}

/** Send buffers of all servers, full. */
export function bytesInFlight(facts: ExplainFacts): number {
  const { plan, source, buffersPerServer } = facts
  const { average } = plan.selection
  const events = Math.max(1, Math.floor(Math.min(plan.blockEvents, plan.numEvents) / average))
  const valueBytes = bytesOf(source.valueDtype ?? sumDtype(source.dtype, average))
  const blockBytes = plan.partition.elements.length * events * valueBytes
  return plan.servers * buffersPerServer * blockBytes
}

/** One block of whole frames as read, and their sums; the send buffers are counted apart. */
function serverBytes({ source, plan, calibrationBytes = 0 }: ExplainFacts): number {
  const { average } = plan.selection
  const frame = sizeOf(source.shape)
  const frames = Math.min(plan.blockEvents, plan.numEvents)
  const sums =
    average === 1
      ? 0
      : bytesOf(source.valueDtype ?? sumDtype(source.dtype, average)) * Math.max(1, Math.floor(frames / average))
  return frame * (bytesOf(source.dtype) * frames + sums) + calibrationBytes
}

/**
 * Means, saturation, first and last tenth of all analyses; one array in element order, one in detector shape, one on its way to the file, or
 * two pairs of sampled events in both; labels and label sums.
 */
function viewerBytes({ source, plan }: ExplainFacts): number {
  const labels = plan.analyses.map(
    ({ delays, color }) => 4 * color.length * 2 + 8 * 6 * delays.length * labelTable(color).labels.length,
  )
  const { length: elements } = plan.partition.elements
  const pixels = sizeOf(source.shape)
  const kept = plan.analyses.length * (comparesTenths(plan.quality) ? 4 : 2) * elements
  const sampled = Math.min(4, sampleEvents(plan)) * (elements + (elements === pixels ? 0 : pixels))
  return 8 * (kept + Math.max(elements + 2 * pixels, sampled)) + sum(labels)
}

function bufferedEvents({ plan }: ExplainFacts): number {
  return Math.min(plan.times, selectedEvents(plan.selection))
}

/** Neighbouring workers with equal shares become one line. */
function workerMemory(facts: ExplainFacts): RankMemory[] {
  const lines: RankMemory[] = []
  facts.plan.partition.shares.forEach(({ count }, worker) => {
    const rank = masterRank(facts.plan) + 1 + worker
    const previous = lines.at(-1)
    if (previous?.elements === count) lines[lines.length - 1] = { ...previous, ranks: [previous.ranks[0], rank] }
    else lines.push(workerLine(facts, count, rank))
  })
  return lines
}

function workerLine(facts: ExplainFacts, elements: number, rank: number): RankMemory {
  const plans = facts.analyses.map((analysis) => analysis.sums(elements))
  const own = rankBytes + bufferedEvents(facts) * bytesPerCounter + labelsBytes(facts, elements)
  return {
    role: 'worker',
    ranks: [rank, rank],
    bytes: own + sum(plans.map((plan) => plan.bytesWide)) + observedBytes(facts, elements),
    bytesAtStart: own + sum(plans.map((plan) => plan.bytesNarrow)),
    elements,
    shards: plans.flatMap((plan) =>
      plan.shards.map((shard) => ({ elements: shard.elements, bytes: shard.totalBytes })),
    ),
  }
}

/** What fills up as the run goes on: sums of its parts for the checks of quality, sampled events. */
function observedBytes({ plan, analyses }: ExplainFacts, elements: number): number {
  const events = selectedEvents(plan.selection)
  const parts = (holes: boolean): number => (comparesTenths(plan.quality) ? segmentBytes(events, elements, holes) : 0)
  return sum(analyses.map(({ mayHaveHoles = false }) => parts(mayHaveHoles) + sampleBytes(plan, events, elements)))
}

/** Labels of all analyses, and what an update reduces to. */
function labelsBytes({ plan }: ExplainFacts, elements: number): number {
  const { partition, analyses } = plan
  const bins = Math.ceil(elements / partition.tileSize) * binsPerTile
  const moments = sum(analyses.map(({ delays }) => bins * delays.length * momentsBytes))
  const own = analyses.length * (labelBytes * elements + startBytes * partition.elements.length)
  const exposures = sum(analyses.map((analysis) => visibilityBytes(analysis, elements)))
  return planBytes * partition.elements.length + own + moments + exposures
}

/** Size of the result file before compression; all zero without a file. */
export function resultSize(config: ResolvedConfig, facts: ExplainFacts): Explanation['result'] {
  const { plan, counters } = facts
  const interim = plan.update > 0 ? Math.floor(counters.length / plan.update) : 0
  const updates = interim + (plan.update > 0 && counters.length % plan.update === 0 && counters.length > 0 ? 0 : 1)
  const maps = facts.analyses.flatMap((analysis) => analysis.maps ?? [])
  const mapEngine = maps.length === 0 ? '' : tensorFlowText()
  if (config.systemParams.h5output === null) return { updates, arrayBytes: 0, maps, mapEngine, mapBytes: 0, bytes: 0 }
  const withArrays = plan.h5arrays === 'none' ? 0 : plan.h5arrays === 'final' ? 1 : updates
  const pixels = sizeOf(plan.detectorShape)
  const delays = sum(plan.analyses.map((analysis) => analysis.delays.length))
  const curves = sum(
    plan.analyses.map(({ delays: { length }, color }) => 16 * length * (1 + labelTable(color).labels.length) + pixels),
  )
  const arrayBytes = withArrays * 3 * 8 * delays * pixels
  const mapBytes = (plan.h5arrays === 'every' ? updates : 1) * sum(maps.map(({ bytes }) => bytes))
  const bytes = arrayBytes + mapBytes + updates * curves + plan.analyses.length * 17 * pixels
  return { updates, arrayBytes, maps, mapEngine, mapBytes, bytes }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
