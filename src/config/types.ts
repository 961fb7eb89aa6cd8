// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a user writes: every key optional except `dataset`. Units, defaults and sentences of every key stand in `schema/`. */
import type { AnyClass } from './userClass.js'

/** `{ format: 'npy', path: 'input.npy', counters: 'times.npy' }`; further keys belong to the format. */
export interface DatasetConfig {
  format?: string
  path?: string
  counters?: string
  streams?: string
  vars?: Readonly<Record<string, string>>
  [key: string]: unknown
}

export interface FilterConfig {
  var: string
  min?: number | null
  max?: number | null
}

export interface ExperimentConfig {
  tickSeconds?: number | null
  exposureSeconds?: number | null
  energyKev?: number | null
  distanceM?: number | null
  beamCenterPx?: readonly [row: number, column: number] | null
  pixelSizeM?: number | null
  colorQ?: Readonly<Record<string, number>> | readonly number[] | null
  sample?: string | null
  user?: string | null
}

/** A file (`.npy`, `file.h5:/dataset`) in the detector's shape, one number for all pixels, or null = none. */
export type CalibrationMap = string | number | null

export interface CalibrationConfig {
  pedestal?: CalibrationMap
  commonMode?: 'none' | 'panel' | 'row' | 'column'
  asic?: readonly [rows: number, columns: number] | null
  commonModeLimit?: number | null
  background?: CalibrationMap
  gain?: CalibrationMap
  gainMap?: CalibrationMap
  flat?: CalibrationMap
  adusPerPhoton?: number | null
  lld?: number | null
  photonize?: 'none' | 'round' | 'threshold'
  noise?: CalibrationMap
  badPixels?: string | null
}

/** `[warn, fail]`, or null = not looked at. */
export type QualityLimits = readonly [warn: number, fail: number] | null

export interface QualityConfig {
  baseline?: QualityLimits
  contrast?: QualityLimits
  firstDelays?: QualityLimits
  profileDrift?: QualityLimits
  deadElements?: QualityLimits
  hotElements?: QualityLimits
  saturatedElements?: QualityLimits
  photonsPerSpeckle?: QualityLimits
  intensityDrift?: QualityLimits
  centreDrift?: QualityLimits
  jumps?: QualityLimits
  longestPairs?: QualityLimits
  lostFrames?: QualityLimits
  speckleSize?: number | null
  contrastExpected?: number | null
}

/** When events were taken: trains of pulses, or time stamps. */
export interface TimingConfig {
  pulses?: number | null
  period?: number | null
  drop?: string | readonly number[] | null
  train?: string | null
  pulse?: string | null
  timestamps?: string | null
  tick?: number | null
  tolerance?: number
}

/** Values of the detector that are none. */
export interface HolesConfig {
  values?: readonly (number | 'max')[]
  missingPanel?: 'hole' | 'frame'
}

export type DelayList = ArrayLike<number>

/** Keys of `systemParams`: what the engine does. */
export interface SystemParams {
  dataset: string | DatasetConfig
  filters?: readonly FilterConfig[]
  badEvents?: string | readonly number[] | null
  maskNdarrayCoords?: string | null
  testMaskNdarrayCoords?: string | null
  calibration?: CalibrationConfig
  quality?: QualityConfig
  timing?: TimingConfig
  holes?: HolesConfig
  numServers?: number
  numWorkers?: 'auto' | number
  serverHosts?: readonly string[] | null
  serversRoundRobin?: boolean
  transport?: 'auto' | 'threads' | 'mpi'
  times?: number
  update?: number
  delays?: DelayList
  workerStoreDtype?: 'auto' | 'bit' | 'uint8' | 'uint16' | 'int16' | 'float32' | 'float64'
  blockSize?: 'auto' | number
  userClass?: string | AnyClass
  h5output?: string | null
  testH5output?: string | null
  h5arrays?: 'final' | 'every' | 'none'
  h5views?: readonly string[]
  overwrite?: boolean
  verbosity?: string
  numEvents?: number | null
  begin?: number
  end?: number | null
  stride?: number
  average?: number
  testNumEvents?: number | null
  experiment?: ExperimentConfig
  metadataFile?: string | null
}

/** Keys of `userParams` that the built-in classes read. A class of your own may have more. */
export interface UserParams {
  colorNdarrayCoords?: string | null
  colorFineNdarrayCoords?: string | null
  qmap?: string | null
  normalization?: 'finecolor' | 'static' | 'ring' | 'instantaneous' | null
  weights?: 'bin' | 'pixel' | 'photon'
  errors?: 'elements' | 'jackknife' | null
  covariance?: boolean
  visibility?: { exposures?: number; every?: number | null; kMax?: number } | null
  frameNorm?: 'none' | 'frameMean' | `monitor:${string}`
  saturatedValue?: number | null
  notzero?: number | null
  saturation?: 'pixel' | 'event'
  saturationLimit?: number | null
  print_delay_curves?: boolean
  delaysPerLevel?: number | null
  numBufs?: number | null
  average?: number
  ageWindows?: number
}

/** One class of a run that has several; what it leaves out comes from `systemParams` and `userParams`. */
export interface AnalysisConfig {
  /** Group `/user/<name>` of the result. */
  name: string
  userClass?: string | AnyClass
  delays?: DelayList
  userParams?: UserParams & Readonly<Record<string, unknown>>
}

export interface ParcoranaConfig {
  systemParams: SystemParams
  userParams?: UserParams & Readonly<Record<string, unknown>>
  analyses?: readonly AnalysisConfig[]
}

/** Gives an editor the types of a configuration; returns it unchanged. */
export function defineConfig(config: ParcoranaConfig): ParcoranaConfig {
  return config
}
