// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A server's rank: the role with its own door to the data, and the calibration of its frames. */
import { FirstEventsCheck } from '../roles/calibration/firstEvents.js'
import { openCalibration } from '../roles/calibration/open.js'
import type { Calibration } from '../roles/keptEvents.js'
import { type RankContext, type RankReport, serverRank } from '../roles/plan.js'
import { runServer } from '../roles/server.js'
import type { RankTaskData } from './rankTask.js'
import { openRunSource } from './source.js'

export async function serve(ctx: RankContext, { resolved }: RankTaskData): Promise<RankReport> {
  const source = await openRunSource(resolved.systemParams)
  try {
    return await runServer(ctx, source, await calibrationOf(ctx, resolved.systemParams.calibration))
  } finally {
    await source.close()
  }
}

/** The first server has the first events of the run. */
async function calibrationOf(
  ctx: RankContext,
  spec: RankTaskData['resolved']['systemParams']['calibration'],
): Promise<Calibration | null> {
  const calibration = await openCalibration(spec, ctx.plan, ctx.instances)
  if (calibration === null || ctx.circles.world.rank !== serverRank(0)) return calibration
  const { adusPerPhoton } = spec
  return new FirstEventsCheck(calibration, { mask: ctx.plan.maskNdarrayCoords, adusPerPhoton }, ctx.log)
}
