// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A long run of a small synthetic detector: its memory must not grow with the run. */
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { ParcoranaConfig, SystemParams } from '../../src/config/types.js'
import { writeConfig } from './cli.js'
import { figures, largestBetween, type Watched, watchRun } from './residentMemory.js'

/** What the heaps of a handful of threads may still settle by after the first part of a run. */
export const settlingMebibytes = 64

/** `events` events of 32 x 32 pixels through a buffer of 2000. */
export function longRunConfig(
  events: number,
  settings: Partial<SystemParams>,
  userParams: Record<string, unknown> = {},
): ParcoranaConfig {
  return {
    systemParams: {
      dataset: { format: 'synthetic', kind: 'noise', shape: [32, 32], events },
      numWorkers: 2,
      times: 2000,
      delays: [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597],
      h5output: 'long.h5',
      h5arrays: 'none',
      overwrite: true,
      ...settings,
    },
    userParams,
  }
}

export const slowViewer = fileURLToPath(new URL('classes/slowViewer.ts', import.meta.url))

/** Run it, print its memory, and compare the last quarter with the second one. */
export async function expectFlat(
  name: string,
  folder: string,
  config: ParcoranaConfig,
  events: number,
): Promise<Watched> {
  const watched = await watchRun(writeConfig(folder, config), folder)
  process.stdout.write(`${name}, events: MiB resident: ${figures(watched)}; peak ${Math.round(watched.peak)}\n`)
  expect(watched.done).toMatchObject({ event: 'done', read: events, correlated: events, complete: true })
  const before = largestBetween(watched, 0.25 * events, 0.5 * events)
  const after = largestBetween(watched, 0.75 * events, events)
  expect(after - before, figures(watched)).toBeLessThan(settlingMebibytes)
  return watched
}
