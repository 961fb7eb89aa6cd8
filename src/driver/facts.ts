// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the result file says about a run before its first event. Whatever may differ between equal runs stands in `run`. */
import { availableParallelism, hostname } from 'node:os'
import { experimentFacts } from '../config/experiment.js'
import type { ResolvedConfig } from '../config/resolved.js'
import { storedParams } from '../config/stored.js'
import type { RunPlan } from '../roles/plan.js'
import type { RunFacts } from '../roles/publisher.js'
import type { SourceFacts } from './setup.js'

export function runFacts(resolved: ResolvedConfig, source: SourceFacts, plan: RunPlan): RunFacts {
  const { systemParams, userParams, run } = storedParams(resolved)
  return {
    detectorShape: plan.detectorShape,
    elements: plan.partition.elements,
    analyses: plan.analyses.map(({ name, className, delays, color, fine, normalization }) => {
      return { name, className, delays, color, fine, normalization }
    }),
    systemParams,
    userParams,
    experiment: experimentFacts(resolved, source.metadata),
    frames: { stride: plan.selection.stride, average: plan.selection.average },
    eventsPlanned: plan.numEvents,
    run: {
      ...run,
      servers: plan.servers,
      workers: plan.workers,
      blockEvents: plan.blockEvents,
      kernel: process.env.PARCORANA_KERNEL ?? 'auto',
      host: hostname(),
      cores: availableParallelism(),
      node: process.version,
      started: new Date().toISOString(),
    },
  }
}
