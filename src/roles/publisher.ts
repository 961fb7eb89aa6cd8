// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The port through which the viewer role gives results away: the HDF5 file, a page, a table on the terminal. The driver injects them.
 * Calls arrive in this order: begin, (openUpdate, commit)*, then finish or abandon.
 */
import type { Curves, LastEventTime, ResultGroup } from '../correlators/resultGroup.js'
import type { Change } from './changes.js'
import type { Accounting, Timing } from './messages.js'
import type { Quality } from './quality/assess.js'

/** What is known before the first event; equal on equal runs except `run`. */
export interface RunFacts {
  readonly detectorShape: readonly number[]
  /** Detector elements with mask 1, ascending flat indices. */
  readonly elements: Uint32Array
  readonly analyses: readonly AnalysisFacts[]
  /** Resolved `systemParams` and `userParams`, plain JSON values (paths as the user wrote them are under `run`). */
  readonly systemParams: Readonly<Record<string, unknown>>
  readonly userParams: Readonly<Record<string, unknown>>
  readonly experiment: ExperimentFacts
  /** Frames of the file per tick of the result: `stride * average`; an event is the sum of `average` frames. */
  readonly frames: { readonly stride: number; readonly average: number }
  readonly eventsPlanned: number
  /** Everything that may differ between equal runs: times, ranks, hosts, paths, worker and block settings. Goes under /run. */
  readonly run: Readonly<Record<string, string | number | readonly string[]>>
}

export interface AnalysisFacts {
  /** '' for the only analysis of a run; else the name of its group under /user. */
  readonly name: string
  readonly className: string
  readonly delays: Float64Array
  /** Labels per masked element (0 = unused). */
  readonly color: Int32Array
  readonly fine: Int32Array
  readonly normalization: string
}

/** Experiment values with where they came from; null = unknown (never guessed). */
export interface ExperimentFacts {
  readonly values: Readonly<Record<string, number | string | readonly number[] | null>>
  readonly sources: Readonly<Record<string, 'command line' | 'config' | 'metadata' | 'raw file' | 'unknown'>>
}

export interface UpdateFacts {
  readonly number: number
  readonly final: boolean
  readonly complete: boolean
  /** Null when no event was stored. */
  readonly lastEvent: LastEventTime | null
  readonly accounting: Accounting
}

/** Everything about an update that is small enough to keep. One entry per analysis, in the order of RunFacts.analyses. */
export interface PublishedUpdate extends UpdateFacts {
  readonly analyses: readonly PublishedAnalysis[]
}

export interface PublishedAnalysis {
  readonly counts: Float64Array
  readonly curves: Curves
  /** 1 = saturated, per masked element. */
  readonly saturated: Uint8Array
  /** Mean value of every masked element over its correlated events. */
  readonly mean: Float64Array
  readonly light: LightCurve
  /** Not given by calculations that do not look. */
  readonly quality?: Quality
  /** Edge of a speckle per color of the curves, pixels: mean of rows and columns (geometric); NaN or not given = not known. */
  readonly speckleSize?: Float64Array
}

/** Mean value per element against event, thinned to a bounded number of points by averaging neighbours. */
export interface LightCurve {
  readonly counter: Float64Array
  /** Mean over all colored elements. */
  readonly mean: Float64Array
}

export interface RunSummary {
  readonly accounting: Accounting
  readonly complete: boolean
  readonly seconds: number
  readonly elementEventsPerSecond: number
  /** What lld, common mode, notzero and saturatedValue did to how many values, over all ranks; what is off is missing. */
  readonly changes: readonly Change[]
  /** Timing report per role. */
  readonly timings: Readonly<Record<string, readonly Timing[]>>
}

export interface Publisher {
  /** Refuses existing output; creates `<name>.inprogress`. */
  begin(facts: RunFacts): Promise<void>
  /** The group per analysis that `viewerInit` may write into. */
  userGroups(): readonly ResultGroup[]
  /** Start an update: the group per analysis that `viewerPublish` writes into. */
  openUpdate(update: UpdateFacts): Promise<readonly ResultGroup[]>
  /** Complete an update and make it visible as a whole. */
  commit(update: PublishedUpdate): Promise<void>
  /** Move the result to its final name; returns its path, null when there is no file. */
  finish(summary: RunSummary): Promise<string | null>
  /** The run failed: leave the last complete update readable under `.inprogress` (remove it when there is none). */
  abandon(): Promise<void>
}
