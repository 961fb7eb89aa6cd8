// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import { darkText, makeDark } from '../driver/dark.js'
import { UsageError } from '../errors.js'
import { handled } from './exit.js'
import { numberOption, textOption } from './usage.js'

interface Arguments {
  file: string
  output: string
  numevents?: number | undefined
  sigmas?: number | undefined
  commonMode: 'none' | 'panel' | 'row' | 'column'
  asic?: readonly [rows: number, columns: number] | undefined
  adusPerPhoton?: number | undefined
  overwrite?: boolean | undefined
  json?: boolean | undefined
}

/** `185,194` */
function asicOf(given: string | undefined): readonly [number, number] | undefined {
  if (given === undefined) return undefined
  const [, rows, columns] = /^([1-9]\d*),([1-9]\d*)$/.exec(given) ?? []
  if (columns === undefined) throw new UsageError(`--asic is '${given}'; give rows,columns, such as 185,194`)
  return [Number(rows), Number(columns)]
}

/** `parcorana dark FILE`: pedestal, noise and bad pixels of dark frames. */
export const darkCommand: CommandModule<object, Arguments> = {
  command: 'dark <file>',
  describe: 'pedestal, noise and bad pixels of dark frames, for systemParams.calibration',
  builder: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: "dark frames, as dataset: 'dark.npy', 'hdf5:dark.h5'",
      })
      .option('output', { alias: 'o', default: 'dark.h5', ...textOption('new HDF5 file') })
      .option('numevents', { alias: 'n', ...numberOption('numevents', 'read the first N frames only') })
      .option('sigmas', numberOption('sigmas', 'a pixel is bad so many standard deviations from its panel (6)'))
      .option('common-mode', {
        choices: ['none', 'panel', 'row', 'column'],
        default: 'none',
        describe: 'noise without the shift that these pixels share in a frame',
      })
      .option('asic', { ...textOption('rows,columns of a read-out chip, where a panel holds several'), coerce: asicOf })
      .option('adus-per-photon', numberOption('adus-per-photon', 'say how many sigma one photon is'))
      .option('overwrite', { type: 'boolean', describe: 'replace an existing file' })
      .option('json', { type: 'boolean', describe: 'the report as JSON on stdout' }) as never,
  handler: handled(dark),
}

async function dark({
  file,
  output,
  numevents = 0,
  sigmas = 6,
  commonMode,
  asic,
  overwrite,
  ...args
}: Arguments): Promise<void> {
  if (!Number.isInteger(numevents) || numevents < 0)
    throw new UsageError(`--numevents is ${numevents}; give a whole number from 0 on`)
  if (!(sigmas > 0)) throw new UsageError(`--sigmas is ${sigmas}; give a number above 0, such as 6`)
  const cwd = process.cwd()
  const place = { dataset: file, cwd, output: resolve(cwd, output), overwrite: overwrite === true }
  const report = await makeDark({ ...place, frames: numevents, sigmas, commonMode, asic: asic ?? null })
  if (args.json) return void process.stdout.write(`${JSON.stringify({ event: 'done', ...report })}\n`)
  process.stderr.write(darkText(report, args.adusPerPhoton ?? null))
  process.stdout.write(`${report.output}\n`)
}
