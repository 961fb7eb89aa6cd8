// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * parcorana correlates X-ray photon correlation spectroscopy (XPCS) data: for every pixel G2, IP and IF over many delays, and g2 per ring.
 *
 * @example
 * ```ts
 * import { defineConfig, makeDelayList, run } from 'parcorana'
 *
 * const config = defineConfig({
 *   systemParams: {
 *     dataset: { format: 'synthetic', kind: 'speckle', shape: [32, 32], events: 200, seed: 1, mean: 2 },
 *     delays: makeDelayList({ start: 1, stop: 50, num: 10, spacing: 'log' }),
 *     times: 100,
 *     h5output: null,
 *   },
 * })
 * const { accounting } = await run(config)
 * console.log(accounting.correlated)
 * ```
 * @module
 */
export { makeDelayList } from './config/helpers/delayList.js'
export { defineConfig } from './config/types.js'
export type { AnalysisConfig, ParcoranaConfig, SystemParams, UserParams } from './config/types.js'
export {
  G2AtEnd,
  G2AtEnd as G2atEnd,
  G2IncrementalAccumulator,
  G2IncrementalWindowed,
} from './correlators/g2Classes.js'
export { G2Common } from './correlators/g2Common.js'
export type {
  DetectorEvent,
  Params,
  PublishArguments,
  RankInfo,
  WholeWorkerResult,
  WorkerResult,
} from './correlators/g2Common.js'
export type { EventTime } from './correlators/alternative.js'
export type { WorkerData } from './buffers/workerData.js'
export type { Pairing } from './kernels/contract.js'
export type { Curves, LastEventTime, LazyArrays, ResultGroup } from './correlators/resultGroup.js'
export { run } from './driver/library.js'
export type { RunOptions, RunResult } from './driver/run.js'
export { ConfigError, InputError, InterruptedError, ParcoranaError, RankError, RunError, UsageError } from './errors.js'
export type {
  DenseFrames,
  EventFrames,
  FrameBlock,
  FrameFormat,
  FrameSource,
  SourceMetadata,
} from './formats/format.js'
export type { DType, TypedArray } from './units.js'
