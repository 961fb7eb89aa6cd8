// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { writeFileSync } from 'node:fs'
import type { CommandModule } from 'yargs'
import { initialConfig } from '../config/init.js'
import { InputError, messageOf } from '../errors.js'
import { exitWith } from './exit.js'

/** `parcorana init [file]`: a commented config with every parameter. */
export const initCommand: CommandModule<object, { file?: string | undefined }> = {
  command: 'init [file]',
  describe: 'write a commented config with every parameter (to stdout without a file)',
  builder: (yargs) => yargs.positional('file', { type: 'string', describe: 'new file; an existing one is kept' }),
  handler: ({ file }) => {
    try {
      if (file === undefined) process.stdout.write(initialConfig())
      else writeNew(file)
    } catch (error) {
      exitWith(error)
    }
  },
}

function writeNew(file: string): void {
  try {
    writeFileSync(file, initialConfig(), { flag: 'wx' })
    process.stdout.write(`${file}\n`)
  } catch (error) {
    throw new InputError(`cannot write ${file}: ${messageOf(error)}; choose a new name`, { file })
  }
}
