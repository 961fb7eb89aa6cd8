// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Runs configurations in this process, on real threads. */
import type { ParcoranaConfig, SystemParams } from '../../src/config/types.js'
import { resolveConfig } from '../../src/config/resolve.js'
import { classes } from '../../src/driver/classes.js'
import { serveEngineNames } from '../../src/driver/engineNames.js'
import { type RunOptions, type RunResult, runResolved } from '../../src/driver/run.js'
import { caseConfig, type ReferenceCase } from './cases.js'

serveEngineNames()

/** Run a configuration given as an object; its paths must be absolute. */
export async function runConfig(raw: ParcoranaConfig, options: RunOptions = {}): Promise<RunResult> {
  const { resolved } = await resolveConfig(raw, { configPath: null, baseDir: process.cwd() }, { classes })
  return runResolved(resolved, options)
}

/** Run one case into `output`; returns the path of the result. */
export async function runCase(
  reference: ReferenceCase,
  userClass: string,
  output: string,
  settings: Partial<SystemParams> = {},
): Promise<string> {
  const raw = caseConfig(reference, userClass, { h5output: output, numWorkers: 2, ...settings })
  return (await runConfig(raw)).output as string
}
