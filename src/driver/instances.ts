// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One instance of the user's class per analysis, on any rank. */
import type { ResolvedConfig } from '../config/resolved.js'
import type { G2Common } from '../correlators/g2Common.js'
import { calling } from '../roles/callbacks.js'
import type { Role, RunPlan } from '../roles/plan.js'
import { g2ClassOf } from './g2Class.js'
import { type RankLog, toRankInfo } from './rankLog.js'
import { ConfigError } from '../errors.js'
import type { SourceFacts } from './setup.js'

export interface Place {
  readonly role: Role | 'testmode'
  readonly rank: number
  readonly log: RankLog
  readonly testAlternate: boolean
}

/**
 * `saturatedValue: null` in the config means the detector file's own value, if it has one. Where events are sums of frames the
 * classes get the sum that means the same.
 */
export async function openInstances(
  resolved: ResolvedConfig,
  source: SourceFacts,
  plan: RunPlan,
  { role, rank, log, testAlternate }: Place,
): Promise<G2Common[]> {
  const instances: G2Common[] = []
  const { average } = resolved.systemParams
  if (average > 1) requireOneSaturation(resolved, source)
  for (const [a, { userClass, userParams, delays }] of resolved.analyses.entries()) {
    const Class = await g2ClassOf(userClass)
    const saturatedValue = saturationOf(userParams, source)
    const user = { ...userParams, saturatedValue: saturatedValue === null ? null : saturatedValue * average }
    const system = { ...resolved.systemParams, delays }
    const info = toRankInfo(role, rank, plan, a, log)
    instances.push(calling('constructor', () => new Class(user, system, info, testAlternate)))
  }
  return instances
}

function saturationOf({ saturatedValue }: Readonly<Record<string, unknown>>, source: SourceFacts): number | null {
  return typeof saturatedValue === 'number' ? saturatedValue : source.saturation
}

/** Frames are summed once for all analyses, so they must agree which of them are saturated. */
function requireOneSaturation({ analyses, systemParams }: ResolvedConfig, source: SourceFacts): void {
  const values = [...new Set(analyses.map(({ userParams }) => saturationOf(userParams, source)))]
  if (values.length === 1) return
  throw new ConfigError(
    `the analyses have different values of saturatedValue (${values.map((value) => value ?? 'none').join(', ')}), which systemParams.average ${systemParams.average} does not allow; give them one`,
    { key: 'userParams.saturatedValue' },
  )
}
