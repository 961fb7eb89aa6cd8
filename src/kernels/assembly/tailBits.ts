// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What up to 64 elements of a ring of bits hold from given positions to the last tick. The words of a row are counted back from
// the end; a window is what the words behind its first word hold, and a part of that word, the same for all elements.
//
//     word   k = 0: with the end, less what lies from there on; then down to the begin of the ring, and down from its last word
import { chunkBehind, isPlain, listOf, ringSpan, rowBytes, rowOf } from './bitPlaces'
import { photons, prefix } from './scratch'

/** Words of a row, at most, and elements. */
const wordsMost: usize = 256
const lanesMost: usize = 64

/** Int32 [words][lanes]: the sums of the words before each. */
const sums: usize = prefix
/** Of each window, in the order of its list: uint32 first word, uint32 place, uint64 bits of the first word. */
const windows: usize = photons
/** uint16 [words + 1]: the first window that begins in each word. */
const firstOf: usize = windows + 16 * 2048
/** Int32 [words]: what counts above 1 add to each word of an element; zeros between calls. */
const extra: usize = firstOf + 4 * wordsMost

let endWord: usize = 0
let lastWord: usize = 0
let endBits: u64 = 0
let lastBits: u64 = 0
/** Words that windows reach. */
let words: usize = 0
let count: usize = 0

/** The lowest `bits` bits of a word. */
@inline
function below(bits: usize): u64 {
  return (<u64>1 << <u64>bits) - 1
}

/** Number of the word of a ring position; beyond `words` where no window reaches. */
@inline
function wordOf(position: usize, wrapped: bool): usize {
  return wrapped ? endWord + 1 + lastWord - (position >> 6) : endWord - (position >> 6)
}

/** Byte of word `k` in a row. */
@inline
function placeOf(k: usize): usize {
  return (k <= endWord ? endWord - k : endWord + 1 + lastWord - k) << 3
}

/** The bits of word `k` that lie before the end, or in the ring. */
@inline
function bitsIn(k: usize): u64 {
  return k == 0 ? endBits : k == endWord + 1 ? lastBits : u64.MAX_VALUE
}

/** Windows {position, place} of `list`, ever further behind `end`, of many calls that follow; false when rows are too long. */
export function beginTailBits(list: usize, windowCount: usize, end: i32): bool {
  endWord = <usize>end >> 6
  lastWord = (ringSpan - 1) >> 6
  endBits = below(<usize>end & 63)
  lastBits = u64.MAX_VALUE >> <u64>(63 - ((ringSpan - 1) & 63))
  count = windowCount
  words = 0
  if (lastWord + 2 > wordsMost) return false
  for (let i: usize = 0; i < count; i++) {
    const position = load<i32>(list + 8 * i)
    const k = wordOf(position, position > end)
    for (; words <= k; words++) store<u16>(firstOf + 2 * words, <u16>i)
    const window = windows + 16 * i
    store<u32>(window, <u32>k)
    store<u32>(window, load<u32>(list + 8 * i, 4), 4)
    store<u64>(window, bitsIn(k) & ~below(<usize>position & 63), 8)
  }
  store<u16>(firstOf + 2 * words, <u16>count)
  for (let k: usize = 0; k < words; k += 4) v128.store(extra + 4 * k, i32x4.splat(0))
  return true
}

/** Number of the word of an exception. */
@inline
function wordOfException(exception: u32, end: usize): usize {
  const position = <usize>(exception >> 8)
  return wordOf(position, position >= end)
}

/** Counts above 1 to `extra`, or out of it. */
function addExtra(list: usize, end: usize, sign: i32): void {
  for (let chunk = list; chunk != 0; chunk = chunkBehind(chunk)) {
    for (let at = chunk + 4; at < chunk + 32; at += 4) {
      const exception = load<u32>(at)
      if (exception == 0) continue
      const k = wordOfException(exception, end)
      if (k < words) store<i32>(extra + 4 * k, load<i32>(extra + 4 * k) + sign * <i32>(exception & 255))
    }
  }
}

