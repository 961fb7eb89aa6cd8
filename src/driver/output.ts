// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { ResolvedConfig } from '../config/resolved.js'
import { expandTemplate } from '../results/fileName.js'
import { refuseExisting, resultPaths } from '../results/resultPaths.js'

/** The final name of the result, null for none; refuses output that exists before anything is started. */
export function outputOf({ systemParams }: ResolvedConfig): string | null {
  if (systemParams.h5output === null) return null
  const path = expandTemplate(systemParams.h5output)
  refuseExisting(resultPaths(path), systemParams.overwrite)
  return path
}
