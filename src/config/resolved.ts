// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A configuration after loading, checking and filling in defaults: plain data that survives structured clone and CBOR,
 * so that the driver can send it to every rank. Paths are absolute. This file imports no library, so ranks start fast.
 */
import type { DatasetSpec } from '../formats/format.js'
import type { QualitySpec } from '../roles/quality/spec.js'
import type { CalibrationSpec } from '../roles/calibration/spec.js'
import type { HolesSpec } from '../roles/holes/sentinels.js'
import type { TimingSpec } from '../roles/timing/spec.js'

/** Where a user class comes from; a rank turns it into the class with `classOf`. */
export type ClassRef =
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly exportName: 'default' }
  /** The class object stands in the config file itself: `analysis` is its position in the list of analyses. */
  | { readonly kind: 'config'; readonly configPath: string; readonly analysis: number }

/** Events with `min <= event.get(var) <= max` pass; null = no bound on that side. NaN never passes. */
export interface Filter {
  readonly var: string
  readonly min: number | null
  readonly max: number | null
}

/** One class of a run with its own parameters. */
export interface ResolvedAnalysis {
  /** Group `/user/<name>` of the result; null = the only analysis of the run, which writes to `/user` itself. */
  readonly name: string | null
  readonly userClass: ClassRef
  /** As the result file names it. */
  readonly className: string
  /** Ticks, ascending, each >= 1; empty when the class makes its own (MultiTau, TwoTime). */
  readonly delays: readonly number[]
  /** Defaults filled in, paths absolute, a user's own keys as given. */
  readonly userParams: Readonly<Record<string, unknown>>
}

export type Verbosity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR'
export type StoreChoice = 'auto' | 'bit' | 'uint8' | 'uint16' | 'int16' | 'float32' | 'float64'
export type ValueSource = 'command line' | 'environment' | 'config' | 'metadata file' | 'raw file' | 'default'

/** Facts about the experiment; null = unknown. Units in the names. */
export interface ExperimentValues {
  readonly tickSeconds: number | null
  readonly exposureSeconds: number | null
  readonly energyKev: number | null
  readonly distanceM: number | null
  readonly beamCenterPx: readonly [row: number, column: number] | null
  readonly pixelSizeM: number | null
  /** q of every color, in 1/Angstrom: `colorQ[color]`. */
  readonly colorQ: Readonly<Record<string, number>> | null
  readonly sample: string | null
  readonly user: string | null
}

export interface ResolvedSystemParams {
  readonly dataset: DatasetSpec
  readonly filters: readonly Filter[]
  /** Positions in the file, inclusive ranges, ascending, not touching each other. */
  readonly badEvents: readonly (readonly [first: number, last: number])[]
  readonly maskNdarrayCoords: string | null
  readonly testMaskNdarrayCoords: string | null
  readonly calibration: CalibrationSpec
  readonly quality: QualitySpec
  /** Null = counters as they are. */
  readonly timing: TimingSpec | null
  readonly holes: HolesSpec
  readonly numServers: number
  readonly numWorkers: 'auto' | number
  readonly serverHosts: readonly string[] | null
  readonly serversRoundRobin: boolean
  readonly transport: 'auto' | 'threads' | 'mpi'
  readonly times: number
  readonly update: number
  readonly workerStoreDtype: StoreChoice
  readonly blockSize: 'auto' | number
  readonly h5output: string | null
  readonly testH5output: string | null
  readonly h5arrays: 'final' | 'every' | 'none'
  /** True when the configuration itself says `h5arrays`: only then may per-pixel output pass 1 GB. */
  readonly h5arraysExplicit: boolean
  readonly h5views: readonly string[]
  readonly overwrite: boolean
  readonly verbosity: Verbosity
  readonly numEvents: number
  /** First position in the file. */
  readonly begin: number
  /** One past the last position; null or below 1 = the last frame. */
  readonly end: number | null
  readonly stride: number
  readonly average: number
  readonly testNumEvents: number
  readonly experiment: ExperimentValues
  /** JSON file with further experiment values. */
  readonly metadataFile: string | null
}

export interface ResolvedConfig {
  /** Absolute path of the file that was loaded; null = the configuration was given as an object. */
  readonly configPath: string | null
  /** Folder that relative paths were resolved against. */
  readonly baseDir: string
  readonly systemParams: ResolvedSystemParams
  /** Experiment values of `metadataFile`. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** At least one. */
  readonly analyses: readonly ResolvedAnalysis[]
  /** Where each value came from, by `systemParams.<key>`, `userParams.<key>` or `experiment.<key>`. */
  readonly sources: Readonly<Record<string, ValueSource>>
}
