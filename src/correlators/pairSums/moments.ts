// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Moments over bins from the shards' kernels: tile by tile, in ranges of delays that fit the staging area. */
import { momentDelaysMost, momentsWidth, type OpenCredits, tileElements } from '../../kernels/pairKernels.js'
import type { StoreDType } from '../../units.js'
import { type Bins, binMomentsWidth } from '../bins.js'
import type { OpenDelays } from './credits.js'
import type { RingMemory } from './ringMemory.js'
import type { Shard } from './shard.js'

/** Bytes of the bins of a tile in the staging area, and of one place of its scratch. */
const outBytes = 384 * 1024
const placeBytes = 256

/** Largest value of a store, 0 = values below 0 or fractions; whole counts alone. */
const largestOf: Partial<Record<StoreDType, number>> = { bit: 255, uint8: 255, uint16: 65535 }

/** Rings, and the open delays of their shards. */
interface Rings {
  readonly memory: RingMemory
  openDelays(shard: Shard): OpenDelays | null
}

/** One shard while moments are taken. */
interface Source {
  readonly shard: Shard
  readonly largest: number
  readonly open: Opened | null
}

/** Open delays of a ring, and for ranges of delays the windows of `MomentsPlace`. */
interface Opened {
  readonly credits: OpenCredits
  readonly delays: OpenDelays
  windows(range: Delays): Int32Array
}

/** Float64 [bins x delays x binMomentsWidth]; without rings IP and IF are settled. */
export function momentsOf(shards: readonly Shard[], delays: number, bins: Bins, rings: Rings | null): Float64Array {
  const sources = shards.map((shard) => sourceOf(shard, rings))
  const values = new Float64Array(bins.count * delays * binMomentsWidth)
  for (let tile = 0; tile + 1 < bins.firstOfTile.length; tile++) {
    const firstBin = bins.firstOfTile[tile]
    const count = bins.firstOfTile[tile + 1] - firstBin
    const step = Math.min(momentDelaysMost, Math.floor(outBytes / (8 * momentsWidth * Math.max(count, 1))))
    for (let from = 0; from < delays && count > 0; from += step) {
      const range = { from, count: Math.min(step, delays - from) }
      momentsOfTile(sources, bins, tile, range, values)
    }
  }
  return values
}

interface Delays {
  readonly from: number
  readonly count: number
}

function sourceOf(shard: Shard, rings: Rings | null): Source {
  const delays = rings?.openDelays(shard) ?? null
  const largest = rings === null ? 0 : (largestOf[rings.memory.store] ?? 0)
  if (rings === null || delays === null) return { shard, largest, open: null }
  const ring = rings.memory.place(shard)
  const known = new Map<string, Int32Array>()
  const windows = (range: Delays): Int32Array => {
    const key = `${range.from} ${range.count}`
    const listed = known.get(key) ?? windowsOf(delays, ring.span, range)
    known.set(key, listed)
    return listed
  }
  return { shard, largest, open: { credits: { ring, end: delays.end, heads: delays.heads !== null }, delays, windows } }
}

/** Windows {position, place} of a range, ever further behind the end. */
function windowsOf({ starts, heads, end }: OpenDelays, span: number, { from, count }: Delays): Int32Array {
  const positions = [starts, heads].flatMap((all) => (all === null ? [] : Array.from(all.subarray(from, from + count))))
  const back = (position: number): number => (end - position + span) % span
  const windows = positions.map((position, place) => ({ position, place }))
  windows.sort((a, b) => back(a.position) - back(b.position))
  return Int32Array.from(windows.flatMap(({ position, place }) => [position, place]))
}

/** The bins of one tile to `values`; a tile that lies in two shards goes from one to the other. */
function momentsOfTile(
  sources: readonly Source[],
  bins: Bins,
  tile: number,
  range: Delays,
  values: Float64Array,
): void {
  const firstBin = bins.firstOfTile[tile]
  const records = (bins.firstOfTile[tile + 1] - firstBin) * range.count
  const [begin, end] = [tile * bins.tileSize, (tile + 1) * bins.tileSize]
  const own = sources.filter(({ shard: { first, elements } }) => first < end && first + elements > begin)
  let moments: Float64Array | null = null
  for (const [k, source] of own.entries()) {
    const { shard } = source
    const { staging } = shard.layout
    if (moments === null) shard.kernels.openMoments(staging, records)
    else shard.f64(staging, moments.length).set(moments)
    const first = Math.max(begin, shard.first)
    const last = Math.min(end, shard.first + shard.elements)
    addShard(source, first - shard.first, bins.binOf.subarray(first, last), firstBin, range)
    if (k < own.length - 1) moments = shard.f64(staging, records * momentsWidth).slice()
    else {
      shard.kernels.closeMoments(staging, records)
      intoValues(shard.f64(staging, records * binMomentsWidth), range, firstBin, values.length / bins.count, values)
    }
  }
}

/** Add the elements of one shard from `element` on, whose bins are `binOf`, to the moments in its staging area. */
function addShard(
  { shard, largest, open }: Source,
  element: number,
  binOf: Int32Array,
  firstBin: number,
  range: Delays,
): void {
  const tiles = Math.ceil(binOf.length / tileElements)
  const scratch = shard.layout.staging + outBytes
  const windows = scratch + 2 * placeBytes * momentDelaysMost
  const isOpen = windows + 16 * momentDelaysMost
  const binsAt = isOpen + momentDelaysMost
  const numbers = shard.i32(binsAt, tiles * tileElements).fill(-1)
  for (let i = 0; i < binOf.length; i++) if (binOf[i] >= 0) numbers[i] = binOf[i] - firstBin
  if (open !== null) {
    const listed = open.windows(range)
    shard.i32(windows, listed.length).set(listed)
    const { isOpen: all } = open.delays
    shard.view('uint8', isOpen, range.count).set(all.subarray(range.from, range.from + range.count))
  }
  const place = {
    first: element / tileElements,
    tiles,
    ...range,
    binOf: binsAt,
    out: shard.layout.staging,
    largest,
    isOpen,
    windows,
    scratch,
  }
  const sums = shard.sums()
  const moving = open?.delays.zeroIP === true ? 0 : sums.moving
  shard.kernels.moments({ ...sums, moving }, place, open?.credits ?? null, shard.totals)
}

/** [bins of the tile][range][binMomentsWidth] to [bins][delays][binMomentsWidth]; `width` = values of a bin. */
function intoValues(moments: Float64Array, range: Delays, firstBin: number, width: number, values: Float64Array): void {
  const own = range.count * binMomentsWidth
  for (let at = 0, bin = firstBin; at < moments.length; at += own, bin++) {
    values.set(moments.subarray(at, at + own), bin * width + range.from * binMomentsWidth)
  }
}
