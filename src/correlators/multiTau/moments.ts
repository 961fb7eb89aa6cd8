// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Moments of multi-tau sums over bins: tile by tile, G2, IP and IF go into one memory, where pair kernels take their moments. */
import { loadKernels } from '../../kernels/load.js'
import { openMemory } from '../../kernels/memory.js'
import type { DelayPlace } from '../../kernels/multiTauKernels.js'
import {
  closedMomentsWidth,
  momentDelaysMost,
  momentsWidth,
  type PairKernels,
  scratchEnd,
  tileElements,
} from '../../kernels/pairKernels.js'
import type { Bins } from '../bins.js'
import type { MultiTauShard } from './shard.js'

/** Float64 [bins x delays x binMomentsWidth]; `places` = every delay of the list. No element has a hole. */
export function momentsOfShards(
  shards: readonly MultiTauShard[],
  places: readonly DelayPlace[],
  bins: Bins,
): Float64Array {
  const bench = new MomentBench(bins, places.length)
  const width = places.length * closedMomentsWidth
  const values = new Float64Array(bins.count * width)
  for (let tile = 0; tile + 1 < bins.firstOfTile.length; tile++) {
    const firstBin = bins.firstOfTile[tile]
    if (bins.firstOfTile[tile + 1] === firstBin) continue
    bench.take(shards, places, tile)
    bench.moments(tile, values.subarray(firstBin * width, bins.firstOfTile[tile + 1] * width))
  }
  return values
}

/** Room for the sums of one tile of bins, their moments, and what the kernels want beside them. */
class MomentBench {
  readonly #bins: Bins
  readonly #delays: number
  readonly #tiles: number
  /** Byte offsets: three sums one behind the other, numbers of bins, flags of delays, moments. */
  readonly #sums = scratchEnd
  readonly #binOf: number
  readonly #isOpen: number
  readonly #out: number
  readonly #memory: WebAssembly.Memory
  readonly #kernels: PairKernels

  constructor(bins: Bins, delays: number) {
    this.#bins = bins
    this.#delays = delays
    this.#tiles = Math.ceil(Math.min(bins.tileSize, bins.binOf.length) / tileElements)
    const most = bins.firstOfTile.reduce((max, first, t, all) => (t === 0 ? 0 : Math.max(max, first - all[t - 1])), 0)
    this.#binOf = this.#sums + 3 * this.#sumBytes
    this.#isOpen = this.#binOf + 4 * tileElements * this.#tiles
    this.#out = this.#isOpen + momentDelaysMost
    const bytes = this.#out + 8 * momentsWidth * most * Math.min(delays, momentDelaysMost)
    this.#memory = openMemory({ bytes, what: 'an update of multi-tau', advice: 'use more workers' })
    this.#kernels = loadKernels().open(this.#memory)
  }

  get #sumBytes(): number {
    return 8 * this.#tiles * this.#delays * tileElements
  }

  #range(tile: number): [begin: number, end: number] {
    const { tileSize, binOf } = this.#bins
    return [tile * tileSize, Math.min((tile + 1) * tileSize, binOf.length)]
  }

  /** Copy the sums of a tile of bins, which may lie in several shards. */
  take(shards: readonly MultiTauShard[], places: readonly DelayPlace[], tile: number): void {
    const [begin, end] = this.#range(tile)
    for (const shard of shards) {
      const first = Math.max(begin, shard.first)
      const last = Math.min(end, shard.first + shard.elements)
      if (first >= last) continue
      const row = 16 * ((first - begin) / tileElements) * this.#delays
      const tiles = Math.ceil((last - first) / tileElements)
      const [G2, IP, IF] = [0, 1, 2].map((sum) => {
        const at = this.#sums + sum * this.#sumBytes + 8 * row
        return new Float64Array(this.#memory.buffer, at, tiles * this.#delays * tileElements)
      }) as [Float64Array, Float64Array, Float64Array]
      shard.settle(places, (first - shard.first) / tileElements, { G2, IP, IF })
    }
  }

  /** Moments of the tile at hand to `values` [bins of the tile x delays x closedMomentsWidth]. */
  moments(tile: number, values: Float64Array): void {
    const [begin, end] = this.#range(tile)
    const firstBin = this.#bins.firstOfTile[tile]
    const numbers = new Int32Array(this.#memory.buffer, this.#binOf, tileElements * this.#tiles).fill(-1)
    for (let i = begin; i < end; i++) if (this.#bins.binOf[i] >= 0) numbers[i - begin] = this.#bins.binOf[i] - firstBin
    const count = values.length / (this.#delays * closedMomentsWidth)
    for (let from = 0; from < this.#delays; from += momentDelaysMost) {
      const range = Math.min(momentDelaysMost, this.#delays - from)
      const own = this.#rangeOf(from, range, count)
      for (let bin = 0, at = 0; bin < count; bin++, at += range * closedMomentsWidth) {
        const to = (bin * this.#delays + from) * closedMomentsWidth
        values.set(own.subarray(at, at + range * closedMomentsWidth), to)
      }
    }
  }

  /** Of `count` delays and `bins` bins: [bins x count x closedMomentsWidth]. */
  #rangeOf(from: number, count: number, bins: number): Float64Array {
    const [G2, moving, fixed] = [0, 1, 2].map((sum) => this.#sums + sum * this.#sumBytes) as [number, number, number]
    const sums = { delays: this.#delays, narrow: false, G2, moving, fixed, lost: 0 }
    const nothing = { windows: 0, scratch: 0, largest: 0 }
    const place = { first: 0, tiles: this.#tiles, from, count, binOf: this.#binOf, out: this.#out, ...nothing }
    this.#kernels.openMoments(this.#out, bins * count)
    this.#kernels.moments(sums, { ...place, isOpen: this.#isOpen }, null, { values: 0, holes: 0 })
    this.#kernels.closeMoments(this.#out, bins * count)
    return new Float64Array(this.#memory.buffer, this.#out, bins * count * closedMomentsWidth)
  }
}
