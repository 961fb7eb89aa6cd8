// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What exposures.wasm exports: the steps of ../exposures.ts over one tile of elements. A row is int32 per element, a hole is negative.

const hole: i32 = -0x40000000

@inline
function four<T>(at: usize): v128 {
  if (sizeof<T>() == 2) return isSigned<T>() ? v128.load16x4_s(at) : v128.load16x4_u(at)
  const bytes = v128.load32_zero(at)
  return isSigned<T>()
    ? i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(bytes))
    : i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes))
}

/** Integers of at most 16 bits, four at once: what is `limit` or more becomes a hole. Returns all others or-ed together. */
function stageSmall<T>(at: usize, row: usize, end: usize, limit: i32): i32 {
  const most = i32x4.splat(limit - 1)
  const none = i32x4.splat(hole)
  let seen = i32x4.splat(0)
  for (; row < end; row += 16, at += 4 * sizeof<T>()) {
    const values = four<T>(at)
    const gone = i32x4.gt_s(values, most)
    seen = v128.or(seen, v128.andnot(values, gone))
    v128.store(row, v128.bitselect(none, values, gone))
  }
  seen = v128.or(seen, i32x4.shuffle(seen, seen, 2, 3, 2, 3))
  return i32x4.extract_lane(seen, 0) | i32x4.extract_lane(seen, 1)
}

/** The other types: NaN is a hole too. Returns all others or-ed together, or -1 when one is no whole number of 0 to `most` - 1. */
function stageWide<T>(at: usize, row: usize, end: usize, limit: i32, most: i32): i32 {
  let seen = 0
  for (; row < end; row += 4, at += sizeof<T>()) {
    const value = <f64>load<T>(at)
    let counts: i32 = hole
    // NaN is not below anything.
    if (value < <f64>limit) {
      if (value < 0 || value >= <f64>most || <f64><i32>value != value) seen = -1
      else {
        counts = <i32>value
        seen |= counts
      }
    }
    store<i32>(row, counts)
  }
  return seen
}

/**
 * Values at `at` to the row [row, end), whole 16 bytes. `type`: uint8, int8, uint16, int16, uint32, int32, float32, float64.
 * Returns a number >= 0 that no value exceeds, below `most`, a power of two, when all are; a negative one when some value is no count.
 */
export function stage(type: i32, at: usize, row: usize, end: usize, limit: i32, most: i32): i32 {
  switch (type) {
    case 0: return stageSmall<u8>(at, row, end, limit)
    case 1: return stageSmall<i8>(at, row, end, limit)
    case 2: return stageSmall<u16>(at, row, end, limit)
    case 3: return stageSmall<i16>(at, row, end, limit)
    case 4: return stageWide<u32>(at, row, end, limit, most)
    case 5: return stageWide<i32>(at, row, end, limit, most)
    case 6: return stageWide<f32>(at, row, end, limit, most)
    default: return stageWide<f64>(at, row, end, limit, most)
  }
}

/** One of four elements into its histogram; each of the four has counters of its own, so that neighbours of one color do not wait for each other. */
@inline
function into(histogram: usize, place: usize, bin: i32): void {
  const at = histogram + <usize>load<u32>(place) + 16 * <usize>bin
  store<u32>(at, load<u32>(at) + 1)
}

/** Squares as int32 where no element can have more than 32767 photons in a stretch, else as float64. */
@inline
function addSquares(narrow: bool, values: v128, at: usize, squares: usize, wide: usize): void {
  if (narrow) {
    v128.store(squares + at, i32x4.add(v128.load(squares + at), i32x4.dot_i16x8_s(values, values)))
    return
  }
  const low = f64x2.convert_low_i32x4_s(values)
  const high = f64x2.convert_low_i32x4_s(i32x4.shuffle(values, values, 2, 3, 2, 3))
  const to = wide + 2 * at
  v128.store(to, f64x2.add(v128.load(to), f64x2.mul(low, low)))
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(high, high)), 16)
}

