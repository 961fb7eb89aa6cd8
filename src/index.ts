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
export * from './driver/names.js'
export { run } from './driver/library.js'
export type { RunOptions, RunResult } from './driver/run.js'
export * from './launch/names.js'
export { ThreadPool } from './transports/threads/threadPool.js'
