// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The life of a run: config -> source facts -> ranks -> result. */
import type { ResolvedConfig } from '../config/resolved.js'
import { ConfigError, InterruptedError } from '../errors.js'
import { changeWarnings } from '../roles/changes.js'
import type { Progress } from '../roles/plan.js'
import { masterRank, roleOf, type RankReport } from '../roles/plan.js'
import type { ViewerReport } from '../roles/viewer.js'
import { removeLeftovers, resultPaths, runToken } from '../results/resultPaths.js'
import type { LaunchHandle } from '../transports/threads/launch.js'
import type { ThreadPool } from '../transports/threads/threadPool.js'
import type { RankTaskData } from './rankTask.js'
import { type Ranks, threadRanks } from './ranks.js'
import { outputOf } from './output.js'
import { prepare } from './check.js'

export interface RunOptions {
  /** Abort with 'SIGINT' or 'SIGTERM' to end early: the partial result is written, then `run` rejects with InterruptedError (its `details.result` is a RunResult). */
  readonly signal?: AbortSignal
  /** Threads to use again for several runs. */
  readonly pool?: ThreadPool
  /** Where ranks come from; default: threads. */
  readonly ranks?: Ranks
  /** The final name of the result, before the first event; null = none is written. */
  writesTo?(output: string | null): void
  progress?(event: Progress): void
  /** Sentences that the user should see: warnings about labels and parameters. */
  warn?(message: string): void
}

/** What a run ends with. */
export interface RunResult extends ViewerReport {
  /** Timing per rank, by `role` of the first rank of each role. */
  readonly reports: Readonly<Record<string, RankReport>>
}

/** Run to the end. Rejects with InterruptedError after a signal, with RankError when a rank failed. */
export async function runResolved(given: ResolvedConfig, options: RunOptions = {}): Promise<RunResult> {
  const ranks = options.ranks ?? threadRanks(options.pool)
  const resolved = ranks.fit(given)
  const output = outputOf(resolved)
  const { source, plan, explanation } = await prepare(resolved)
  const [refusal] = explanation.errors
  if (refusal !== undefined) throw new ConfigError(refusal)
  for (const warning of explanation.warnings) options.warn?.(warning)
  options.writesTo?.(output)
  const task: RankTaskData = { resolved, source, workers: plan.workers, output, token: runToken() }
  const handle = ranks.start(task, plan)
  let updates = 0
  handle.onMessage((_, note) => {
    const event = note as Progress
    if (event.kind === 'update') updates++
    options.progress?.(event)
  })
  const stop = stopOn(options.signal, handle, masterRank(plan))
  try {
    // `done` knows whose error came first; the others only report that the job was aborted.
    await handle.done
    const reports = (await Promise.all(handle.results)) as RankReport[]
    const { changes, warnings } = reports[0] as ViewerReport
    for (const warning of [...changeWarnings(changes), ...warnings]) options.warn?.(warning)
    return finished(reports, plan, options.signal)
  } catch (error) {
    if (output !== null) await removeLeftovers(resultPaths(output, task.token), updates > 0)
    throw error
  } finally {
    stop.forget()
  }
}

function stopOn(signal: AbortSignal | undefined, handle: LaunchHandle, master: number): { forget(): void } {
  const stop = (): void => handle.send(master, String(signal?.reason))
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  return { forget: () => signal?.removeEventListener('abort', stop) }
}

function finished(
  reports: readonly RankReport[],
  plan: { servers: number },
  signal: AbortSignal | undefined,
): RunResult {
  const byRole: Record<string, RankReport> = {}
  reports.forEach((report, rank) => {
    byRole[roleOf(plan, rank).role] ??= report
  })
  const result = { ...(reports[0] as ViewerReport), reports: byRole }
  if (result.complete) return result
  const name = signal?.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT'
  const where = result.output === null ? '' : `; the partial result is ${result.output}`
  throw new InterruptedError(name, `stopped by ${name} after ${result.accounting.read} events${where}`, { result })
}
