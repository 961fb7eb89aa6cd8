// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// First and second moments of G2, IP and IF over bins of elements, in one pass over the sums; open credits are added on the
// way, so that the sums themselves need not be settled. See momentsReference.ts for the order of the additions.
import { sumLanes } from './dense'
import { prefix, zeros } from './scratch'
import { areOrdered, tails } from './tails'
import { partOf, sumBefore, sumRow } from './windows'

/** Bytes of one bin and delay: three shifts, then nine moments of two lanes each, and one unused float64. */
const momentsBytes: usize = 176

/** What `credit` would add to IP for four delays, given the sum of the element's values `total` and its summed row. */
@inline
function earlierOf<T>(row: usize, starts: usize, beforeEnd: i32, end: i32, all: i32, total: f64, to: usize): void {
  const positions = v128.load(starts)
  const s0 = <usize>i32x4.extract_lane(positions, 0) * sizeof<T>()
  const s1 = <usize>i32x4.extract_lane(positions, 1) * sizeof<T>()
  const s2 = <usize>i32x4.extract_lane(positions, 2) * sizeof<T>()
  const s3 = <usize>i32x4.extract_lane(positions, 3) * sizeof<T>()
  let before = sumLanes(partOf<T>(row, s0), partOf<T>(row, s1), partOf<T>(row, s2), partOf<T>(row, s3))
  let whole = i32x4.splat(load<i32>(prefix + ((s0 >> 4) << 2)))
  whole = i32x4.replace_lane(whole, 1, load<i32>(prefix + ((s1 >> 4) << 2)))
  whole = i32x4.replace_lane(whole, 2, load<i32>(prefix + ((s2 >> 4) << 2)))
  whole = i32x4.replace_lane(whole, 3, load<i32>(prefix + ((s3 >> 4) << 2)))
  before = i32x4.add(before, whole)
  const wrapped = v128.and(i32x4.gt_s(positions, i32x4.splat(end)), i32x4.splat(all))
  const window = i32x4.add(i32x4.sub(i32x4.splat(beforeEnd), before), wrapped)
  const low = f64x2.sub(f64x2.splat(total), f64x2.convert_low_i32x4_s(window))
  const high = f64x2.sub(f64x2.splat(total), f64x2.convert_low_i32x4_s(i32x4.shuffle(window, window, 2, 3, 2, 3)))
  v128.store64_lane(to, low, 0)
  v128.store64_lane(to, low, 1, 128)
  v128.store64_lane(to, high, 0, 256)
  v128.store64_lane(to, high, 1, 384)
}

/** Credits of one element to `to`: IF, then IP of every delay, 128 bytes apart. `count` is rounded up to fours. */
export function creditsOf<T>(row: usize, span: usize, starts: usize, count: usize, later: i32, end: i32, total: f64, to: usize): void {
  sumRow<T>(row, 0, (span * sizeof<T>()) >> 4)
  const all = sumBefore<T>(row, span * sizeof<T>())
  const beforeEnd = sumBefore<T>(row, <usize>end * sizeof<T>())
  const beforeLater = sumBefore<T>(row, <usize>later * sizeof<T>())
  store<f64>(to, total - <f64>(beforeEnd - beforeLater + (later > end ? all : 0)))
  for (let m: usize = 0; m < count; m += 4) {
    earlierOf<T>(row, starts + 4 * m, beforeEnd, end, all, total, to + 128 + 128 * m)
  }
}

/** Credits of a tile's elements [element, last) to `to`, [1 + count][16] float64. */
export function tileCredits<T>(
  ring: usize, rowLength: usize, span: usize, element: usize, last: usize, starts: usize, count: usize,
  later: i32, end: i32, values: usize, to: usize,
): void {
  if (sizeof<T>() == 1 && last - element == 16 && later == end && areOrdered(starts, count, end, span)) {
    memory.copy(to, values + 8 * element, 128)
    tails(ring + element * rowLength, rowLength, span, starts, count, end, values + 8 * element, to + 128)
    return
  }
  for (let e = element; e < last; e++) {
    const row = ring + e * rowLength * sizeof<T>()
    creditsOf<T>(row, span, starts, count, later, end, load<f64>(values + 8 * e), to + 8 * (e - element))
  }
}

/** Add to a moment that lies at `at`. */
@inline
function grow(at: usize, sum: v128): void {
  v128.store(at, f64x2.add(v128.load(at), sum))
}

/** The first element of a bin gives the shifts. */
@inline
function shift(out: usize, g: f64, p: f64, f: f64): void {
  if (load<f64>(out) == load<f64>(out)) return
  store<f64>(out, g)
  store<f64>(out, p, 8)
  store<f64>(out, f, 16)
}

