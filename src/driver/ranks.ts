// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where the ranks of a run come from: threads of this process, or (driver/mpi.ts) the processes of an MPI job. */
import type { ResolvedConfig } from '../config/resolved.js'
import { ConfigError } from '../errors.js'
import { type RunPlan, roleOf, worldSize } from '../roles/plan.js'
import { builtOrSource } from '../transports/builtOrSource.js'
import { type LaunchHandle, launchThreads } from '../transports/threads/launch.js'
import type { ThreadPool } from '../transports/threads/threadPool.js'
import { crowded } from './priority.js'
import type { RankTaskData } from './rankTask.js'

export interface Ranks {
  /** The configuration as these ranks will run it. Throws ConfigError where it asks for others. */
  fit(resolved: ResolvedConfig): ResolvedConfig
  start(task: RankTaskData, plan: RunPlan): LaunchHandle
}

/** Threads of `pool`, or own threads. */
export function threadRanks(pool: ThreadPool | undefined): Ranks {
  return {
    fit(resolved) {
      if (resolved.systemParams.transport !== 'mpi') return resolved
      throw new ConfigError(
        "systemParams.transport is 'mpi', but this process is no rank of an MPI job; start it as mpiexec -n 8 parcorana -c config.ts, or use 'auto'",
        { key: 'systemParams.transport' },
      )
    },
    start: (task, plan) =>
      launchThreads({
        size: worldSize(plan),
        entry: builtOrSource('workers/rank'),
        taskOf: () => ({ ...task, standBack: pool === undefined && crowded(plan.workers) }),
        roleOf: (rank) => roleOf(plan, rank).role,
        ...(pool === undefined ? {} : { pool }),
      }),
  }
}
