// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Moments over bins from the shards' kernels: tile by tile, in ranges of delays that fit the staging area. */
import { momentsWidth, tileElements } from '../../kernels/pairKernels.js'
import { type Bins, binMomentsWidth } from '../bins.js'
import type { OpenDelays } from './credits.js'
import type { RingMemory } from './ringMemory.js'
import type { Shard } from './shard.js'

/** Bytes of the bins of a tile in the staging area, and delays at once, at most. */
const outBytes = 512 * 1024
const delaysMost = 1024

/** Open delays of a ring. */
interface Opened {
  readonly memory: RingMemory
  readonly delays: OpenDelays
}

/** Float64 [bins x delays x binMomentsWidth]; without a ring IP and IF are settled. */
export function momentsOf(
  shards: readonly Shard[],
  delays: number,
  bins: Bins,
  rings: { readonly memory: RingMemory; openDelays(shard: Shard): OpenDelays | null } | null,
): Float64Array {
  const opened = shards.map((shard) => {
    const open = rings?.openDelays(shard) ?? null
    return rings === null || open === null ? null : { memory: rings.memory, delays: open }
  })
  const values = new Float64Array(bins.count * delays * binMomentsWidth)
  for (let tile = 0; tile + 1 < bins.firstOfTile.length; tile++) {
    const firstBin = bins.firstOfTile[tile]
    const count = bins.firstOfTile[tile + 1] - firstBin
    const step = Math.min(delaysMost, Math.floor(outBytes / (8 * momentsWidth * Math.max(count, 1))))
    for (let from = 0; from < delays && count > 0; from += step) {
      const range = { from, count: Math.min(step, delays - from) }
      intoValues(momentsOfTile(shards, bins, tile, range, opened), range, firstBin, delays, values)
    }
  }
  return values
}

interface Delays {
  readonly from: number
  readonly count: number
}

/** [bins of the tile][delays][momentsWidth]; a tile that lies in two shards goes from one to the other. */
function momentsOfTile(
  shards: readonly Shard[],
  bins: Bins,
  tile: number,
  range: Delays,
  opened: readonly (Opened | null)[],
): Float64Array {
  const firstBin = bins.firstOfTile[tile]
  const moments = new Float64Array((bins.firstOfTile[tile + 1] - firstBin) * range.count * momentsWidth)
  for (let at = 0; at < moments.length; at += momentsWidth) moments[at] = Number.NaN
  const end = (tile + 1) * bins.tileSize
  for (const [k, shard] of shards.entries()) {
    const first = Math.max(tile * bins.tileSize, shard.first)
    const last = Math.min(end, shard.first + shard.elements)
    if (first >= last) continue
    addShard(shard, first - shard.first, bins.binOf.subarray(first, last), firstBin, range, opened[k], moments)
  }
  return moments
}

/** The elements of one shard from `element` on, whose bins are `binOf`. */
function addShard(
  shard: Shard,
  element: number,
  binOf: Int32Array,
  firstBin: number,
  { from, count }: Delays,
  opened: Opened | null,
  moments: Float64Array,
): void {
  const { staging } = shard.layout
  const tiles = Math.ceil(binOf.length / tileElements)
  const out = shard.f64(staging, moments.length)
  const scratch = staging + outBytes
  const starts = scratch + 8 * tileElements * (delaysMost + 1)
  const isOpen = starts + 4 * delaysMost
  const binsAt = isOpen + delaysMost
  out.set(moments)
  const bins = shard.i32(binsAt, tiles * tileElements).fill(-1)
  for (let i = 0; i < binOf.length; i++) if (binOf[i] >= 0) bins[i] = binOf[i] - firstBin
  const place = {
    first: element / tileElements,
    tiles,
    from,
    count,
    binOf: binsAt,
    out: staging,
    isOpen,
    starts,
    scratch,
  }
  const open = opened === null ? null : openRange(shard, opened, place)
  const sums = shard.sums()
  const moving = opened?.delays.zeroIP === true ? 0 : sums.moving
  shard.kernels.moments({ ...sums, moving }, place, open, shard.totals)
  moments.set(out)
}

interface OpenPlace extends Delays {
  readonly starts: number
  readonly isOpen: number
}

function openRange(shard: Shard, { memory, delays }: Opened, { from, count, starts, isOpen }: OpenPlace) {
  shard.i32(starts, delaysMost).fill(0, count)
  shard.i32(starts, count).set(delays.starts.subarray(from, from + count))
  shard.view('uint8', isOpen, count).set(delays.isOpen.subarray(from, from + count))
  return { ring: memory.place(shard), later: delays.later, end: delays.end }
}

/** Both parts of every moment, added, to [bins][delays][binMomentsWidth]. */
function intoValues(
  moments: Float64Array,
  { from, count }: Delays,
  firstBin: number,
  delays: number,
  values: Float64Array,
): void {
  for (let at = 0, i = 0; at < moments.length; at += momentsWidth, i++) {
    const to = ((firstBin + Math.floor(i / count)) * delays + from + (i % count)) * binMomentsWidth
    for (let k = 0; k < 3; k++) values[to + k] = moments[at + k]
    for (let k = 0; k < 9; k++) values[to + 3 + k] = moments[at + 4 + 2 * k] + moments[at + 5 + 2 * k]
  }
}
