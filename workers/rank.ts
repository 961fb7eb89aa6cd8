// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Entry of a rank thread. */
import { serveEngineNames } from '../src/driver/engineNames.js'
import { playTask } from '../src/driver/rank.js'
import type { RankTaskData } from '../src/driver/rankTask.js'
import { type Outcome, type RankTask, runRank } from '../src/transports/threads/rank.js'

serveEngineNames()

export default function rank(task: RankTask): Promise<Outcome> {
  return runRank<RankTaskData, unknown>(task, playTask)
}
