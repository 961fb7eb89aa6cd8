// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandModule } from 'yargs'
import { explanationText } from '../config/explain/explain.js'
import { loadConfig } from '../config/load.js'
import { prepare } from '../driver/check.js'
import { classes } from '../driver/classes.js'
import { handled } from './exit.js'
import { type ConfigArguments, configOptions, overridesOf } from './options.js'

interface Arguments extends ConfigArguments {
  json?: boolean | undefined
}

/** `parcorana check -c config`: exit code 3 when the run would be refused. */
export const checkCommand: CommandModule<object, Arguments> = {
  command: 'check',
  describe: 'resolved config, memory, result size, pairs per delay and warnings, without running',
  builder: (yargs) => configOptions(yargs).option('json', { type: 'boolean', describe: 'the same as JSON' }) as never,
  handler: handled(async (args) => {
    const overrides = overridesOf(args)
    const { resolved, notes } = await loadConfig(args.config, { overrides, env: process.env, classes })
    for (const note of notes) process.stderr.write(`${note}\n`)
    const { explanation } = await prepare(resolved)
    process.stdout.write(`${args.json ? JSON.stringify(explanation) : explanationText(explanation)}\n`)
    if (explanation.errors.length > 0) process.exitCode = 3
  }),
}