/** A row into the sums of one exposure. `sums`: int32 sums, int32 lost, int32 squares, float64 squares, each [tile]. */
@inline
function tally(narrow: bool, row: usize, bytes: usize, sums: usize, tile: usize, histogram: usize, places: usize, last: i32): void {
  const lost = sums + 4 * tile
  const squares = lost + 4 * tile
  const wide = squares + 4 * tile
  const most = i32x4.splat(last)
  for (let at: usize = 0; at < bytes; at += 16) {
    let values = v128.load(row + at)
    if (!v128.any_true(values)) continue
    if (i32x4.bitmask(values) != 0) {
      v128.store(lost + at, i32x4.add(v128.load(lost + at), i32x4.shr_u(values, 31)))
      values = i32x4.max_s(values, i32x4.splat(0))
    }
    v128.store(sums + at, i32x4.add(v128.load(sums + at), values))
    addSquares(narrow, values, at, squares, wide)
    const bins = i32x4.min_s(values, most)
    into(histogram, places + at, i32x4.extract_lane(bins, 0))
    into(histogram + 4, places + at + 4, i32x4.extract_lane(bins, 1))
    into(histogram + 8, places + at + 8, i32x4.extract_lane(bins, 2))
    into(histogram + 12, places + at + 12, i32x4.extract_lane(bins, 3))
  }
}

/**
 * A tick's row of `bytes` bytes into the exposures 2^0, ..., 2^`complete` that end with it, and into the pending row of the next longer one.
 * Of the next exposure `sums` lie 20 `tile` bytes, `histograms` `histogramStride`, `pending` `pendingStride` bytes further. There are
 * `levels` exposures; `last` is the last bin.
 */
export function fold(
  narrow: bool, row: usize, bytes: usize, complete: u32, levels: u32, pending: usize, pendingStride: usize,
  sums: usize, tile: usize, histograms: usize, histogramStride: usize, places: usize, last: i32,
): void {
  const none = i32x4.splat(hole)
  for (let level: u32 = 0; ; level++) {
    if (narrow) tally(true, row, bytes, sums, tile, histograms, places, last)
    else tally(false, row, bytes, sums, tile, histograms, places, last)
    if (level + 1 == levels) return
    if (level == complete) {
      memory.copy(pending, row, bytes)
      return
    }
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(row + at, i32x4.max_s(none, i32x4.add(v128.load(row + at), v128.load(pending + at))))
    }
    pending += pendingStride
    sums += 20 * tile
    histograms += histogramStride
  }
}

/** Add to a cell's totals; `pairs` as high * 2^26 + low. */
@inline
function addTotals(total: usize, exposures: i32, sum: i32, pairs: f64): void {
  const high = Math.floor(pairs / 67108864)
  store<f64>(total, load<f64>(total) + <f64>exposures)
  store<f64>(total, load<f64>(total, 8) + <f64>sum, 8)
  store<f64>(total, load<f64>(total, 16) + high, 16)
  store<f64>(total, load<f64>(total, 24) + (pairs - 67108864 * high), 24)
}

/**
 * What `count` elements have of one exposure, `exposures` times, to the cells (int32 at `cells`, -1 = none) in `totals`, float64 [cell][4]:
 * exposures, sum of k, and sum of k (k - 1) as high * 2^26 + low. Then the elements begin anew. Neighbours mostly share a cell: the few
 * elements of a run of at most 16 add up before they go there.
 */
export function flush(count: usize, exposures: i32, sums: usize, tile: usize, cells: usize, totals: usize): void {
  const lost = sums + 4 * tile
  const squares = lost + 4 * tile
  const wide = squares + 4 * tile
  for (let e: usize = 0; e < count; ) {
    const cell = load<i32>(cells + 4 * e)
    const end = min(count, e + 16)
    let n: i32 = 0
    let sum: i32 = 0
    let pairs: f64 = 0
    for (; e < end && load<i32>(cells + 4 * e) == cell; e++) {
      n += exposures - load<i32>(lost + 4 * e)
      sum += load<i32>(sums + 4 * e)
      pairs += load<f64>(wide + 8 * e) + <f64>(load<i32>(squares + 4 * e) - load<i32>(sums + 4 * e))
    }
    if (cell >= 0) addTotals(totals + 32 * <usize>cell, n, sum, pairs)
  }
  memory.fill(sums, 0, 20 * tile)
}

/** Add the counters uint32 [bins][4] to float64 [bins], and begin anew. */
export function drain(counters: usize, bins: usize, to: usize): void {
  for (const end = counters + 16 * bins; counters < end; counters += 16, to += 8) {
    const four = <f64>load<u32>(counters) + <f64>load<u32>(counters, 4) + <f64>load<u32>(counters, 8) + <f64>load<u32>(counters, 12)
    store<f64>(to, load<f64>(to) + four)
    v128.store(counters, i32x4.splat(0))
  }
}
