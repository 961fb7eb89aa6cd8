// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Moments of groups whose elements are alike: what they differ by fits 16 bits, products are added up in 32. All of that is
// exact, and so are sums of squares below 2^52: the same bits as element by element.
import { fromAll, fromSums, fromSumsAndTotals, fromTotals, fromWindows, wholeTotals } from './differences'
import { binCount, binsMost, eightsOf, firstOf, maskOf, numberOf, usedMask } from './momentBins'
import {
  futureAt, hasHeads, hasPast, headsOf, isOpen, pastAt, productsAt, recordOf, shiftBy, tileBytes, totals, windowsOf,
} from './momentSums'
import { zeros } from './scratch'

/** Largest difference to a shift: 16 squares stay below 2^31. */
const most: i32 = 11584
/** Sums of squares below are exact. */
const exact: f64 = 4503599627370496

/** Of the group: int16[64] of G2, IP and IF, less the shifts of the first bin. */
const products: usize = wholeTotals + 256
const past: usize = products + 128
const future: usize = past + 128
/** int32x4 [binsMost]: the shifts of the first bin less those of each. */
const offsets: usize = future + 128

/** True when no sum of the group's elements in bins can reach 2^31, values being 0 to `largest`; 0 = they may be anything. */
export function beginSmall(tiles: usize, largest: f64): bool {
  if (largest == 0 || binCount == 0 || binCount > binsMost) return false
  const limit = 2147483648 / largest
  for (let k: usize = 0; k < 16 * tiles; k++) {
    const total = load<f64>(totals + 8 * k)
    const small = total >= 0 && total < limit
    store<i32>(wholeTotals + 4 * k, small ? <i32>total : 0)
    const place = (k & ~3) | ((k & 1) << 1) | ((k >> 1) & 1)
    if (!small && load<i16>(usedMask + 2 * place) != 0) return false
  }
  return true
}

function pastOf(tiles: usize, d: usize, shift: f64): v128 {
  if (isOpen(d)) {
    if (hasPast()) return fromAll(tiles, tileBytes, pastAt(d), windowsOf(d), shift, past)
    return fromTotals(tiles, windowsOf(d), shift, past)
  }
  return hasPast() ? fromSums(tiles, tileBytes, pastAt(d), shift, past) : fromSums(tiles, 0, zeros, shift, past)
}

function futureOf(tiles: usize, d: usize, shift: f64): v128 {
  if (!isOpen(d)) return fromSums(tiles, tileBytes, futureAt(d), shift, future)
  return hasHeads()
    ? fromWindows(tiles, headsOf(d), shift, future)
    : fromSumsAndTotals(tiles, tileBytes, futureAt(d), shift, future)
}

/** True when the shifts of a record are whole numbers below 2^31, and its moments exact so far. */
@inline
function isSmall(record: usize): bool {
  const shifts = f64x2.max(f64x2.abs(v128.load(record)), f64x2.abs(v128.load64_splat(record, 16)))
  const squares = f64x2.max(f64x2.max(v128.load(record, 80), v128.load(record, 96)), v128.load(record, 112))
  return i64x2.all_true(v128.and(f64x2.lt(shifts, f64x2.splat(2147483648)), f64x2.lt(squares, f64x2.splat(exact))))
}

/** Take the shifts of all bins; returns how much the first may differ from its elements, below 0 = the group is not small. */
function takeShifts(d: usize): i32 {
  const record = recordOf(numberOf(0), d)
  if (isNaN(load<f64>(record))) shiftBy(record, firstOf(0), d)
  if (!isSmall(record)) return -1
  if (binCount == 1) return most
  const products = v128.load(record)
  const future = v128.load64_splat(record, 16)
  let largest = f64x2.splat(0)
  for (let bin: usize = 0; bin < binCount; bin++) {
    const other = recordOf(numberOf(bin), d)
    if (isNaN(load<f64>(other))) shiftBy(other, firstOf(bin), d)
    if (!isSmall(other)) return -1
    const low = f64x2.sub(products, v128.load(other))
    const high = f64x2.sub(future, v128.load64_splat(other, 16))
    largest = f64x2.max(largest, f64x2.max(f64x2.abs(low), f64x2.abs(high)))
    const wholeLow = i32x4.trunc_sat_f64x2_s_zero(low)
    v128.store(offsets + 16 * bin, i32x4.shuffle(wholeLow, i32x4.trunc_sat_f64x2_s_zero(high), 0, 1, 4, 4))
  }
  const offset = max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1))
  return offset < <f64>most ? most - <i32>offset : -1
}

