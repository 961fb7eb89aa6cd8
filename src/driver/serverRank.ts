// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A server's rank: the role with its own door to the data. */
import type { RankContext, RankReport } from '../roles/plan.js'
import { runServer } from '../roles/server.js'
import type { RankTaskData } from './rankTask.js'
import { openDataset } from './source.js'

export async function serve(ctx: RankContext, { resolved }: RankTaskData): Promise<RankReport> {
  const source = await openDataset(resolved.systemParams.dataset)
  try {
    return await runServer(ctx, source, null)
  } finally {
    await source.close()
  }
}
