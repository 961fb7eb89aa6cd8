// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Values that a mask lets through, a vector of 16 bytes at a time; what it must do stands in ../maskGather.ts.

/**
 * Vector v of `source` is shuffled as `shuffles`[v] says, so that what is kept lies in front, and written behind what was kept of the
 * vectors before: `kept`[v] bytes of it stay.
 */
export function pack(source: usize, shuffles: usize, kept: usize, vectors: usize, out: usize): void {
  for (const end = kept + vectors; kept < end; kept++, source += 16, shuffles += 16) {
    v128.store(out, i8x16.swizzle(v128.load(source), v128.load(shuffles)))
    out += <usize>load<u8>(kept)
  }
}
