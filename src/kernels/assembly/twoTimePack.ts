// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From rows [frames][count] or photons of a panel to what the products read. Elements behind the end of the panel are 0.
//
//     words, bytes   [frame / 4][vector][4 frames] vectors of 8 int16 or 16 uint8: four frames side by side
//     bits           [frame / 2][word][2 frames] words of 64 elements
//     doubles        [frame / 4][element][4 frames] float64
import { eight, two } from './multiTauValues'
import { framesOfPhotons, valuesOfPhotons } from './twoTimePlace'

/** Address of vector `v` of frame `t` where a frame has `vectors`. */
@inline
function vectorAt(packed: usize, t: usize, v: usize, vectors: usize): usize {
  return packed + ((((t >> 2) * vectors + v) << 2) + (t & 3) << 4)
}

/** T = u8 or i16 to int16; rows are readable up to whole vectors. */
export function packWords<T>(rows: usize, rowBytes: usize, count: usize, used: usize, packed: usize): void {
  const vectors = (count + 7) >> 3
  for (let t: usize = 0; t < used; t++, rows += rowBytes) {
    for (let v: usize = 0; v < vectors; v++) {
      v128.store(vectorAt(packed, t, v, vectors), eight<T>(rows + ((v << 3) * sizeof<T>())))
    }
  }
}

export function packBytes(rows: usize, rowBytes: usize, count: usize, used: usize, packed: usize): void {
  const vectors = (count + 15) >> 4
  for (let t: usize = 0; t < used; t++, rows += rowBytes) {
    for (let v: usize = 0; v < vectors; v++) {
      v128.store(vectorAt(packed, t, v, vectors), v128.load(rows + (v << 4)))
    }
  }
}

/** A set bit per byte that is not 0. */
export function packBits(rows: usize, rowBytes: usize, count: usize, used: usize, packed: usize): void {
  const words = (count + 63) >> 6
  const zero = i8x16.splat(0)
  for (let t: usize = 0; t < used; t++, rows += rowBytes) {
    for (let w: usize = 0; w < words; w++) {
      let bits: u64 = 0
      for (let v: usize = 0; v < 4; v++) {
        const empty = i8x16.bitmask(i8x16.eq(v128.load(rows + (w << 6) + (v << 4)), zero))
        bits |= <u64>(~empty & 0xffff) << (<u64>v << 4)
      }
      store<u64>(packed + ((((t >> 1) * words + w) << 1) + (t & 1) << 3), bits)
    }
  }
}

@inline
function doubleAt(packed: usize, t: usize, e: usize, count: usize): usize {
  return packed + ((((t >> 2) * count + e) << 2) + (t & 3) << 3)
}

export function packDoubles<T>(rows: usize, rowBytes: usize, count: usize, used: usize, packed: usize): void {
  for (let t: usize = 0; t < used; t++, rows += rowBytes) {
    for (let e: usize = 0; e < count; e += 2) {
      const pair = two<T>(rows + e * sizeof<T>())
      const to = doubleAt(packed, t, e, count)
      store<f64>(to, f64x2.extract_lane(pair, 0))
      if (e + 1 < count) store<f64>(to + 32, f64x2.extract_lane(pair, 1))
    }
  }
}

/** Photons to what `kind` names: 0 words, 1 bytes, 2 bits, 3 doubles. `packed` is 0. */
export function packPhotons(kind: i32, photons: usize, count: usize, packed: usize): void {
  const vectors = kind == 0 ? (count + 7) >> 3 : kind == 1 ? (count + 15) >> 4 : (count + 63) >> 6
  for (let e: usize = 0; e < count; e++) {
    const end = <usize>load<u32>(photons + 4 * e, 4)
    for (let k = <usize>load<u32>(photons + 4 * e); k < end; k++) {
      const t = <usize>load<u16>(photons + framesOfPhotons + 2 * k)
      const value = load<u16>(photons + valuesOfPhotons + 2 * k)
      if (kind == 0) store<u16>(vectorAt(packed, t, e >> 3, vectors) + ((e & 7) << 1), value)
      else if (kind == 1) store<u8>(vectorAt(packed, t, e >> 4, vectors) + (e & 15), <u8>value)
      else if (kind == 2) {
        const at = packed + ((((t >> 1) * vectors + (e >> 6)) << 1) + (t & 1) << 3)
        store<u64>(at, load<u64>(at) | (<u64>1 << <u64>(e & 63)))
      } else store<f64>(doubleAt(packed, t, e, count), <f64>value)
    }
  }
}
