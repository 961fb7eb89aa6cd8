// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Cuts a worker's elements into shards of about 1 GiB at tile borders. */
import { ConfigError } from '../../errors.js'
import { type MultiTauKernelSet, stretchTicks, tileElements } from '../../kernels/multiTauKernels.js'
import { bytesOf } from '../../units.js'
import type { ElementSumsOptions } from '../elementSums.js'
import type { LevelClock } from './clock.js'
import { bytesPerElement, MultiTauShard, type ShardSize } from './shard.js'

const shardBytes = 2 ** 30
const levelsMax = 32

/** Throws ConfigError for delays that need more than 32 levels. */
export function openShards(
  { elements, delays, sourceDtype }: ElementSumsOptions,
  { levels, history }: LevelClock,
  kernels: MultiTauKernelSet,
): MultiTauShard[] {
  if (levels > levelsMax) {
    throw new ConfigError(
      `multi-tau delays up to ${Math.max(...delays)} need ${levels} levels, more than ${levelsMax}`,
      {
        levels,
      },
    )
  }
  const size: ShardSize = { levels, history, delays: delays.length, holes: sourceDtype.startsWith('float') }
  const perElement = bytesPerElement(size) + stretchTicks * bytesOf(sourceDtype)
  const tiles = Math.ceil(elements / tileElements)
  const shards = Math.ceil(tiles / Math.max(1, Math.floor(shardBytes / (perElement * tileElements))))
  return Array.from({ length: shards }, (_, k) => {
    const first = Math.floor((tiles * k) / shards) * tileElements
    const end = Math.min(elements, Math.floor((tiles * (k + 1)) / shards) * tileElements)
    return new MultiTauShard(first, end - first, size, kernels)
  })
}
