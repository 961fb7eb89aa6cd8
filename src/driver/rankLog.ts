// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Log lines on stderr: `2026-11-20 10:00:00 worker-rnk:3 - INFO - message`. Workers other than the first are silent. */
import type { Verbosity } from '../config/resolved.js'
import type { RankInfo } from '../correlators/g2Common.js'
import type { Log, Role, RunPlan } from '../roles/plan.js'

const levels: Readonly<Record<Verbosity, number>> = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40 }

export interface RankLog extends Log {
  error(message: string): void
}

export function rankLog(role: string, rank: number, verbosity: Verbosity): RankLog {
  const line = (level: Verbosity, message: string): void => {
    if (levels[level] < levels[verbosity]) return
    const time = new Date().toISOString().slice(0, 19).replace('T', ' ')
    process.stderr.write(`${time} ${role}-rnk:${rank} - ${level} - ${message}\n`)
  }
  return {
    debug: (message) => line('DEBUG', message),
    info: (message) => line('INFO', message),
    warning: (message) => line('WARNING', message),
    error: (message) => line('ERROR', message),
  }
}

/** What a user's instance gets as `mpiParams`. */
export function toRankInfo(role: Role | 'testmode', rank: number, plan: RunPlan, analysis: number, log: Log): RankInfo {
  const isFirstWorker = rank === plan.servers + 2
  const speaks = (allWorkers: boolean): boolean => role !== 'worker' || isFirstWorker || allWorkers
  return {
    role,
    rank,
    isFirstWorker,
    maskNdarrayCoords: plan.maskNdarrayCoords,
    detectorShape: plan.detectorShape,
    delays: plan.analyses[analysis].delays,
    color: plan.analyses[analysis].color,
    fine: plan.analyses[analysis].fine,
    trains: plan.trains,
    logDebug: (message, allWorkers = false) => void (speaks(allWorkers) && log.debug(message)),
    logInfo: (message, allWorkers = false) => void (speaks(allWorkers) && log.info(message)),
    logWarning: (message, allWorkers = false) => void (speaks(allWorkers) && log.warning(message)),
    logError: (message, allWorkers = false) => void (speaks(allWorkers) && (log as RankLog).error(message)),
  }
}
