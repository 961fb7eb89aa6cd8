// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** ParCorAna's timing report: per role, milliseconds per call of every step. */
import type { RankReport } from '../roles/plan.js'

const titles: Readonly<Record<string, string>> = {
  server: 'FIRST SERVER',
  master: 'MASTER',
  viewer: 'VIEWER',
  worker: 'FIRST WORKER',
}

export function timingReport(reports: Readonly<Record<string, RankReport>>): string {
  return Object.entries(titles)
    .filter(([role]) => reports[role] !== undefined)
    .map(([role, title]) => section(title, reports[role]))
    .join('')
}

function section(title: string, { timings }: RankReport): string {
  const lines = timings.map(({ name, milliseconds, calls }) => {
    return `  ${name}: ${(milliseconds / calls).toFixed(3)} ms (${calls} total calls)\n`
  })
  return `--BEGIN ${title} TIMING--\n${lines.join('')}--END ${title} TIMING--\n`
}
