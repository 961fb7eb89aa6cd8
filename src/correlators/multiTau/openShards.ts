// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { MultiTauKernelSet } from '../../kernels/multiTauKernels.js'
import type { LevelClock } from './clock.js'
import { cutShards, type ShardOptions, shardSize } from './plan.js'
import { MultiTauShard } from './shard.js'

/** Allocate the shards of a worker's elements. Throws ConfigError for delays that need more than 32 levels. */
export function openShards(options: ShardOptions, clock: LevelClock, kernels: MultiTauKernelSet): MultiTauShard[] {
  const size = shardSize(options, clock)
  return cutShards(options, size).map(({ first, elements }) => new MultiTauShard(first, elements, size, kernels))
}
