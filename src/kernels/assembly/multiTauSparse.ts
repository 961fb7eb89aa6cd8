// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The lowest compact level of a tile with few photons: each photon is multiplied with the 8 samples before it in one step.
//
//     list    photons as uint32: value << 16 | element << 9 | tick
//     rows    int16 [16][8 samples of the history | 512 ticks], 0 but for the photons at hand
import { addSample, area, groupBytes } from './multiTauCompact'
import { history, levelCount, levelDeficits, levelLagList, levelLags, photonList, scratch, slotOf, sumsG2, sumsOf, values, word } from './multiTauPlace'
import { stretchTicks } from './multiTauSizes'
import { stagedTile } from './multiTauStage'

/** More photons of a tile in a stretch cost more than the dense way: about 4 in 100 samples. */
const photonsMax: usize = 320
/** So many among the first samples of a tile that the rest need not be looked at. */
const seenFirst: usize = 512
const seenMost: i32 = 100
const samplesBefore: usize = 8
const rowBytes: usize = 2 * (samplesBefore + stretchTicks)
/** Behind the compact levels' own scratch. */
const rowsAt: usize = 82432
const listAt: usize = rowsAt + 16 * rowBytes
const productsAt: usize = listAt + 4 * photonsMax

/** True when the level has the lags 0..8 at most and every tick an event. */
export function mayList(compacted: usize): bool {
  return compacted > 1 && history == samplesBefore && levelCount(0) == stretchTicks && levelDeficits(0) == 0
}

/** True when the first samples alone show it. */
@inline
function tooMany(from: usize): bool {
  let photons: i32 = 0
  for (let at: usize = 0; at < seenFirst; at += 16) photons += popcnt(i8x16.bitmask(i8x16.ne(v128.load(from + at), i8x16.splat(0))))
  return photons > seenMost
}

/** List a tile's values that are not 0, uint8 in quads; returns their number, or -1 when there are too many. */
export function listBytes(tile: usize, at: usize): isize {
  const list = scratch + listAt
  const end = list + 4 * photonsMax
  let next = list
  const from = stagedTile(at, tile, 1)
  if (tooMany(from)) return -1
  for (let at: usize = 0; at < 16 * stretchTicks; at += 16) {
    let found = i8x16.bitmask(i8x16.ne(v128.load(from + at), i8x16.splat(0)))
    while (found != 0) {
      if (next == end) return -1
      const place = at + <usize>ctz(found)
      const element = (place & 63) >> 2
      const tick = ((place >> 6) << 2) | (place & 3)
      store<u32>(next, (<u32>load<u8>(from + place) << 16) | <u32>((element << 9) | tick))
      next += 4
      found &= found - 1
    }
  }
  return <isize>(next - list) / 4
}

/** The same from photon lists, whose cursors move on to the next tile unless there are too many. */
export function listPhotons(tile: usize, lists: usize, firstElement: usize): isize {
  const list = scratch + listAt
  const full = list + 4 * photonsMax
  let next = list
  const begin = firstElement + 16 * tile
  const end = <u32>(begin + 16)
  for (let l: usize = 0; l < lists; l++) {
    const own = word(11) + photonList * l
    const elements = <usize>load<u32>(own)
    const event = <usize>load<u32>(own, 4)
    const value = <usize>load<u32>(own, 8)
    const length = <usize>load<u32>(own, 12)
    const ticks = <usize>load<u32>(own, 16)
    let cursor = <usize>load<u32>(own, 20)
    for (; cursor < length; cursor++) {
      const element = load<u32>(elements + 4 * cursor)
      if (element >= end) break
      const tick = load<i32>(ticks + 4 * <usize>load<u16>(event + 2 * cursor))
      if (tick < 0) continue
      if (next == full) return -1
      store<u32>(next, (<u32>load<u16>(value + 2 * cursor) << 16) | ((element - <u32>begin) << 9) | <u32>tick)
      next += 4
    }
    store<u32>(own, <u32>cursor, 24)
  }
  for (let l: usize = 0; l < lists; l++) store<u32>(word(11) + photonList * l, load<u32>(word(11) + photonList * l, 24), 20)
  return <isize>(next - list) / 4
}

