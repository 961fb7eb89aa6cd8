// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The life of one rank, on any transport: plan, classes, role. */
import { rankError } from '../roles/callbacks.js'
import type { Communicator } from '../roles/communicator.js'
import { drawCircles, type Progress, type RankContext, roleOf, type Role } from '../roles/plan.js'
import type { ViewerReport } from '../roles/viewer.js'
import type { RankReport } from '../roles/plan.js'
import type { MainLink } from '../transports/threads/rank.js'
import { openInstances } from './instances.js'
import { standBack } from './priority.js'
import { rankLog } from './rankLog.js'
import type { RankTaskData } from './rankTask.js'
import { setUp } from './setup.js'

export interface RankHooks {
  /** Aborted when the run should end early with what it has. */
  readonly stop: AbortSignal
  progress(event: Progress): void
}

/** Run the role of `world.rank` with `main` for progress and the wish to stop: a note from there ends the run early with what it has. */
export function playTask(world: Communicator, task: RankTaskData, main: MainLink): Promise<RankReport | ViewerReport> {
  const stop = new AbortController()
  main.onMessage((note) => stop.abort(note))
  return runRole(world, task, { stop: stop.signal, progress: (event) => main.send(event) })
}

/** Run the role of `world.rank`; a failure names role, rank and callback. */
export async function runRole(
  world: Communicator,
  task: RankTaskData,
  hooks: RankHooks,
): Promise<RankReport | ViewerReport> {
  const { role } = roleOf({ servers: task.resolved.systemParams.numServers }, world.rank)
  try {
    const plan = await setUp(task.resolved, task.source, task.workers)
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

/** Every role loads only what it needs: ranks are started by the dozen. */
async function play(role: Role, ctx: RankContext, task: RankTaskData): Promise<RankReport | ViewerReport> {
  switch (role) {
    case 'viewer':
      return (await import('./viewerRank.js')).view(ctx, task)
    case 'server':
      return (await import('./serverRank.js')).serve(ctx, task)
    case 'master':
      return (await import('../roles/master.js')).runMaster(ctx)
    case 'worker':
      if (task.standBack) standBack()
      return (await import('../roles/worker.js')).runWorker(ctx, { sourceDtype: task.source.valueDtype })
  }
}
