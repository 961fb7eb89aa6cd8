// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { ResolvedConfig } from '../config/resolved.js'
import type { SourceFacts } from './setup.js'

/** What the driver sends to every rank: plain data. */
export interface RankTaskData {
  readonly resolved: ResolvedConfig
  readonly source: SourceFacts
  readonly workers: number
  /** Final name of the result, templates expanded; null = none. */
  readonly output: string | null
  /** In the names of the result's hidden files. */
  readonly token: string
  /** Workers have a lower priority. */
  readonly standBack?: boolean
}
