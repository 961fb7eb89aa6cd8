// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { ResolvedSystemParams } from '../config/resolved.js'
import { ConfigError } from '../errors.js'
import type { DatasetSpec, FrameSource } from '../formats/format.js'
import { openSource } from '../formats/index.js'
import { type HolesSpec, sentinelsOf } from '../roles/holes/sentinels.js'
import { timedSource } from '../roles/timing/timedSource.js'

/** Open a dataset; a format of the user's own is loaded as config files are. */
export function openDataset(dataset: DatasetSpec): Promise<FrameSource> {
  return openSource(dataset, async (path) => (await import('../config/userModule.js')).loadFormatModule(path))
}

/** The dataset of a run, with the counters that `timing` says and all invalid values. */
export async function openRunSource({ dataset, timing, holes }: ResolvedSystemParams): Promise<FrameSource> {
  const source = await openDataset(dataset)
  try {
    return { ...timedSource(source, timing), sentinels: allSentinels(source, holes) }
  } catch (error) {
    await source.close()
    throw error
  }
}

const largest: Partial<Record<FrameSource['dtype'], number>> = {
  uint8: 255,
  int8: 127,
  uint16: 65_535,
  int16: 32_767,
  uint32: 4_294_967_295,
  int32: 2_147_483_647,
}

function allSentinels(source: FrameSource, { values }: HolesSpec): readonly number[] {
  const most = largest[source.dtype]
  const named = values.map((value) => {
    if (value !== 'max') return value
    if (most !== undefined) return most
    throw new ConfigError(
      `systemParams.holes.values holds 'max', but frames are ${source.dtype}, which has no largest value of its own; give the number`,
      { key: 'systemParams.holes.values' },
    )
  })
  return [...new Set([...sentinelsOf(source), ...named])]
}
