// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandModule } from 'yargs'
import { compareFiles } from '../results/cmp.js'
import { exitWith } from './exit.js'

interface Arguments {
  a: string
  b: string
  exact?: boolean | undefined
  verbose?: boolean | undefined
  ignore?: string | undefined
  common?: boolean | undefined
}

/** `parcorana cmp A B`: exit code 0 equal, 1 different, 2 trouble. */
export const cmpCommand: CommandModule<object, Arguments> = {
  command: 'cmp <a> <b>',
  describe: 'compare two results: exit code 0 equal, 1 different, 2 trouble',
  builder: (yargs) =>
    yargs
      .positional('a', { type: 'string', demandOption: true })
      .positional('b', { type: 'string', demandOption: true })
      .option('exact', { type: 'boolean', describe: 'bit for bit, everything but /run' })
      .option('verbose', { alias: 'v', type: 'boolean', describe: 'also name what is equal' })
      .option('ignore', {
        alias: 'i',
        type: 'string',
        describe: 'names to leave out at every level, separated by commas',
      })
      .option('common', { type: 'boolean', describe: 'compare only what both files hold' }) as never,
  handler: async ({ a, b, exact, verbose, ignore, common }) => {
    try {
      const names = ignore === undefined ? [] : ignore.split(',')
      const show = verbose === true ? { verbose: (line: string) => void process.stdout.write(`${line}\n`) } : {}
      const options = { exact: exact === true, ignore: names, common: common === true, ...show }
      const { equal, differences, checked } = await compareFiles(a, b, options)
      for (const difference of differences) process.stderr.write(`${difference}\n`)
      process.stdout.write(
        `${equal ? 'equal' : 'different'}: ${checked} datasets compared, ${differences.length} differences\n`,
      )
      process.exitCode = equal ? 0 : 1
    } catch (error) {
      exitWith(error)
      process.exitCode = 2
    }
  },
}
