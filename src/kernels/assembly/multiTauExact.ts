// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Levels in float64: rows of 16 elements, [history | new samples]; every sum takes its pairs in the order of time.
import {
  history, holesAt, integers, levelCount, levelDeficitList, levelDeficits, levelLagList, levelLags, levelPresence, levelWaiting, photonList, scratch,
  slotOf, slotOfN, sumsG2, sumsIF, sumsIP, sumsLost, sumsOf, values, word,
} from './multiTauPlace'
import { compactBytes, stretchTicks } from './multiTauSizes'
import { stagedTile } from './multiTauStage'
import { loadRows, storeRows } from './multiTauState'
import { copyVectors, two } from './multiTauValues'

/** Rows of samples of the level at work and of the next, and of their n. */
@inline
export function rowsAt(level: usize): usize {
  return scratch + compactBytes + (level & 1) * rowsBytes()
}

@inline
function presenceAt(level: usize): usize {
  return scratch + compactBytes + (2 + (level & 1)) * rowsBytes()
}

@inline
function rowsBytes(): usize {
  return 128 * (history + stretchTicks + 4)
}

/** Elements 2v and 2v + 1 of a staged tick as float64. */
@inline
function staged<T>(from: usize, t: usize, v: usize): v128 {
  if (sizeof<T>() != 1 || isSigned<T>()) return two<T>(from + (16 * t + 2 * v) * sizeof<T>())
  const quads = v128.load64_zero(from + 16 * (t & ~3) + 8 * v)
  return f64x2.convert_low_i32x4_s(v128.and(i32x4.shr_u(quads, 8 * <i32>(t & 3)), i32x4.splat(255)))
}

/** Values of a tile from tick `first` on to rows; with `holes`, what is not finite becomes 0 with n = 0. */
export function fillDense<T>(tile: usize, level: usize, at: usize, first: usize, count: usize, holes: bool): void {
  const rows = rowsAt(level) + 128 * history
  const own = presenceAt(level) + 128 * history
  const presence = levelPresence(level) + 8 * history
  const from = stagedTile(at, tile, sizeof<T>())
  const zero = f64x2.splat(0)
  for (let v: usize = 0; v < 8; v++) {
    let sum = v128.load(values + tile * 128 + 16 * v)
    let missing = v128.load(holesAt + tile * 128 + 16 * v)
    for (let t: usize = 0; t < count; t++) {
      const N = v128.load64_splat(presence + 8 * t)
      let value = v128.and(staged<T>(from, first + t, v), f64x2.gt(N, zero))
      if (holes) {
        const valid = f64x2.eq(f64x2.sub(value, value), zero)
        value = v128.and(value, valid)
        const n = v128.and(N, valid)
        v128.store(own + 128 * t + 16 * v, n)
        missing = f64x2.add(missing, f64x2.sub(N, n))
      }
      v128.store(rows + 128 * t + 16 * v, value)
      sum = f64x2.add(sum, value)
    }
    v128.store(values + tile * 128 + 16 * v, sum)
    v128.store(holesAt + tile * 128 + 16 * v, missing)
  }
}

/** Photons of a tile in the ticks from `first` on to rows; cursors of the lists move on to the next tile. */
export function fillPhotons(tile: usize, level: usize, lists: usize, first: usize, count: usize, firstElement: usize, holes: bool): void {
  const rows = rowsAt(level) + 128 * history
  memory.fill(rows, 0, 128 * count)
  const end = <u32>(firstElement + 16 * (tile + 1))
  const begin = firstElement + 16 * tile
  for (let l: usize = 0; l < lists; l++) {
    const list = word(11) + photonList * l
    const event = <usize>load<u32>(list, 4)
    const value = <usize>load<u32>(list, 8)
    const length = <usize>load<u32>(list, 12)
    const ticks = <usize>load<u32>(list, 16)
    let cursor = <usize>load<u32>(list, 20)
    for (; cursor < length; cursor++) {
      const element = load<u32>(<usize>load<u32>(list) + 4 * cursor)
      if (element >= end) break
      const tick = load<i32>(ticks + 4 * <usize>load<u16>(event + 2 * cursor)) - <i32>first
      if (<u32>tick >= <u32>count) continue
      store<f64>(rows + 128 * <usize>tick + 8 * (<usize>element - begin), <f64>load<u16>(value + 2 * cursor))
    }
    store<u32>(list, <u32>cursor, 20)
  }
  for (let v: usize = 0; v < 8; v++) {
    let sum = v128.load(values + tile * 128 + 16 * v)
    for (let t: usize = 0; t < count; t++) sum = f64x2.add(sum, v128.load(rows + 128 * t + 16 * v))
    v128.store(values + tile * 128 + 16 * v, sum)
  }
  if (!holes) return
  for (let t: usize = 0; t < count; t++) {
    const N = v128.load64_splat(levelPresence(level) + 8 * (history + t))
    for (let v: usize = 0; v < 8; v++) v128.store(presenceAt(level) + 128 * (history + t) + 16 * v, N)
  }
}

