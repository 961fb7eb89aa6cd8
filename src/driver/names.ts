// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What user files get from 'parcorana' on any rank; the package entry adds what runs the engine. */
export { makeDelayList } from '../config/helpers/delayList.js'
export { defineConfig } from '../config/types.js'
export type {
  AnalysisConfig,
  CalibrationConfig,
  CalibrationMap,
  DatasetConfig,
  DelayList,
  ExperimentConfig,
  FilterConfig,
  ParcoranaConfig,
  SystemParams,
  UserParams,
} from '../config/types.js'
export type { DelayListOptions } from '../config/helpers/delayList.js'
export type { AnyClass } from '../config/userClass.js'
export {
  G2AtEnd,
  G2AtEnd as G2atEnd,
  G2IncrementalAccumulator,
  G2IncrementalWindowed,
} from '../correlators/g2Classes.js'
export { G2Common } from '../correlators/g2Common.js'
export { MultiTau } from '../correlators/multiTau.js'
export { TwoTime } from '../correlators/twoTime.js'
export type {
  DetectorEvent,
  Params,
  PublishArguments,
  RankInfo,
  WholeWorkerResult,
  WorkerResult,
} from '../correlators/g2Common.js'
export type { CalibrationStep } from '../correlators/calibrationStep.js'
export type { Change } from '../roles/changes.js'
export type { EventTime } from '../correlators/alternative.js'
export type { WorkerData } from '../buffers/workerData.js'
export type { Pairing } from '../kernels/contract.js'
export type { PairSums } from '../correlators/pairSums.js'
export type {
  Attributes,
  Curves,
  DatasetOptions,
  DatasetValue,
  LastEventTime,
  LazyArrays,
  NormalizationName,
  ResultGroup,
} from '../correlators/resultGroup.js'
export type { Progress, RankReport } from '../roles/plan.js'
export type { Accounting, Timing } from '../roles/messages.js'
export {
  ConfigError,
  InputError,
  InterruptedError,
  ParcoranaError,
  RankError,
  RunError,
  UsageError,
} from '../errors.js'
export type {
  DatasetSpec,
  DenseFrames,
  EventFrames,
  FrameBlock,
  FrameFormat,
  FrameSource,
  SourceMetadata,
} from '../formats/format.js'
export type { DType, TypedArray } from '../units.js'
