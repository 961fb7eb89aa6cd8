// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Photons of staged rows, sorted by element; what it must do stands in ../photonPicker.ts.

@inline
function filled<T>(at: usize): u32 {
  const zero = i8x16.splat(0)
  const values = v128.load(at)
  if (sizeof<T>() == 1) return <u32>~i8x16.bitmask(i8x16.eq(values, zero)) & 0xffff
  return <u32>~i16x8.bitmask(i16x8.eq(values, zero)) & 0xff
}

/** Entries {element u32, event u16, value u16} of one row behind `to`; counts[element + 1]++. Returns the end of the entries. */
@inline
function listRow<T>(row: usize, bytes: usize, event: u32, counts: usize, to: usize): usize {
  for (let at: usize = 0; at < bytes; at += 32) {
    if (!v128.any_true(v128.or(v128.load(row + at), v128.load(row + at, 16)))) continue
    let mask = filled<T>(row + at) | (filled<T>(row + at + 16) << (16 / sizeof<T>()))
    for (; mask != 0; mask &= mask - 1) {
      const place = at / sizeof<T>() + <usize>ctz(mask)
      store<u32>(to, <u32>place)
      store<u32>(to, (<u32>load<T>(row + place * sizeof<T>()) << 16) | event, 4)
      const count = counts + 4 * place
      store<u32>(count, load<u32>(count, 4) + 1, 4)
      to += 8
    }
  }
  return to
}

/** All rows; 0 when some rows have more than `most` entries each on average, and 1024 more. */
function list<T>(rows: usize, bytes: usize, events: usize, positions: usize, counts: usize, entries: usize, most: usize): usize {
  let end = entries
  for (let e: usize = 0; e < events; e++) {
    end = listRow<T>(rows + e * bytes, bytes, load<u16>(positions + 2 * e), counts, end)
    if (end - entries > 8 * (1024 + (e + 1) * most)) return 0
  }
  return end
}

/**
 * `width` values (whole 32 bytes) of each of `events` rows to element u32 (`first` more than the place in the row), event u16 (of
 * `positions`) and value u16; sorted by element, then row. `wide`: uint16, else uint8. Returns how many, or -1: too many.
 */
export function pick(
  wide: bool, rows: usize, width: usize, events: usize, positions: usize, most: usize,
  counts: usize, entries: usize, first: u32, element: usize, event: usize, value: usize,
): i32 {
  memory.fill(counts, 0, 4 * (width + 1))
  const end = wide
    ? list<u16>(rows, 2 * width, events, positions, counts, entries, most)
    : list<u8>(rows, width, events, positions, counts, entries, most)
  if (end == 0) return -1
  for (let e: usize = 0; e < width; e++) store<u32>(counts + 4 * e, load<u32>(counts + 4 * e) + load<u32>(counts + 4 * e, 4), 4)
  for (let at = entries; at < end; at += 8) {
    const place = load<u32>(at)
    const next = counts + 4 * <usize>place
    const to = <usize>load<u32>(next)
    store<u32>(next, <u32>to + 1)
    store<u32>(element + 4 * to, first + place)
    store<u16>(event + 2 * to, load<u16>(at, 4))
    store<u16>(value + 2 * to, load<u16>(at, 6))
  }
  return <i32>((end - entries) >> 3)
}
