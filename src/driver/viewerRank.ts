// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The viewer's rank: the role with the HDF5 file as its publisher. */
import { createHdf5Result } from '../results/hdf5Result.js'
import type { RankContext } from '../roles/plan.js'
import type { Publisher } from '../roles/publisher.js'
import { runViewer, type ViewerReport } from '../roles/viewer.js'
import { runFacts } from './facts.js'
import { noFile } from './noFile.js'
import type { RankTaskData } from './rankTask.js'

export function view(ctx: RankContext, task: RankTaskData): Promise<ViewerReport> {
  return runViewer(ctx, publisherFor(task), runFacts(task.resolved, task.source, ctx.plan))
}

function publisherFor({ output, token, resolved }: RankTaskData): Publisher {
  const { overwrite, h5arrays, h5views } = resolved.systemParams
  return output === null ? noFile() : createHdf5Result({ path: output, token, overwrite, h5arrays, h5views })
}
