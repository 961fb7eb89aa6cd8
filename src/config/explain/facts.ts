// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What `explain` is told about a run that has not begun, and what it says. */
import type { SumsPlan } from '../../correlators/elementSums.js'
import type { MapsPlan } from '../../correlators/twoTime/maps.js'
import type { SourceMetadata } from '../../formats/format.js'
import type { Pairing } from '../../kernels/contract.js'
import type { RunPlan } from '../../roles/plan.js'
import type { Selection } from '../../roles/selection.js'
import type { DType } from '../../units.js'
import type { ResolvedConfig } from '../resolved.js'

export interface ExplainFacts {
  readonly source: {
    readonly shape: readonly number[]
    readonly dtype: DType
    /** Of the values that workers get; not given = as read, or summed. */
    readonly valueDtype?: DType
    /** In the file. */
    readonly events: number
    /** Distinct DAQ streams; null = the file has none. */
    readonly streams: number | null
    /** Value at which the detector saturates; null = unknown. */
    readonly saturation: number | null
    readonly metadata: SourceMetadata
  }
  readonly plan: RunPlan
  /** Counters of the events that will be delivered, in order: `deliveredCounters`. */
  readonly counters: Float64Array
  /** In the order of `plan.analyses`. */
  readonly analyses: readonly {
    readonly pairing: Pairing
    /** Memory of the sums of a worker with so many elements. */
    sums(elements: number): SumsPlan
    /** Elements may miss events: invalid or saturated values. Not given = no. */
    readonly mayHaveHoles?: boolean
    /** Pairs per delay of a class with delays of its own; null = ordinary pairs. */
    readonly ownPairs: Float64Array | null
    /** Two-time maps; null or not given = none. */
    readonly maps?: MapsPlan | null
  }[]
  /** Cores of this machine; null = ranks run elsewhere. */
  readonly cores: number | null
  /** Send buffers of a server. */
  readonly buffersPerServer: number
  /** What calibration takes on a server; not given = none. */
  readonly calibrationBytes?: number
  /** Warnings that others have found already, e.g. about labels. */
  readonly warnings?: readonly string[]
}

export interface RankMemory {
  readonly role: 'viewer' | 'server' | 'master' | 'worker'
  /** World ranks that need the same, first and last. */
  readonly ranks: readonly [first: number, last: number]
  /** Each of them, at most. Workers: with the widest store that the data can need. */
  readonly bytes: number
  /** Workers: what they begin with. */
  readonly bytesAtStart: number
  /** Workers: elements of this rank. */
  readonly elements: number
  readonly shards: readonly { readonly elements: number; readonly bytes: number }[]
}

export interface ExpectedPairs {
  readonly analysis: string
  readonly delays: readonly number[]
  readonly pairs: readonly number[]
}

/** `events` = when no frame is missing or filtered; `tickSeconds` = of a tick of the delays, null = unknown. */
export interface ExplainedSelection extends Selection {
  readonly events: number
  readonly ticksPerEvent: number
  readonly tickSeconds: number | null
}

export interface Explanation {
  readonly config: ResolvedConfig
  readonly source: ExplainFacts['source'] & { readonly elements: number; readonly delivered: number }
  /** Frames that become events, when that is not all of them. */
  readonly selection: ExplainedSelection | null
  readonly ranks: readonly RankMemory[]
  readonly totalBytes: number
  /** Send buffers of all servers: shared with the workers in one process, so counted once. */
  readonly bytesInFlight: number
  readonly result: {
    readonly updates: number
    /** Per-pixel arrays of all updates that keep them. */
    readonly arrayBytes: number
    /** Two-time maps of one update, and of all updates that have them. */
    readonly maps: readonly MapsPlan[]
    /** Whether an optional package takes their float products, as a sentence. */
    readonly mapEngine: string
    readonly mapBytes: number
    /** All of it, before compression. */
    readonly bytes: number
  }
  readonly pairs: readonly ExpectedPairs[]
  readonly warnings: readonly string[]
  /** What would make the run refuse to start. */
  readonly errors: readonly string[]
}
