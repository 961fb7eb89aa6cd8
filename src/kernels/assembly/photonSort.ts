// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What photonSort.wasm exports: the steps of ../photonSort.ts. A word is 8 bytes: 24 bits frame, 3 unused, 21 bits pixel, 16 bits count,
// of which 12 are used. `take` puts the event in place of the frame; a sorted photon is 8 bytes: uint32 pixel, uint16 event, uint16 count.

@inline
function pixelOf(word: u64): u32 {
  return <u32>(word >> 16) & 0x1fffff
}

/**
 * Number the events of `count` words of the frames [from, to), which become the events from `position` on, and count the words of every
 * pixel in `places`, uint32 [pixels + 1]. Returns the first word of another frame, out of order or beyond the pixels, or `count`.
 */
export function take(words: usize, count: usize, from: u32, to: u32, position: u32, places: usize, pixels: u32): usize {
  let last = from
  for (let i: usize = 0; i < count; i++) {
    const word = load<u64>(words + 8 * i)
    const frame = <u32>(word >> 40)
    const pixel = pixelOf(word)
    if (frame < last || frame >= to || pixel >= pixels) return i
    last = frame
    store<u64>(words + 8 * i, (word & 0xffffffffff) | (<u64>(frame - from + position) << 40))
    const place = places + 4 * <usize>pixel
    store<u32>(place, load<u32>(place, 4) + 1, 4)
  }
  return count
}

/** Sort `count` taken words to `sorted` by pixel, then by event. */
export function sort(words: usize, count: usize, places: usize, pixels: usize, sorted: usize): void {
  let sum: u32 = 0
  for (let at = places; at < places + 4 * pixels; at += 4) {
    sum += load<u32>(at)
    store<u32>(at, sum)
  }
  for (const end = words + 8 * count; words < end; words += 8) {
    const word = load<u64>(words)
    const pixel = pixelOf(word)
    const place = places + 4 * <usize>pixel
    const to = load<u32>(place)
    store<u32>(place, to + 1)
    store<u64>(sorted + 8 * <usize>to, <u64>pixel | ((word >> 40) << 32) | ((word & 0xfff) << 48))
  }
}

/** Sorted photons to lists: those of one pixel and event are added up, at most to 65535, those without counts left out. Returns their number. */
export function unpack(sorted: usize, count: usize, pixel: usize, event: usize, value: usize): usize {
  let kept: usize = 0
  let last: u64 = u64.MAX_VALUE
  for (const end = sorted + 8 * count; sorted < end; sorted += 8) {
    const photon = load<u64>(sorted)
    const counts = <u32>(photon >> 48)
    if (counts == 0) continue
    const own = photon & 0xffffffffffff
    if (own == last) {
      const sum = value + 2 * kept - 2
      store<u16>(sum, <u16>min<u32>(65535, <u32>load<u16>(sum) + counts))
      continue
    }
    last = own
    store<u32>(pixel + 4 * kept, <u32>photon)
    store<u16>(event + 2 * kept, <u16>(photon >> 32))
    store<u16>(value + 2 * kept, <u16>counts)
    kept++
  }
  return kept
}
