// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Quality for people and programs: what changed since the last update, and a record of plain values. */
import type { Quality } from './assess.js'
import { type Status, statusOfCheck } from './judge.js'
import type { QualityRecord } from './record.js'
import { ringChecks } from './spec.js'

const byRing: readonly string[] = ringChecks

export function qualityRecord({ status, colors, checks }: Quality): QualityRecord {
  const entries = checks.map((check) => {
    const value = check.worst < 0 ? null : check.value[check.worst]
    const ring = check.worst < 0 || !byRing.includes(check.name) ? null : colors[check.worst]
    return [check.name, { status: statusOfCheck(check), value, ring }] as const
  })
  return { status, checks: Object.fromEntries(entries) }
}

/** Sentences for what became worse or better since the last update; all that is not ok at the first and at the final one. */
export class QualityNews {
  #before = new Map<string, Status>()

  /** `final`: say everything again. */
  of({ checks, sentences }: Quality, final: boolean): string[] {
    const now = new Map<string, Status>(checks.map((check) => [check.name, statusOfCheck(check)]))
    const before = this.#before
    this.#before = now
    const wrong = sentences.filter(({ check, status }) => final || before.get(check) !== status)
    const mended = [...now].filter(([check, status]) => status === 'ok' && isWrong(before.get(check)))
    return [
      ...wrong.map(({ status, text }) => `quality ${status}: ${text}`),
      ...mended.map(([check]) => `quality ok: ${check} is within its limits again`),
    ]
  }
}

function isWrong(status: Status | undefined): boolean {
  return status === 'warn' || status === 'fail'
}
