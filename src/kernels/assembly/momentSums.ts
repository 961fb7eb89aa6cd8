// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where `moments` finds G2, IP and IF of a group of up to 64 elements, and its open credits.
import { groupValues, zeros } from './scratch'
import { bytesOf, narrow, twoSums } from './sumWidth'

/** Bytes of one bin and delay: three shifts, one unused float64, then nine moments of two parts each. */
const momentsBytes: usize = 176

let delays: usize = 0
let from: usize = 0
export let count: usize = 0
let g2: usize = 0
let ip: usize = 0
let iff: usize = 0
let isOpenAt: usize = 0
let heads = false
/** Int32 [count, and count more with heads][64]. */
export let windows: usize = 0
let out: usize = 0
/** Of the group: what its sums begin with, and the totals of its elements. */
let tile: usize = 0
export let totals: usize = 0
/** Bytes from one tile of 16 elements to the next. */
export let tileBytes: usize = 0
/** float64[16]: G2, IP and IF of a tile. */
const productValues: usize = groupValues + 16384
const pastValues: usize = groupValues
const futureValues: usize = groupValues + 128

/** Of a call: delays [first, first + number) of the sums; `past` 0 = all IP are 0. */
export function beginSums(
  delayCount: usize, g2At: usize, past: usize, future: usize, first: usize, number: usize, isOpen: usize, withHeads: bool,
  windowsAt: usize, outAt: usize,
): void {
  delays = delayCount
  tileBytes = bytesOf(16 * delayCount)
  g2 = g2At
  ip = past
  iff = future
  from = first
  count = number
  isOpenAt = isOpen
  heads = withHeads
  windows = windowsAt
  out = outAt
}

/** The group that begins with tile `first`; `values` = totals of all elements. */
export function beginGroup(first: usize, values: usize): void {
  tile = first * tileBytes
  totals = values + 128 * first
}

@inline
export function isOpen(d: usize): bool {
  return load<u8>(isOpenAt + d) != 0
}

/** True when IF of open delays is their window. */
@inline
export function hasHeads(): bool {
  return heads
}

@inline
export function hasPast(): bool {
  return ip != 0
}

@inline
export function recordOf(bin: usize, d: usize): usize {
  return out + (bin * count + d) * momentsBytes
}

/** Values of the first tile of the group. */
@inline
export function productsAt(d: usize): usize {
  return g2 + tile + bytesOf(16 * (from + d))
}

@inline
export function pastAt(d: usize): usize {
  return ip + tile + bytesOf(16 * (from + d))
}

@inline
export function futureAt(d: usize): usize {
  return iff + tile + bytesOf(16 * (from + d))
}

@inline
export function windowsOf(d: usize): usize {
  return windows + 256 * d
}

@inline
export function headsOf(d: usize): usize {
  return windows + 256 * (count + d)
}

@inline
function high(four: v128): v128 {
  return f64x2.convert_low_i32x4_s(i32x4.shuffle(four, four, 2, 3, 2, 3))
}

/** float64[16] to `to`: `at` and what the elements collected before a window, their totals less the window. */
function addCollected(at: usize, total: usize, window: usize, to: usize): void {
  for (let k: usize = 0; k < 128; k += 32) {
    const four = v128.load(window + (k >> 1))
    const low = f64x2.sub(v128.load(total + k), f64x2.convert_low_i32x4_s(four))
    v128.store(to + k, f64x2.add(twoSums(at, k >> 3), low))
    v128.store(to + k, f64x2.add(twoSums(at, (k >> 3) + 2), f64x2.sub(v128.load(total + k, 16), high(four))), 16)
  }
}

/** float64[16] to `to`: `at` and a window. */
function addWindow(at: usize, window: usize, to: usize): void {
  for (let k: usize = 0; k < 128; k += 32) {
    const four = v128.load(window + (k >> 1))
    v128.store(to + k, f64x2.add(twoSums(at, k >> 3), f64x2.convert_low_i32x4_s(four)))
    v128.store(to + k, f64x2.add(twoSums(at, (k >> 3) + 2), high(four)), 16)
  }
}

/** Where sums that lie at `at` lie as float64[16]: there, or at `to`. */
function asDoubles(at: usize, to: usize): usize {
  if (!narrow) return at
  for (let k: usize = 0; k < 16; k += 2) v128.store(to + 8 * k, twoSums(at, k))
  return to
}

/** Where G2 of tile `t` of the group lies as float64[16]. */
export function productsOf(t: usize, d: usize): usize {
  return asDoubles(productsAt(d) + t * tileBytes, productValues)
}

/** Where IP of tile `t` of the group lies as float64[16], credits included. */
export function pastOf(t: usize, d: usize): usize {
  const at = ip == 0 ? zeros : pastAt(d) + t * tileBytes
  if (!isOpen(d)) return asDoubles(at, pastValues)
  addCollected(at, totals + 128 * t, windowsOf(d) + 64 * t, pastValues)
  return pastValues
}

/** As `pastOf`, of IF. */
export function futureOf(t: usize, d: usize): usize {
  const at = futureAt(d) + t * tileBytes
  if (!isOpen(d)) return asDoubles(at, futureValues)
  if (heads) addWindow(at, headsOf(d) + 64 * t, futureValues)
  else addCollected(at, totals + 128 * t, zeros, futureValues)
  return futureValues
}

/** Shifts of a record: the values of an element, `lane` = its number in the group. */
export function shiftBy(record: usize, lane: usize, d: usize): void {
  const t = lane >> 4
  const at = 8 * (lane & 15)
  store<f64>(record, load<f64>(productsOf(t, d) + at))
  store<f64>(record, load<f64>(pastOf(t, d) + at), 8)
  store<f64>(record, load<f64>(futureOf(t, d) + at), 16)
}