/** The sample that waits one level below is the only new one. */
export function fillWaiting(tile: usize, level: usize, holes: bool): void {
  loadRows(rowsAt(level) + 128 * history, slotOf(tile, level - 1), history, 1)
  if (holes) copyVectors(presenceAt(level) + 128 * history, slotOfN(tile, level - 1) + 128 * history, 128)
}

/** Add to a sum of two neighbouring elements. */
@inline
function add(at: usize, value: v128): void {
  v128.store(at, f64x2.add(v128.load(at), value))
}

/** All lags of 4 elements at `column` of the rows, n common to all elements. */
function pairs(tile: usize, level: usize, count: usize, column: usize): void {
  const rows = rowsAt(level) + column + 128 * history
  const presence = levelPresence(level) + 8 * history
  const lagList = levelLagList(level)
  const lagCount = levelLags(level)
  for (let g: usize = 0; g < lagCount; g++) {
    const lag = <usize>load<i32>(lagList + 8 * g)
    const at = sumsOf(tile, 0) + <usize>load<i32>(lagList + 8 * g, 4) + column
    let g0 = v128.load(sumsG2 + at)
    let g1 = v128.load(sumsG2 + at, 16)
    let p0 = v128.load(sumsIP + at)
    let p1 = v128.load(sumsIP + at, 16)
    let f0 = v128.load(sumsIF + at)
    let f1 = v128.load(sumsIF + at, 16)
    let later = rows
    let laterN = presence
    const end = rows + 128 * count
    const back = 128 * lag
    const backN = 8 * lag
    while (later < end) {
      const a0 = v128.load(later - back)
      const a1 = v128.load(later - back, 16)
      const b0 = v128.load(later)
      const b1 = v128.load(later, 16)
      const nb = v128.load64_splat(laterN)
      const na = v128.load64_splat(laterN - backN)
      g0 = f64x2.add(g0, f64x2.mul(a0, b0))
      g1 = f64x2.add(g1, f64x2.mul(a1, b1))
      p0 = f64x2.add(p0, f64x2.mul(a0, nb))
      p1 = f64x2.add(p1, f64x2.mul(a1, nb))
      f0 = f64x2.add(f0, f64x2.mul(b0, na))
      f1 = f64x2.add(f1, f64x2.mul(b1, na))
      later += 128
      laterN += 8
    }
    v128.store(sumsG2 + at, g0)
    v128.store(sumsG2 + at, g1, 16)
    v128.store(sumsIP + at, p0)
    v128.store(sumsIP + at, p1, 16)
    v128.store(sumsIF + at, f0)
    v128.store(sumsIF + at, f1, 16)
  }
}

/** All lags of 4 elements at `column` of the rows of a shard of integers: G2, and what IP and IF lack. */
function pairsOfIntegers(tile: usize, level: usize, count: usize, column: usize): void {
  const rows = rowsAt(level) + column
  const lacks = levelDeficits(level) > 0
  for (let list = levelLagList(level), end = list + 8 * levelLags(level); list < end; list += 8) {
    const back = 128 * <usize>load<i32>(list)
    const at = sumsOf(tile, 0) + <usize>load<i32>(list, 4) + column
    let g0 = v128.load(sumsG2 + at)
    let g1 = v128.load(sumsG2 + at, 16)
    let later = rows + 128 * history
    for (const last = later + 128 * count; later < last; later += 128) {
      const past = later - back
      g0 = f64x2.add(g0, f64x2.mul(v128.load(past), v128.load(later)))
      g1 = f64x2.add(g1, f64x2.mul(v128.load(past, 16), v128.load(later, 16)))
    }
    v128.store(sumsG2 + at, g0)
    v128.store(sumsG2 + at, g1, 16)
    if (lacks) addLacks(level, count, <usize>load<i32>(list), rows, at)
  }
}

