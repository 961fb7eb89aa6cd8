// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What every rank knows before the first event. Built by the driver from the config; equal on all ranks. */
import type { Trains } from '../buffers/trains.js'
import type { G2Common } from '../correlators/g2Common.js'
import type { FrameNorm } from '../correlators/frameNorm.js'
import type { Weights } from '../correlators/normalizations.js'
import type { NormalizationName } from '../correlators/resultGroup.js'
import type { Partition } from '../masks/partition.js'
import type { StoreDType } from '../units.js'
import type { Communicator } from './communicator.js'
import type { Timing } from './messages.js'
import type { QualityRecord } from './quality/record.js'
import type { QualitySpec } from './quality/spec.js'
import type { Selection } from './selection.js'
import type { VisibilitySpec } from './visibility/spec.js'

export interface AnalysisPlan {
  /** '' for the only analysis of a run. */
  readonly name: string
  readonly className: string
  /** Ticks, in the user's order. */
  readonly delays: Float64Array
  /** Ticks of a full buffer per event, where counters have gaps that delays bridge; else 1. */
  readonly ticksPerEvent: number
  readonly normalization: NormalizationName
  readonly weights: Weights
  readonly frameNorm: FrameNorm
  /** null = jackknife where it is cheap. */
  readonly errors: 'elements' | 'jackknife' | null
  /** Also form the covariance between delays. */
  readonly covariance: boolean
  /** Photons per exposure; null = not asked for. */
  readonly visibility: VisibilitySpec | null
  /** Labels per masked element; 0 = unused. */
  readonly color: Int32Array
  readonly fine: Int32Array
}

/** Keep an event when `min <= value <= max`; an event without the variable is dropped. */
export interface VarFilter {
  readonly var: string
  readonly min: number
  readonly max: number
}

/** How the master orders the events of several servers. */
export type EventOrder = 'file' | 'roundRobin' | 'earliest'

export interface RunPlan {
  readonly detectorShape: readonly number[]
  readonly maskNdarrayCoords: Uint8Array
  readonly partition: Partition
  readonly analyses: readonly AnalysisPlan[]
  readonly servers: number
  readonly workers: number
  /** Events in the rolling buffer. */
  readonly times: number
  /** Events between updates, 0 = only the final one. */
  readonly update: number
  /** Frames of the file that count: the first `numEvents`. */
  readonly numEvents: number
  /** Which of them become events, and how many make one. */
  readonly selection: Selection
  readonly order: EventOrder
  /** Values that workers make holes of; empty where there are none, or servers have made NaN of them. */
  readonly sentinels: readonly number[]
  readonly missingPanel: 'hole' | 'frame'
  /** Null = the events do not come in trains. */
  readonly trains: Trains | null
  /** Events per transfer block. */
  readonly blockEvents: number
  readonly storeDtype: StoreDType | 'auto'
  readonly filters: readonly VarFilter[]
  /** Variables by which some analysis divides its curves. */
  readonly monitors: readonly string[]
  /** Inclusive ranges of file positions to drop, ascending. */
  readonly badEvents: readonly (readonly [first: number, last: number])[]
  readonly h5arrays: 'final' | 'every' | 'none'
  readonly quality: QualitySpec
}

/** Of an update: whether it is the last one, and of a run that saw all its events. */
export interface UpdateKind {
  readonly final: boolean
  readonly complete: boolean
}

/** World ranks of the roles: viewer 0, then servers, master, workers. */
export const viewerRank = 0

export function serverRank(server: number): number {
  return 1 + server
}

export function masterRank(plan: Pick<RunPlan, 'servers'>): number {
  return 1 + plan.servers
}

export function worldSize(plan: Pick<RunPlan, 'servers' | 'workers'>): number {
  return 2 + plan.servers + plan.workers
}

export type Role = 'viewer' | 'server' | 'master' | 'worker'

/** Role of a world rank, and its number among the ranks of that role. */
export function roleOf(plan: Pick<RunPlan, 'servers'>, rank: number): { role: Role; number: number } {
  if (rank === viewerRank) return { role: 'viewer', number: 0 }
  if (rank <= plan.servers) return { role: 'server', number: rank - 1 }
  if (rank === masterRank(plan)) return { role: 'master', number: 0 }
  return { role: 'worker', number: rank - plan.servers - 2 }
}

/** The communicators of a rank; null where the rank takes no part. In each of them rank 0 is the one that is not a worker. */
export interface Circles {
  readonly world: Communicator
  readonly master: Communicator | null
  readonly viewer: Communicator | null
  readonly servers: readonly (Communicator | null)[]
}

/** Collective over the world. */
export async function drawCircles(world: Communicator, plan: RunPlan): Promise<Circles> {
  const { role, number } = roleOf(plan, world.rank)
  const circle = (name: string, centre: boolean): Promise<Communicator | null> =>
    world.split(name, centre || role === 'worker' ? 0 : null, centre ? 0 : 1 + number)
  const master = await circle('master', role === 'master')
  const viewer = await circle('viewer', role === 'viewer')
  const servers: (Communicator | null)[] = []
  for (let k = 0; k < plan.servers; k++) servers.push(await circle(`server ${k}`, role === 'server' && number === k))
  return { world, master, viewer, servers }
}

export interface Log {
  debug(message: string): void
  info(message: string): void
  warning(message: string): void
}

/** What a role function gets. `instances` are the user's classes, one per analysis. */
export interface RankContext {
  readonly plan: RunPlan
  readonly circles: Circles
  readonly instances: readonly G2Common[]
  readonly log: Log
  /** Aborted when the run should end early with what it has; its reason is a sentence. */
  readonly stop: AbortSignal
  /** Master and viewer: something that the terminal may want to show. */
  progress(event: Progress): void
}

export type Progress =
  | { readonly kind: 'events'; readonly read: number; readonly delivered: number; readonly planned: number }
  | {
      readonly kind: 'update'
      readonly number: number
      readonly final: boolean
      readonly counter: number | null
      /** From when all workers stood still until the update was visible. */
      readonly seconds: number
      /** By name of the analysis ('' for the only one). */
      readonly quality: Readonly<Record<string, QualityRecord>>
    }

/** What every role function returns. */
export interface RankReport {
  readonly timings: readonly Timing[]
}
