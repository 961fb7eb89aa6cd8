// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Quality as plain values, for programs. */
import type { Status } from './judge.js'

/** One check: the value of its worst ring; NaN becomes null. */
export interface CheckRecord {
  readonly status: Status
  readonly value: number | null
  /** Label of the worst ring; null for a check of the whole run. */
  readonly ring: number | null
}

export interface QualityRecord {
  readonly status: Status
  readonly checks: Readonly<Record<string, CheckRecord>>
}
