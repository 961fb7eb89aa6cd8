// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The main command on the process that leads: reads the config, runs it, prints. */
import { loadConfig } from '../config/load.js'
import type { ResolvedConfig } from '../config/resolved.js'
import { testMode } from '../config/testModes.js'
import { prepare } from '../driver/check.js'
import { classes } from '../driver/classes.js'
import type { Leader } from '../driver/mpi.js'
import { runResolved, type RunResult } from '../driver/run.js'
import { ConfigError, type InterruptedError, UsageError } from '../errors.js'
import { changeText } from '../roles/changes.js'
import type { MpiexecArguments } from './mpiexec.js'
import { type ConfigArguments, overridesOf } from './options.js'
import { print, printJson } from './output.js'
import { ProgressLine } from './progress.js'
import { timingReport } from './timingReport.js'

export interface RunArguments extends ConfigArguments, MpiexecArguments {
  testMain?: boolean | undefined
  testAlt?: boolean | undefined
  cmp?: boolean | undefined
  json?: boolean | undefined
  progress?: boolean | undefined
  quiet?: boolean | undefined
  dryRun?: boolean | undefined
  plot?: boolean | undefined
  /** Port of the live page; 0 = any. */
  live?: number | undefined
}

/** Run what `args` ask for. `leader`: this process is rank 0 of an MPI job. */
export async function run(args: RunArguments, leader: Leader | null): Promise<void> {
  const { resolved: given, notes } = await loadConfig(args.config, {
    overrides: overridesOf(args),
    env: process.env,
    classes,
  })
  const mode = args.testMain
    ? testMode(given, 'main')
    : args.testAlt
      ? testMode(given, 'alt')
      : { resolved: given, notes: [] }
  const { resolved } = mode
  const silent = args.quiet === true || !['DEBUG', 'INFO'].includes(resolved.systemParams.verbosity)
  if (!silent) for (const note of [...notes, ...mode.notes]) process.stderr.write(`${note}\n`)
  if (args.cmp) return compare(resolved)
  if (args.dryRun) return void (await prepare(resolved))
  if (args.testAlt) return printPath((await (await import('../driver/alternative.js')).runAlternative(resolved)).output)
  const result = await runWithSignals(resolved, args, leader)
  if (!silent) {
    process.stderr.write(timingReport(result.reports))
    for (const change of result.changes) process.stderr.write(`${changeText(change)}\n`)
  }
  if (result.output !== null && (!silent || args.plot)) {
    const { showResult } = await import('../driver/show.js')
    process.stderr.write(await showResult(result.output, resolved, { table: !silent, plot: args.plot === true }))
  }
  printResult(result, args)
}

/** What a run that was stopped has left. */
export function printPartial({ details }: InterruptedError, args: RunArguments): void {
  printResult(details.result as RunResult, args)
}

/** The last words on stdout, also for the partial result of a run that was stopped. */
function printResult(result: RunResult, { json }: RunArguments): void {
  if (json) printJson(doneRecord(result))
  else printPath(result.output)
}

/** Run; SIGINT and SIGTERM ask for the partial result, a second signal ends at once. */
async function runWithSignals(resolved: ResolvedConfig, args: RunArguments, leader: Leader | null): Promise<RunResult> {
  const stop = new AbortController()
  const onSignal = stopOrExit(stop, leader !== null)
  leader?.onSignal((signal) => void (stop.signal.aborted || onSignal(signal)))
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const line = new ProgressLine(args.progress !== false && args.json !== true && process.stderr.isTTY === true)
  try {
    return await (await runnerOf(args))(resolved, {
      signal: stop.signal,
      ...(leader === null ? {} : { ranks: leader.ranks }),
      warn: (message) => process.stderr.write(`warning: ${message}\n`),
      progress: (event) => {
        line.show(event)
        if (args.json) {
          const { kind, ...facts } = event
          printJson({ event: kind, ts: new Date().toISOString(), ...facts })
        }
      },
    })
  } finally {
    line.end()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

/** With a live page where one is asked for; its modules are loaded only then. */
async function runnerOf({ config, live, json = false }: RunArguments): Promise<typeof runResolved> {
  if (live === undefined) return runResolved
  const { runLive } = await import('./live.js')
  return (resolved, options = {}) => runLive(resolved, options, { config, live, json })
}

/** A starter of MPI jobs may say the same more than once: within a second that is no second signal. */
function stopOrExit(stop: AbortController, inJob: boolean): (signal: NodeJS.Signals) => void {
  let first = Number.NEGATIVE_INFINITY
  return (signal) => {
    if (stop.signal.aborted && inJob && performance.now() - first < 1000) return
    if (stop.signal.aborted) process.exit(signal === 'SIGTERM' ? 143 : 130)
    first = performance.now()
    process.stderr.write(`\nparcorana: ${signal}: writing what there is; a second signal ends at once\n`)
    stop.abort(signal)
  }
}

async function compare({ systemParams }: ResolvedConfig): Promise<void> {
  const { h5output, testH5output } = systemParams
  if (h5output === null || testH5output === null) {
    throw new ConfigError('--cmp compares h5output with testH5output, but the config sets only one of them; set both')
  }
  if (/%[TC]/.test(`${h5output}${testH5output}`)) {
    throw new UsageError("--cmp cannot know which files the templates %T and %C meant; use 'parcorana cmp A B'")
  }
  const { compareFiles } = await import('../results/cmp.js')
  const { differences: found, onlyInOne } = await compareFiles(h5output, testH5output, {
    ignore: countedByRun,
    common: true,
  })
  const lonely = onlyInOne.filter((path) => !interimUpdate.test(path)).map((path) => `${path} is only in one file`)
  const differences = [...found.filter((path) => !ofTheBeam.test(path)), ...lonely]
  for (const difference of differences) process.stderr.write(`${difference}\n`)
  process.exitCode = differences.length === 0 ? 0 : 1
}

/**
 * The alternative calculation forgets no event, publishes once, looks at neither beam nor speckles, judges nothing and has errors over elements only:
 * event counts, averages over events, interim updates and reports are no part of `--cmp`.
 */
const countedByRun = [
  'accounting',
  'changed',
  'quality',
  'losses',
  'xpcs',
  'entry',
  'beam',
  'covariance',
  'speckle',
  'visibility',
]
/** The beam of a run has the light of all events and elements, also of those that left later. */
const ofTheBeam = /\/delay_curve_intensity_color_\d+[ @]/
const interimUpdate = /^\/user\/([^/]+\/)?G2_results_at_\d+$/

function doneRecord(result: RunResult): object {
  const { output, accounting, complete, seconds, elementEventsPerSecond, changes, warnings, quality } = result
  const changed = Object.fromEntries(changes.map(({ name, changed, of }) => [name, { changed, of }]))
  const facts = { complete, seconds, elementEventsPerSecond, changed, warnings, quality }
  return { event: 'done', output, ...accounting, ...facts }
}

function printPath(output: string | null): void {
  if (output !== null) print(output)
}
