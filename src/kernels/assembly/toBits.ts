// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Staged counts into a ring of bits, 16 elements at a time: the events of one byte become 16 bytes, and 64 events in a row
// a word of 64 bits, or a part of one, of 16 elements. What exceeds 1 is looked for only where a vector has such a value.
import { addException, dropExceptions, listOf, presence, ringElements, ringMirror, ringSpan, rowBytes, rowOf } from './bitPlaces'
import { columnTotals } from './scratch'

/** Behind the totals: the sixteen counts that exceptions are looked for in. */
const counts16: usize = columnTotals + 64

/** Sixteen counts of 0..255, stored as S. */
@inline
function countsAt<S>(at: usize): v128 {
  if (sizeof<S>() == 1) return v128.load(at)
  return i8x16.narrow_i16x8_u(v128.load(at), v128.load(at, 16))
}

/** True when sixteen values can be loaded at once. */
@inline
function inVectors<S>(): bool {
  return isInteger<S>() && sizeof<S>() <= 2
}

/** One value; a float is whole. Its total is the caller's. */
function putOne(element: usize, position: usize, value: u32): void {
  if (value == 0) return
  const bit = <u8>1 << <u8>(position & 7)
  const at = rowOf(element) + (position >> 3)
  store<u8>(at, load<u8>(at) | bit)
  if (position < ringMirror) {
    const copy = at + (ringSpan >> 3)
    store<u8>(copy, load<u8>(copy) | bit)
  }
  if (value > 1) addException(element, position, value)
}

/** What exceeds 1 in sixteen counts of one event, and its totals. */
@inline
function putExceptions(counts: v128, first: usize, position: usize): void {
  let mask = <u32>i8x16.bitmask(i8x16.gt_u(counts, i8x16.splat(1)))
  if (mask == 0) return
  v128.store(counts16, counts)
  for (; mask != 0; mask &= mask - 1) {
    const e = <usize>ctz(mask)
    const value = <u32>load<u8>(counts16 + e)
    addException(first + e, position, value)
    store<u32>(columnTotals + 4 * e, load<u32>(columnTotals + 4 * e) + value - 1)
  }
}

function putAllExceptions<S>(from: usize, strideBytes: usize, events: usize, positions: usize, first: usize): void {
  for (let event: usize = 0; event < events; event++, from += strideBytes, positions += 4) {
    putExceptions(countsAt<S>(from), first, <usize>load<i32>(positions))
  }
}

/** `bits` and one more where a count is not 0. */
@inline
function setBit(bits: v128, counts: v128, bit: i8): v128 {
  return v128.or(bits, v128.andnot(i8x16.splat(bit), i8x16.eq(counts, i8x16.splat(0))))
}

/** The bits of up to 8 events whose positions share a byte; returns 16 bytes, one per element. */
function takeByte<S>(from: usize, strideBytes: usize, events: usize, positions: usize, first: usize): v128 {
  let bits = i8x16.splat(0)
  let most = i8x16.splat(0)
  for (let event: usize = 0; event < events; event++) {
    const counts = countsAt<S>(from + event * strideBytes)
    most = i8x16.max_u(most, counts)
    bits = setBit(bits, counts, <i8>(<i32>1 << (load<i32>(positions + 4 * event) & 7)))
  }
  if (v128.any_true(i8x16.gt_u(most, i8x16.splat(1)))) putAllExceptions<S>(from, strideBytes, events, positions, first)
  return bits
}

/** The same for 8 events from a position that begins a byte. */
@inline
function takeEight<S>(from: usize, strideBytes: usize, positions: usize, first: usize): v128 {
  const a = countsAt<S>(from)
  const b = countsAt<S>(from + strideBytes)
  const c = countsAt<S>(from + 2 * strideBytes)
  const d = countsAt<S>(from + 3 * strideBytes)
  let most = i8x16.max_u(i8x16.max_u(a, b), i8x16.max_u(c, d))
  let bits = setBit(setBit(setBit(setBit(i8x16.splat(0), a, 1), b, 2), c, 4), d, 8)
  const e = countsAt<S>(from + 4 * strideBytes)
  const f = countsAt<S>(from + 5 * strideBytes)
  const g = countsAt<S>(from + 6 * strideBytes)
  const h = countsAt<S>(from + 7 * strideBytes)
  most = i8x16.max_u(most, i8x16.max_u(i8x16.max_u(e, f), i8x16.max_u(g, h)))
  bits = setBit(setBit(setBit(setBit(bits, e, 16), f, 32), g, 64), h, -128)
  if (v128.any_true(i8x16.gt_u(most, i8x16.splat(1)))) putAllExceptions<S>(from, strideBytes, 8, positions, first)
  return bits
}

