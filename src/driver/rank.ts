// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The life of one rank, on any transport: plan, classes, role. */
import type { ResolvedConfig } from '../config/resolved.js'
import { openDataset } from './source.js'
import { rankError } from '../roles/callbacks.js'
import type { Communicator } from '../roles/communicator.js'
import { runMaster } from '../roles/master.js'
import { drawCircles, type Progress, type RankContext, roleOf, type Role } from '../roles/plan.js'
import { runServer } from '../roles/server.js'
import { runViewer, type ViewerReport } from '../roles/viewer.js'
import { runWorker } from '../roles/worker.js'
import type { RankReport } from '../roles/plan.js'
import { createHdf5Result } from '../results/hdf5Result.js'
import { runFacts } from './facts.js'
import { openInstances } from './instances.js'
import { rankLog } from './rankLog.js'
import { noFile } from './noFile.js'
import { setUp, type SourceFacts } from './setup.js'

/** What the driver sends to every rank: plain data. */
export interface RankTaskData {
  readonly resolved: ResolvedConfig
  readonly source: SourceFacts
  readonly workers: number
  /** Final name of the result, templates expanded; null = none. */
  readonly output: string | null
}

export interface RankHooks {
  /** Aborted when the run should end early with what it has. */
  readonly stop: AbortSignal
  progress(event: Progress): void
}

/** Run the role of `world.rank`; a failure names role, rank and callback. */
export async function runRole(
  world: Communicator,
  task: RankTaskData,
  hooks: RankHooks,
): Promise<RankReport | ViewerReport> {
  const { role } = roleOf({ servers: task.resolved.systemParams.numServers }, world.rank)
  try {
    const { plan } = await setUp(task.resolved, task.source, task.workers)
    const log = rankLog(role, world.rank, task.resolved.systemParams.verbosity)
    const instances = await openInstances(task.resolved, task.source, plan, {
      role,
      rank: world.rank,
      log,
      testAlternate: false,
    })
    const circles = await drawCircles(world, plan)
    return await play(role, { plan, circles, instances, log, ...hooks }, task)
  } catch (error) {
    throw rankError(role, world.rank, error)
  }
}

function play(role: Role, ctx: RankContext, task: RankTaskData): Promise<RankReport | ViewerReport> {
  switch (role) {
    case 'viewer':
      return runViewer(ctx, publisherFor(task), runFacts(task.resolved, task.source, ctx.plan))
    case 'server':
      return serve(ctx, task)
    case 'master':
      return runMaster(ctx)
    case 'worker':
      return runWorker(ctx, { sourceDtype: task.source.valueDtype })
  }
}

async function serve(ctx: RankContext, { resolved }: RankTaskData): Promise<RankReport> {
  const source = await openDataset(resolved.systemParams.dataset)
  try {
    return await runServer(ctx, source, null)
  } finally {
    await source.close()
  }
}

function publisherFor({ output, resolved }: RankTaskData): ReturnType<typeof createHdf5Result> {
  const { overwrite, h5arrays, h5views } = resolved.systemParams
  return output === null ? noFile() : createHdf5Result({ path: output, overwrite, h5arrays, h5views })
}
