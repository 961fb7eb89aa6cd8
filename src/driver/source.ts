// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { ResolvedSystemParams } from '../config/resolved.js'
import type { DatasetSpec, FrameSource } from '../formats/format.js'
import { openSource } from '../formats/index.js'
import { timedSource } from '../roles/timing/timedSource.js'

/** Open a dataset; a format of the user's own is loaded as config files are. */
export function openDataset(dataset: DatasetSpec): Promise<FrameSource> {
  return openSource(dataset, async (path) => (await import('../config/userModule.js')).loadFormatModule(path))
}

/** The dataset of a run, with the counters that `timing` says. */
export async function openRunSource({ dataset, timing }: ResolvedSystemParams): Promise<FrameSource> {
  const source = await openDataset(dataset)
  try {
    return timedSource(source, timing)
  } catch (error) {
    await source.close()
    throw error
  }
}
