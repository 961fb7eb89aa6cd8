#!/usr/bin/env node
// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The command line: yargs, no logic. stdout carries the result, stderr everything else. */
import yargs, { type CommandModule } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { serveEngineNames } from './driver/engineNames.js'
import { exitWith } from './cli/exit.js'
import { outliveReaders } from './cli/outliveReaders.js'
import { requireCommand, strangeOption, usageError } from './cli/usage.js'
import { version } from './cli/version.js'

serveEngineNames()
outliveReaders()

const given = hideBin(process.argv)
// What `trigger` starts stands behind `--`, and is no option of ours.
const cut = given[0] === 'trigger' && given.includes('--') ? given.indexOf('--') : given.length
const words = given.slice(0, cut)

/** Each loads its modules when it is meant: a process starts in half the time. */
const loaders = {
  run: async () => (await import('./cli/run.js')).runCommand,
  check: async () => (await import('./cli/check.js')).checkCommand,
  init: async () => (await import('./cli/init.js')).initCommand,
  cmp: async () => (await import('./cli/cmp.js')).cmpCommand,
  dark: async () => (await import('./cli/dark.js')).darkCommand,
  agree: async () => (await import('./cli/agree.js')).agreeCommand,
  submit: async () => (await import('./cli/submit.js')).submitCommand,
  trigger: async () => (await import('./cli/trigger.js')).triggerCommand(given.slice(cut + 1)),
  jobs: async () => (await import('./cli/jobs.js')).jobsCommand,
  job: async () => (await import('./cli/jobs.js')).jobCommand,
  doctor: async () => (await import('./cli/doctor.js')).doctorCommand,
}
const names = Object.keys(loaders) as (keyof typeof loaders)[]
const commands = [...names, 'completion']

/** The commands that the words can mean; all where they are listed. */
function meant(): (keyof typeof loaders)[] {
  const named = names.filter((name) => words.includes(name))
  if (named.some((name) => name === words[0])) return named
  const listed = ['completion', '--get-yargs-completions', '-h', '--help'].some((word) => words.includes(word))
  return listed ? names : [...new Set(['run' as const, ...named])]
}

const parser = yargs(words)
  .scriptName('parcorana')
  .usage('$0 -c config.ts [options]\n$0 <command>')
  .example('$0 -c config.ts', 'correlate what the config describes')
  .example('$0 check -c config.ts', 'memory, result size, pairs per delay and warnings, without running')
  .example('$0 init > config.ts', 'a commented config with every parameter')
  .example('$0 dark dark.npy', 'pedestal, noise and bad pixels of dark frames in dark.h5')
  .example('$0 agree config.ts --peer mine.hdf', 'g2 by all definitions, and which of them mine.hdf follows')
  .example('$0 submit -c config.ts --time 1:00:00 --wait', 'the same as a batch job')
  .example('$0 trigger --profile desy-online -- run -c config.ts', 'the same on the reserved node of the beamtime')
  .example('$0 cmp a.h5 b.h5 --exact', 'compare two results bit for bit')
  .strict()
  .locale('en')
  // Of an option given twice the last counts.
  .parserConfiguration({ 'duplicate-arguments-array': false })
  .version(version())
  .help()
  .alias('help', 'h')
  .wrap(Math.min(120, process.stdout.columns ?? 100))
  .exitProcess(false)

parser.fail((message, error) => {
  const { key } = (parser as unknown as { getOptions(): { key: object } }).getOptions()
  const known = Object.keys(key)
  const complaint = error?.name === 'YError' ? error.message : message
  const strange = /^Missing/.test(complaint ?? '') ? strangeOption(words, known) : undefined
  const behindDashes = "what it starts stands behind --, such as 'trigger [options] -- run -c config.ts'"
  const otherwise = given[0] === 'trigger' ? behindDashes : undefined
  if (error instanceof Error && error.name !== 'YError') throw error
  throw usageError(strange === undefined ? complaint : `Unknown argument: ${strange}`, known, otherwise)
})

try {
  requireCommand(words, commands)
  for (const name of meant()) parser.command((await loaders[name]()) as CommandModule)
  parser.completion('completion', 'print a script for shell completion')
  await parser.parseAsync()
} catch (error) {
  exitWith(error)
}
