// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The door for programs: run a config file or object. */
import { loadConfig } from '../config/load.js'
import { resolveConfig } from '../config/resolve.js'
import type { ParcoranaConfig } from '../config/types.js'
import { classes } from './classes.js'
import { serveEngineNames } from './engineNames.js'
import { runResolved, type RunOptions, type RunResult } from './run.js'

/**
 * Run `config`: the path of a config file (relative to the current folder) or a config object, whose paths count from the
 * current folder. A class of your own in an object must be given by path, because other threads cannot receive a class.
 * Rejects with ConfigError, InputError, RankError, or InterruptedError when `options.signal` ended the run.
 */
export async function run(config: string | ParcoranaConfig, options: RunOptions = {}): Promise<RunResult> {
  serveEngineNames()
  const loading =
    typeof config === 'string'
      ? loadConfig(config, { classes, env: process.env })
      : resolveConfig(config, { configPath: null, baseDir: process.cwd() }, { classes, env: process.env })
  const { resolved } = await loading
  return runResolved(resolved, options)
}
