// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One instance of the user's class per analysis, on any rank. */
import type { ResolvedConfig } from '../config/resolved.js'
import type { G2Common } from '../correlators/g2Common.js'
import { calling } from '../roles/callbacks.js'
import type { Role, RunPlan } from '../roles/plan.js'
import { g2ClassOf } from './classes.js'
import { type RankLog, toRankInfo } from './rankLog.js'
import type { SourceFacts } from './setup.js'

export interface Place {
  readonly role: Role | 'testmode'
  readonly rank: number
  readonly log: RankLog
  readonly testAlternate: boolean
}

/** `saturatedValue: null` in the config means the detector file's own value, if it has one. */
export async function openInstances(
  resolved: ResolvedConfig,
  source: SourceFacts,
  plan: RunPlan,
  { role, rank, log, testAlternate }: Place,
): Promise<G2Common[]> {
  const instances: G2Common[] = []
  for (const [a, { userClass, userParams, delays }] of resolved.analyses.entries()) {
    const Class = await g2ClassOf(userClass)
    const user = { ...userParams, saturatedValue: userParams.saturatedValue ?? source.saturation }
    const system = { ...resolved.systemParams, delays }
    const info = toRankInfo(role, rank, plan, a, log)
    instances.push(calling('constructor', () => new Class(user, system, info, testAlternate)))
  }
  return instances
}