/** 16 elements of one bin. */
@inline
function addTile(g2: usize, ip: usize, iff: usize, earlier: usize, later: usize, open: bool, out: usize): void {
  let p = v128.load(ip)
  let f = v128.load(iff)
  if (open) {
    p = f64x2.add(p, v128.load(earlier))
    f = f64x2.add(f, v128.load(later))
  }
  shift(out, load<f64>(g2), f64x2.extract_lane(p, 0), f64x2.extract_lane(f, 0))
  const shiftG = v128.load64_splat(out)
  const shiftP = v128.load64_splat(out, 8)
  const shiftF = v128.load64_splat(out, 16)
  let sumG = f64x2.splat(0), sumP = sumG, sumF = sumG
  let gg = sumG, pp = sumG, ff = sumG, gp = sumG, gf = sumG, pf = sumG
  for (let k: usize = 0; k < 128; k += 16) {
    const g = f64x2.sub(v128.load(g2 + k), shiftG)
    p = v128.load(ip + k)
    f = v128.load(iff + k)
    if (open) {
      p = f64x2.add(p, v128.load(earlier + k))
      f = f64x2.add(f, v128.load(later + k))
    }
    p = f64x2.sub(p, shiftP)
    f = f64x2.sub(f, shiftF)
    sumG = f64x2.add(sumG, g)
    sumP = f64x2.add(sumP, p)
    sumF = f64x2.add(sumF, f)
    gg = f64x2.add(gg, f64x2.mul(g, g))
    pp = f64x2.add(pp, f64x2.mul(p, p))
    ff = f64x2.add(ff, f64x2.mul(f, f))
    gp = f64x2.add(gp, f64x2.mul(g, p))
    gf = f64x2.add(gf, f64x2.mul(g, f))
    pf = f64x2.add(pf, f64x2.mul(p, f))
  }
  grow(out + 32, sumG)
  grow(out + 48, sumP)
  grow(out + 64, sumF)
  grow(out + 80, gg)
  grow(out + 96, pp)
  grow(out + 112, ff)
  grow(out + 128, gp)
  grow(out + 144, gf)
  grow(out + 160, pf)
}

@inline
function growLow(at: usize, sum: f64): void {
  store<f64>(at, load<f64>(at) + sum)
}

/** One element of a mixed tile. */
function addOne(g: f64, p: f64, f: f64, out: usize): void {
  shift(out, g, p, f)
  g -= load<f64>(out)
  p -= load<f64>(out, 8)
  f -= load<f64>(out, 16)
  growLow(out + 32, g)
  growLow(out + 48, p)
  growLow(out + 64, f)
  growLow(out + 80, g * g)
  growLow(out + 96, p * p)
  growLow(out + 112, f * f)
  growLow(out + 128, g * p)
  growLow(out + 144, g * f)
  growLow(out + 160, p * f)
}

/** Not one bin. */
const mixed: i32 = -2

/** The bin of all 16 elements at `binOf`, -1 = none, or `mixed`. */
function commonBin(binOf: usize): i32 {
  const first = i32x4.splat(load<i32>(binOf))
  let same = i32x4.eq(first, v128.load(binOf))
  for (let k: usize = 16; k < 64; k += 16) same = v128.and(same, i32x4.eq(first, v128.load(binOf + k)))
  return i32x4.all_true(same) ? load<i32>(binOf) : mixed
}

/** Delays [from, from + count) of one tile, whose sums begin at byte `tile` of each array; `ip` 0 = all IP are 0. */
export function tileMoments(
  tile: usize, g2: usize, ip: usize, iff: usize, from: usize, count: usize, binOf: usize, isOpen: usize, credits: usize, out: usize,
): void {
  const common = commonBin(binOf)
  if (common == -1) return
  for (let d: usize = 0; d < count; d++) {
    const at = tile + 128 * (from + d)
    const open = load<u8>(isOpen + d) != 0
    const ipAt = ip == 0 ? zeros : ip + at
    const earlier = credits + 128 + 128 * d
    if (common >= 0) {
      addTile(g2 + at, ipAt, iff + at, earlier, credits, open, out + (<usize>common * count + d) * momentsBytes)
      continue
    }
    for (let e: usize = 0; e < 16; e++) {
      const bin = load<i32>(binOf + 4 * e)
      if (bin < 0) continue
      const p = load<f64>(ipAt + 8 * e) + (open ? load<f64>(earlier + 8 * e) : 0)
      const f = load<f64>(iff + at + 8 * e) + (open ? load<f64>(credits + 8 * e) : 0)
      addOne(load<f64>(g2 + at + 8 * e), p, f, out + (<usize>bin * count + d) * momentsBytes)
    }
  }
}
