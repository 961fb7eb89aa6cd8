// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Cuts a worker's elements into shards of about 1 GiB at tile borders, and says what they will take. */
import { ConfigError } from '../../errors.js'
import { stretchTicks, tileElements } from '../../kernels/multiTauKernels.js'
import { bytesOf } from '../../units.js'
import type { ElementSumsOptions, SumsPlan } from '../elementSums.js'
import { LevelClock } from './clock.js'
import type { MultiTauScheme } from './delays.js'
import { bytesPerElement, type ShardSize } from './shard.js'

const shardBytesDefault = 2 ** 30
const levelsMax = 32
/** With so many levels all samples of 16 bit values fit int32. */
const smallLevels = 16

export function shardSize({ delays, sourceDtype }: ElementSumsOptions, { levels, history }: LevelClock): ShardSize {
  if (levels > levelsMax) {
    const text = `multi-tau delays up to ${Math.max(...delays)} need ${levels} levels, more than ${levelsMax}`
    throw new ConfigError(text, { levels })
  }
  const integers = !sourceDtype.startsWith('float')
  const small = integers && bytesOf(sourceDtype) <= 2 && levels <= smallLevels
  return { levels, history, delays: delays.length, integers, stateBytes: small ? 4 : 8 }
}

/** Sums and state of an element, and its part of the stretch at hand. */
function bytesOfElement({ sourceDtype }: ElementSumsOptions, size: ShardSize): number {
  return bytesPerElement(size) + stretchTicks * bytesOf(sourceDtype)
}

/** Options that cut elements into shards. */
export interface ShardOptions extends ElementSumsOptions {
  /** Bytes of a shard, about; default 1 GiB. */
  readonly shardBytes?: number
}

export function cutShards(options: ShardOptions, size: ShardSize): { first: number; elements: number }[] {
  const tiles = Math.ceil(options.elements / tileElements)
  const { shardBytes = shardBytesDefault } = options
  const tilesMax = Math.max(1, Math.floor(shardBytes / (bytesOfElement(options, size) * tileElements)))
  const shards = Math.ceil(tiles / tilesMax)
  return Array.from({ length: shards }, (_, k) => {
    const first = Math.floor((tiles * k) / shards) * tileElements
    const end = Math.min(options.elements, Math.floor((tiles * (k + 1)) / shards) * tileElements)
    return { first, elements: end - first }
  })
}

/** Memory of a worker's multi-tau sums, before the run. */
export function planMultiTau(options: ElementSumsOptions & { readonly scheme: MultiTauScheme }): SumsPlan {
  const size = shardSize(options, new LevelClock(options.scheme, options.delays))
  const perElement = bytesOfElement(options, size)
  const shards = cutShards(options, size).map(({ elements }) => {
    return { elements, totalBytes: Math.ceil(elements / tileElements) * tileElements * perElement + 2 ** 20 }
  })
  const bytes = shards.reduce((sum, shard) => sum + shard.totalBytes, 0)
  const untouched = size.integers ? 8 * size.delays * options.elements : 0
  return { shards, bytesNarrow: bytes - untouched, bytesWide: bytes }
}