/** Where a row's tick lies. */
@inline
function rowTick(element: usize, tick: usize): usize {
  return scratch + rowsAt + element * rowBytes + 2 * (samplesBefore + tick)
}

/** Photons to rows, to the totals, and as pair sums to the next level's samples, bytes or even ones. */
@inline
function fillRows(tile: usize, count: usize, bytes: bool): void {
  const next = area(1) + 8 * history
  for (let group: usize = 0; group < 4; group++) memory.fill(next + group * groupBytes(), 0, bytes ? 2 * stretchTicks : 4 * stretchTicks)
  const totals = values + tile * 128
  const list = scratch + listAt
  for (let at = list; at < list + 4 * count; at += 4) {
    const photon = load<u32>(at)
    const value = photon >> 16
    const element = <usize>(photon >> 9) & 15
    const tick = <usize>photon & 511
    store<u16>(rowTick(element, tick), <u16>value)
    store<f64>(totals + 8 * element, load<f64>(totals + 8 * element) + <f64>value)
    addSample(next, element, tick >> 1, value, bytes)
  }
}

/** The last samples of every element between its row, from tick `tick` on, and the state, where pairs of samples of four elements lie together. */
@inline
function moveHistory(tile: usize, tick: usize, toState: bool): void {
  const slot = slotOf(tile, 0)
  for (let element: usize = 0; element < 16; element++) {
    const row = scratch + rowsAt + element * rowBytes + 2 * tick
    const kept = slot + (element >> 2) * 8 * samplesBefore + 4 * (element & 3)
    for (let pair: usize = 0; pair < samplesBefore / 2; pair++) {
      if (toState) store<u32>(kept + 16 * pair, load<u32>(row + 4 * pair))
      else store<u32>(row + 4 * pair, load<u32>(kept + 16 * pair))
    }
  }
}

/** Products of every photon with the 8 samples before it, int32 [16][8], the earliest first; its square goes to `squares`, int32 [16]. */
@inline
function multiply(count: usize): void {
  const products = scratch + productsAt
  const squares = products + 512
  memory.fill(products, 0, 576)
  const list = scratch + listAt
  for (let at = list; at < list + 4 * count; at += 4) {
    const photon = load<u32>(at)
    const element = <usize>(photon >> 9) & 15
    const value = <i32>(photon >> 16)
    const before = v128.load(rowTick(element, <usize>photon & 511) - 2 * samplesBefore)
    const values = i16x8.splat(<i16>value)
    const sum = products + 32 * element
    v128.store(sum, i32x4.add(v128.load(sum), i32x4.extmul_low_i16x8_s(before, values)))
    v128.store(sum, i32x4.add(v128.load(sum, 16), i32x4.extmul_high_i16x8_s(before, values)), 16)
    store<i32>(squares + 4 * element, load<i32>(squares + 4 * element) + value * value)
  }
}

@inline
function addProducts(tile: usize): void {
  const list = levelLagList(0)
  const products = scratch + productsAt
  for (let at = list; at < list + 8 * levelLags(0); at += 8) {
    const lag = <usize>load<i32>(at)
    const sums = sumsG2 + sumsOf(tile, 0) + <usize>load<i32>(at, 4)
    const from = lag == 0 ? products + 512 : products + 4 * (samplesBefore - lag)
    const step: usize = lag == 0 ? 4 : 32
    for (let element: usize = 0; element < 16; element++) {
      const sum = sums + 8 * element
      store<f64>(sum, load<f64>(sum) + <f64>load<i32>(from + step * element))
    }
  }
}

/** All of level 0 of a tile for the listed photons; the next level's samples lie in their area. */
export function sparseLevel(tile: usize, count: usize, bytes: bool): void {
  moveHistory(tile, 0, false)
  fillRows(tile, count, bytes)
  multiply(count)
  addProducts(tile)
  moveHistory(tile, stretchTicks, true)
  const list = scratch + listAt
  for (let at = list; at < list + 4 * count; at += 4) {
    const photon = load<u32>(at)
    store<u16>(rowTick(<usize>(photon >> 9) & 15, <usize>photon & 511), 0)
  }
}