/** The sums before each word of one element, whose counts above 1 are in `extra`. */
function sumWords(row: usize, to: usize): void {
  let sum: i32 = 0
  let bits = endBits
  let more: usize = extra
  let k: usize = 0
  for (let last = min(words, endWord + 1); k < words; last = words, bits = lastBits) {
    store<i32>(to, sum)
    sum += <i32>popcnt(load<u64>(row + placeOf(k)) & bits) + load<i32>(more)
    k++
    to += 256
    more += 4
    let word = row + placeOf(k) - 24
    for (; k + 4 <= last; k += 4, to += 1024, more += 16, word -= 32) {
      store<i32>(to, sum)
      sum += <i32>popcnt(load<u64>(word, 24)) + load<i32>(more)
      store<i32>(to, sum, 256)
      sum += <i32>popcnt(load<u64>(word, 16)) + load<i32>(more, 4)
      store<i32>(to, sum, 512)
      sum += <i32>popcnt(load<u64>(word, 8)) + load<i32>(more, 8)
      store<i32>(to, sum, 768)
      sum += <i32>popcnt(load<u64>(word)) + load<i32>(more, 12)
    }
    for (; k < last; k++, to += 256, more += 4) {
      store<i32>(to, sum)
      sum += <i32>popcnt(load<u64>(row + placeOf(k))) + load<i32>(more)
    }
  }
}

/** Counts above 1 to the windows that begin before them in the same word, at lane `to`. */
function addExceptions(list: usize, end: usize, to: usize): void {
  for (let chunk = list; chunk != 0; chunk = chunkBehind(chunk)) {
    for (let at = chunk + 4; at < chunk + 32; at += 4) {
      const exception = load<u32>(at)
      if (exception == 0) continue
      const k = wordOfException(exception, end)
      if (k >= words) continue
      const bit = <u64>((exception >> 8) & 63)
      const last = windows + 16 * <usize>load<u16>(firstOf + 2 * k, 2)
      for (let window = windows + 16 * <usize>load<u16>(firstOf + 2 * k); window < last; window += 16) {
        if (((load<u64>(window, 8) >> bit) & 1) == 0) continue
        const sum = to + 4 * lanesMost * <usize>load<u32>(window, 4)
        store<i32>(sum, load<i32>(sum) + <i32>(exception & 255))
      }
    }
  }
}

/** One window of `lanes` elements. */
@inline
function countWindow(row: usize, bits: u64, before: usize, to: usize, lanes: usize): void {
  const step = rowBytes
  for (const last = to + 4 * lanes; to < last; before += 16, to += 16) {
    store<i32>(to, load<i32>(before) + <i32>popcnt(load<u64>(row) & bits))
    row += step
    store<i32>(to, load<i32>(before, 4) + <i32>popcnt(load<u64>(row) & bits), 4)
    row += step
    store<i32>(to, load<i32>(before, 8) + <i32>popcnt(load<u64>(row) & bits), 8)
    row += step
    store<i32>(to, load<i32>(before, 12) + <i32>popcnt(load<u64>(row) & bits), 12)
    row += step
  }
}

/** The sums before each word of `lanes` elements from `first` on. */
function sumRows(first: usize, lanes: usize, end: usize): void {
  for (let lane: usize = 0; lane < lanes; lane++) {
    const list = listOf(first + lane)
    const plain = isPlain(list)
    if (!plain) addExtra(list, end, 1)
    sumWords(rowOf(first + lane), sums + 4 * lane)
    if (!plain) addExtra(list, end, -1)
  }
}

/** Int32 [places][64] at `to`, after `beginTailBits`: the windows of `lanes` elements from `first` on, up to `end`. */
export function tailBits(first: usize, lanes: usize, end: i32, to: usize): void {
  // 16 elements at a time stay in the first cache.
  for (let lane: usize = 0; lane < lanes; lane += 16) {
    tailBitsOfTile(first + lane, min(lanes - lane, 16), <usize>end, to + 4 * lane)
  }
}

function tailBitsOfTile(first: usize, lanes: usize, end: usize, to: usize): void {
  sumRows(first, lanes, end)
  const row = rowOf(first)
  for (let window = windows; window < windows + 16 * count; window += 16) {
    const k = <usize>load<u32>(window)
    const at = to + 4 * lanesMost * <usize>load<u32>(window, 4)
    countWindow(row + placeOf(k), load<u64>(window, 8), sums + 4 * lanesMost * k, at, lanes)
  }
  for (let lane: usize = 0; lane < lanes; lane++) {
    const list = listOf(first + lane)
    if (!isPlain(list)) addExceptions(list, end, to + 4 * lane)
  }
}