/** Add int32 sums, even and odd by turns, to a moment. */
@inline
function grow(at: usize, sums: v128): void {
  const high = f64x2.convert_low_i32x4_s(i32x4.shuffle(sums, sums, 2, 3, 2, 3))
  v128.store(at, f64x2.add(v128.load(at), f64x2.add(f64x2.convert_low_i32x4_s(sums), high)))
}

/** Add up the elements of one bin, whose shifts the differences have or (`others`) not. */
@inline
function addBin(others: bool, bin: usize, record: usize): void {
  const one = i16x8.splat(1)
  const offset = offsets + 16 * bin
  const offsetG = others ? i16x8.splat(<i16>load<i32>(offset)) : one
  const offsetP = others ? i16x8.splat(<i16>load<i32>(offset, 4)) : one
  const offsetF = others ? i16x8.splat(<i16>load<i32>(offset, 8)) : one
  let sumG = i32x4.splat(0), sumP = sumG, sumF = sumG
  let gg = sumG, pp = sumG, ff = sumG, gp = sumG, gf = sumG, pf = sumG
  for (let eights = eightsOf(bin); eights != 0; eights &= eights - 1) {
    const at = <usize>ctz(eights) << 4
    let g = v128.load(products + at)
    let p = v128.load(past + at)
    let f = v128.load(future + at)
    if (others) {
      const mask = v128.load(maskOf(bin) + at)
      g = v128.and(mask, i16x8.add(g, offsetG))
      p = v128.and(mask, i16x8.add(p, offsetP))
      f = v128.and(mask, i16x8.add(f, offsetF))
    }
    sumG = i32x4.add(sumG, i32x4.dot_i16x8_s(g, one))
    sumP = i32x4.add(sumP, i32x4.dot_i16x8_s(p, one))
    sumF = i32x4.add(sumF, i32x4.dot_i16x8_s(f, one))
    gg = i32x4.add(gg, i32x4.dot_i16x8_s(g, g))
    pp = i32x4.add(pp, i32x4.dot_i16x8_s(p, p))
    ff = i32x4.add(ff, i32x4.dot_i16x8_s(f, f))
    gp = i32x4.add(gp, i32x4.dot_i16x8_s(g, p))
    gf = i32x4.add(gf, i32x4.dot_i16x8_s(g, f))
    pf = i32x4.add(pf, i32x4.dot_i16x8_s(p, f))
  }
  grow(record + 32, sumG)
  grow(record + 48, sumP)
  grow(record + 64, sumF)
  grow(record + 80, gg)
  grow(record + 96, pp)
  grow(record + 112, ff)
  grow(record + 128, gp)
  grow(record + 144, gf)
  grow(record + 160, pf)
}

function addOnlyBin(record: usize): void {
  addBin(false, 0, record)
}

function addAnyBin(bin: usize, record: usize): void {
  addBin(true, bin, record)
}

/** One delay of the group, after `beginSmall`; false and nothing added when it is not small. */
export function addSmall(tiles: usize, d: usize): bool {
  const left = takeShifts(d)
  if (left < 0) return false
  const record = recordOf(numberOf(0), d)
  const largestG = fromSums(tiles, tileBytes, productsAt(d), load<f64>(record), products)
  const largestP = pastOf(tiles, d, load<f64>(record, 8))
  const largestF = futureOf(tiles, d, load<f64>(record, 16))
  const largest = i16x8.max_u(largestG, i16x8.max_u(largestP, largestF))
  if (v128.any_true(i16x8.gt_u(largest, i16x8.splat(<i16>left)))) return false
  if (binCount == 1) {
    addOnlyBin(record)
    return true
  }
  for (let bin: usize = 0; bin < binCount; bin++) addAnyBin(bin, recordOf(numberOf(bin), d))
  return true
}
