// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// First and second moments of G2, IP and IF over bins of elements, in one pass over the sums; open credits are added on the
// way, so that the sums themselves need not be settled. See momentsReference.ts for the order of the additions.
import { takeBins } from './momentBins'
import { beginGroup, count, futureOf, pastOf, productsOf, recordOf } from './momentSums'
import { addSmall, beginSmall } from './smallMoments'

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
function addTile(g2: usize, ip: usize, iff: usize, out: usize): void {
  shift(out, load<f64>(g2), load<f64>(ip), load<f64>(iff))
  const shiftG = v128.load64_splat(out)
  const shiftP = v128.load64_splat(out, 8)
  const shiftF = v128.load64_splat(out, 16)
  let sumG = f64x2.splat(0), sumP = sumG, sumF = sumG
  let gg = sumG, pp = sumG, ff = sumG, gp = sumG, gf = sumG, pf = sumG
  for (let k: usize = 0; k < 128; k += 16) {
    const g = f64x2.sub(v128.load(g2 + k), shiftG)
    const p = f64x2.sub(v128.load(ip + k), shiftP)
    const f = f64x2.sub(v128.load(iff + k), shiftF)
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
function growOne(at: usize, sum: f64): void {
  store<f64>(at, load<f64>(at) + sum)
}

/** One element of a mixed tile; `part` = 0, or 8 for those of odd number. */
function addOne(g: f64, p: f64, f: f64, out: usize, part: usize): void {
  shift(out, g, p, f)
  g -= load<f64>(out)
  p -= load<f64>(out, 8)
  f -= load<f64>(out, 16)
  const to = out + part
  growOne(to + 32, g)
  growOne(to + 48, p)
  growOne(to + 64, f)
  growOne(to + 80, g * g)
  growOne(to + 96, p * p)
  growOne(to + 112, f * f)
  growOne(to + 128, g * p)
  growOne(to + 144, g * f)
  growOne(to + 160, p * f)
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

/** One delay of tile `t` of the group. */
function addLarge(t: usize, binOf: usize, d: usize): void {
  const common = commonBin(binOf)
  if (common == -1) return
  const g = productsOf(t, d)
  const p = pastOf(t, d)
  const f = futureOf(t, d)
  if (common >= 0) {
    addTile(g, p, f, recordOf(<usize>common, d))
    return
  }
  for (let e: usize = 0; e < 16; e++) {
    const bin = load<i32>(binOf + 4 * e)
    if (bin < 0) continue
    addOne(load<f64>(g + 8 * e), load<f64>(p + 8 * e), load<f64>(f + 8 * e), recordOf(<usize>bin, d), 8 * (e & 1))
  }
}

/** All delays of a group of `tiles` <= 4 tiles from `first` on, after `beginSums`; values are 0 to `largest`, or (0) any. */
export function groupMoments(first: usize, tiles: usize, binOf: usize, values: usize, largest: f64): void {
  beginGroup(first, values)
  takeBins(binOf, 16 * tiles)
  const small = beginSmall(tiles, largest)
  for (let d: usize = 0; d < count; d++) {
    if (small && addSmall(tiles, d)) continue
    for (let t: usize = 0; t < tiles; t++) addLarge(t, binOf + 64 * t, d)
  }
}

const recordBytes: usize = 176

/** Records of zeros, whose first shift is not known yet. */
export function openRecords(at: usize, records: usize): void {
  memory.fill(at, 0, records * recordBytes)
  for (let i: usize = 0; i < records; i++) store<f64>(at + i * recordBytes, NaN)
}

/** Three shifts and the nine moments, both parts of each added, of one record behind the other. */
export function closeRecords(at: usize, records: usize): void {
  let to = at
  for (const last = at + records * recordBytes; at < last; at += recordBytes) {
    for (let k: usize = 0; k < 24; k += 8) store<f64>(to + k, load<f64>(at + k))
    for (let k: usize = 0; k < 72; k += 8) {
      const parts = at + 32 + 2 * k
      store<f64>(to + 24 + k, load<f64>(parts) + load<f64>(parts, 8))
    }
    to += 96
  }
}