@inline
function low(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

@inline
function high(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

@inline
function addWord(at: usize, word: u64): void {
  store<u64>(at, load<u64>(at) | word)
}

/** Two elements' words of 64 bits, into the ring and its mirror. */
@inline
function putWords(words: v128, to: usize, mirrored: bool): void {
  addWord(to, i64x2.extract_lane(words, 0))
  addWord(to + rowBytes, i64x2.extract_lane(words, 1))
  if (!mirrored) return
  addWord(to + (ringSpan >> 3), i64x2.extract_lane(words, 0))
  addWord(to + rowBytes + (ringSpan >> 3), i64x2.extract_lane(words, 1))
}

/** Add sixteen numbers to the totals of the elements. */
function addTotals(numbers: v128): void {
  const words = i16x8.extend_low_i8x16_u(numbers)
  const more = i16x8.extend_high_i8x16_u(numbers)
  addLanes(columnTotals, i32x4.extend_low_i16x8_u(words))
  addLanes(columnTotals + 16, i32x4.extend_high_i16x8_u(words))
  addLanes(columnTotals + 32, i32x4.extend_low_i16x8_u(more))
  addLanes(columnTotals + 48, i32x4.extend_high_i16x8_u(more))
}

@inline
function addLanes(at: usize, numbers: v128): void {
  v128.store(at, i32x4.add(v128.load(at), numbers))
}

@inline
function ones(a: v128, b: v128): v128 {
  return i8x16.add(i8x16.popcnt(a), i8x16.popcnt(b))
}

/** Up to eight times eight events in a row from a position that begins a byte. */
function takeWords<S>(
  from: usize, strideBytes: usize, events: usize, positions: usize, first: usize, position: usize,
): void {
  const none = i8x16.splat(0)
  const step: usize = 8 * strideBytes
  const a0 = takeEight<S>(from, strideBytes, positions, first)
  const a1 = events > 8 ? takeEight<S>(from + step, strideBytes, positions + 32, first) : none
  const a2 = events > 16 ? takeEight<S>(from + 2 * step, strideBytes, positions + 64, first) : none
  const a3 = events > 24 ? takeEight<S>(from + 3 * step, strideBytes, positions + 96, first) : none
  const a4 = events > 32 ? takeEight<S>(from + 4 * step, strideBytes, positions + 128, first) : none
  const a5 = events > 40 ? takeEight<S>(from + 5 * step, strideBytes, positions + 160, first) : none
  const a6 = events > 48 ? takeEight<S>(from + 6 * step, strideBytes, positions + 192, first) : none
  const a7 = events > 56 ? takeEight<S>(from + 7 * step, strideBytes, positions + 224, first) : none
  addTotals(i8x16.add(i8x16.add(ones(a0, a1), ones(a2, a3)), i8x16.add(ones(a4, a5), ones(a6, a7))))
  const b0 = low(a0, a4)
  const b1 = high(a0, a4)
  const b2 = low(a1, a5)
  const b3 = high(a1, a5)
  const b4 = low(a2, a6)
  const b5 = high(a2, a6)
  const b6 = low(a3, a7)
  const b7 = high(a3, a7)
  const c0 = low(b0, b4)
  const c1 = high(b0, b4)
  const c2 = low(b1, b5)
  const c3 = high(b1, b5)
  const c4 = low(b2, b6)
  const c5 = high(b2, b6)
  const c6 = low(b3, b7)
  const c7 = high(b3, b7)
  const to = rowOf(first) + (position >> 3)
  const mirrored = position < ringMirror
  putWords(low(c0, c4), to, mirrored)
  putWords(high(c0, c4), to + 2 * rowBytes, mirrored)
  putWords(low(c1, c5), to + 4 * rowBytes, mirrored)
  putWords(high(c1, c5), to + 6 * rowBytes, mirrored)
  putWords(low(c2, c6), to + 8 * rowBytes, mirrored)
  putWords(high(c2, c6), to + 10 * rowBytes, mirrored)
  putWords(low(c3, c7), to + 12 * rowBytes, mirrored)
  putWords(high(c3, c7), to + 14 * rowBytes, mirrored)
}

/** Sixteen elements' bytes, into the ring and its mirror. */
function putBytes(bytes: v128, first: usize, position: usize): void {
  v128.store(counts16, bytes)
  const to = rowOf(first) + (position >> 3)
  for (let e: usize = 0; e < 16; e++) {
    const byte = load<u8>(counts16 + e)
    if (byte == 0) continue
    const at = to + e * rowBytes
    store<u8>(at, load<u8>(at) | byte)
    if (position >= ringMirror) continue
    const copy = at + (ringSpan >> 3)
    store<u8>(copy, load<u8>(copy) | byte)
  }
  addTotals(i8x16.popcnt(bytes))
}

/** How many events from `event`, up to 64, fill whole bytes of every row one after the other, all of them mirrored or none. */
@inline
function inWord(event: usize, events: usize, positions: usize): usize {
  const position = <usize>load<i32>(positions + 4 * event)
  if ((position & 7) != 0) return 0
  let count = min<usize>(64, events - event) & ~7
  if (position < ringMirror) count = min(count, (ringMirror - position) & ~7)
  while (count > 0 && load<i32>(positions + 4 * (event + count - 1)) - <i32>position != <i32>count - 1) count -= 8
  return count
}

/** Events from `event` whose positions lie in one byte. */
@inline
function inByte(event: usize, events: usize, positions: usize): usize {
  const byte = load<i32>(positions + 4 * event) >> 3
  let count: usize = 1
  while (event + count < events && load<i32>(positions + 4 * (event + count)) >> 3 == byte) count++
  return count
}

/** Sixteen elements. */
function putTile<S>(staged: usize, stride: usize, events: usize, positions: usize, first: usize, values: usize): void {
  const strideBytes = stride * sizeof<S>()
  for (let k: usize = 0; k < 64; k += 16) v128.store(columnTotals + k, i32x4.splat(0))
  for (let event: usize = 0; event < events; ) {
    const from = staged + event * strideBytes + first * sizeof<S>()
    const at = positions + 4 * event
    const whole = inWord(event, events, positions)
    if (whole > 0) {
      takeWords<S>(from, strideBytes, whole, at, first, <usize>load<i32>(at))
      event += whole
    } else {
      const count = inByte(event, events, positions)
      putBytes(takeByte<S>(from, strideBytes, count, at, first), first, <usize>load<i32>(at))
      event += count
    }
  }
  for (let e: usize = 0; e < 16; e++) {
    const at = values + 8 * (first + e)
    store<f64>(at, load<f64>(at) + <f64>load<i32>(columnTotals + 4 * e))
  }
}

export function toBits<S>(staged: usize, stride: usize, events: usize, positions: usize, values: usize): void {
  const tiles: usize = inVectors<S>() ? ringElements >> 4 : 0
  for (let tile: usize = 0; tile < tiles; tile++) putTile<S>(staged, stride, events, positions, tile << 4, values)
  for (let element = tiles << 4; element < ringElements; element++) {
    let sum: f64 = 0
    for (let event: usize = 0; event < events; event++) {
      const value = load<S>(staged + (event * stride + element) * sizeof<S>())
      sum += <f64>value
      putOne(element, <usize>load<i32>(positions + 4 * event), <u32>value)
    }
    store<f64>(values + 8 * element, load<f64>(values + 8 * element) + sum)
  }
}

export function eventsToBits(
  event: usize, element: usize, value: usize, count: usize, firstElement: usize, positions: usize, values: usize,
): void {
  for (let i: usize = 0; i < count; i++) {
    const position = load<i32>(positions + 4 * <usize>load<u16>(event + 2 * i))
    if (position < 0) continue
    const own = <usize>load<u32>(element + 4 * i) - firstElement
    const photons = <u32>load<u16>(value + 2 * i)
    putOne(own, <usize>position, photons)
    store<f64>(values + 8 * own, load<f64>(values + 8 * own) + <f64>photons)
  }
}

/** Bits [from, to) of a row to 0. */
function zeroBitsOf(row: usize, from: usize, to: usize): void {
  const first = row + (from >> 3)
  const last = row + (to >> 3)
  const before = <u8>((<u32>1 << (<u32>from & 7)) - 1)
  const behind = <u8>~((<u32>1 << (<u32>to & 7)) - 1)
  if (first == last) {
    store<u8>(first, load<u8>(first) & (before | behind))
    return
  }
  store<u8>(first, load<u8>(first) & before)
  memory.fill(first + 1, 0, last - first - 1)
  store<u8>(last, load<u8>(last) & behind)
}

/** The positions [from, from + length) of all rows. */
export function zeroBits(from: usize, length: usize): void {
  for (let element: usize = 0; element < ringElements; element++) {
    zeroBitsOf(rowOf(element), from, from + length)
    dropExceptions(listOf(element), <u32>from, <u32>(from + length))
  }
  memory.fill(presence + from, 0, length)
}