/** What IP and IF of a lag of 4 elements lack for missing events. */
function addLacks(level: usize, count: usize, lag: usize, rows: usize, at: usize): void {
  const list = levelDeficitList(level)
  for (let next = list, end = list + 8 * levelDeficits(level); next < end; next += 8) {
    const index = <usize>load<i32>(next)
    const ticks = f64x2.splat(<f64>load<i32>(next, 4))
    if (index >= history) addTimes(sumsIP + at, ticks, rows + 128 * (index - lag))
    if (index + lag >= history && index + lag < history + count) addTimes(sumsIF + at, ticks, rows + 128 * (index + lag))
  }
}

@inline
function addTimes(at: usize, ticks: v128, samples: usize): void {
  add(at, f64x2.mul(ticks, v128.load(samples)))
  add(at + 16, f64x2.mul(ticks, v128.load(samples, 16)))
}

/** All lags of 2 elements with their own n. */
function pairsWithHoles(tile: usize, level: usize, count: usize, column: usize): void {
  const rows = rowsAt(level) + column + 128 * history
  const own = presenceAt(level) + column + 128 * history
  const presence = levelPresence(level) + 8 * history
  for (let g: usize = 0; g < levelLags(level); g++) {
    const lag = <usize>load<i32>(levelLagList(level) + 8 * g)
    const at = sumsOf(tile, 0) + <usize>load<i32>(levelLagList(level) + 8 * g, 4) + column
    let G2 = v128.load(sumsG2 + at)
    let IP = v128.load(sumsIP + at)
    let IF = v128.load(sumsIF + at)
    let lost = v128.load(sumsLost + at)
    for (let j: usize = 0; j < count; j++) {
      const i = 128 * j - 128 * lag
      const a = v128.load(rows + i)
      const b = v128.load(rows + 128 * j)
      const na = v128.load(own + i)
      const nb = v128.load(own + 128 * j)
      const all = f64x2.mul(v128.load64_splat(presence + 8 * j), v128.load64_splat(presence + 8 * j - 8 * lag))
      G2 = f64x2.add(G2, f64x2.mul(a, b))
      IP = f64x2.add(IP, f64x2.mul(a, nb))
      IF = f64x2.add(IF, f64x2.mul(b, na))
      lost = f64x2.add(lost, f64x2.sub(all, f64x2.mul(na, nb)))
    }
    v128.store(sumsG2 + at, G2)
    v128.store(sumsIP + at, IP)
    v128.store(sumsIF + at, IF)
    v128.store(sumsLost + at, lost)
  }
}

/** Pair sums of new samples become the next level's; an odd one waits. */
function halve(from: usize, to: usize, waits: usize, waiting: bool, count: usize): void {
  let source = from + 128 * history
  let target = to + 128 * history
  const end = source + 128 * count
  if (waiting) {
    for (let v: usize = 0; v < 128; v += 16) v128.store(target + v, f64x2.add(v128.load(waits + v), v128.load(source + v)))
    source += 128
    target += 128
  }
  for (; source + 128 < end; source += 256) {
    for (let v: usize = 0; v < 128; v += 16) v128.store(target + v, f64x2.add(v128.load(source + v), v128.load(source + v, 128)))
    target += 128
  }
  if (source < end) copyVectors(waits, source, 128)
}

/** One level of one tile whose new samples lie in its rows. */
export function exactLevel(tile: usize, level: usize, holes: bool): void {
  const count = levelCount(level)
  const slot = slotOf(tile, level)
  const rows = rowsAt(level)
  loadRows(rows, slot, 0, history)
  if (holes) {
    const own = presenceAt(level)
    const kept = slotOfN(tile, level)
    copyVectors(own, kept, 128 * history)
    for (let column: usize = 0; column < 128; column += 16) pairsWithHoles(tile, level, count, column)
    copyVectors(kept, own + 128 * count, 128 * history)
    halve(own, presenceAt(level + 1), kept + 128 * history, levelWaiting(level), count)
  } else {
    for (let column: usize = 0; column < 128; column += 32) {
      if (integers()) pairsOfIntegers(tile, level, count, column)
      else pairs(tile, level, count, column)
    }
  }
  storeRows(slot, 0, rows + 128 * count, history)
  const waits = scratch + compactBytes + 4 * rowsBytes()
  loadRows(waits, slot, history, 1)
  halve(rows, rowsAt(level + 1), waits, levelWaiting(level), count)
  storeRows(slot, history, waits, 1)
}
