// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Few photons on both sides: each of the fixed window meets each of the row, and a table tells which move their distance
// is, if any. Only sums that get something are touched.
import { count, highest, lowest, position, sumsOf } from './foldCall'
import { distancesMost, moveOf, photons, rowPhotons, rowPhotonsMost, sameDistance } from './scratch'
import { addTo } from './sumWidth'

/** More photons than can be listed. */
export const tooMany: usize = usize.MAX_VALUE

let span: usize = 0
let fixedAt: usize = 0
/** The table holds all distances. */
export let mayPair: bool = false

/** Fill the table for a call; distances go around the ring. */
export function prepareDistances(fixedPosition: usize, ringSpan: usize): void {
  span = ringSpan
  fixedAt = fixedPosition
  mayPair = false
  if (span > distancesMost) return
  memory.fill(moveOf, 0, 2 * span)
  for (let m: usize = 0; m < count; m++) {
    const distance = position(m) + (position(m) < fixedPosition ? span : 0) - fixedPosition
    store<u16>(sameDistance + 2 * m, load<u16>(moveOf + 2 * distance))
    store<u16>(moveOf + 2 * distance, <u16>(m + 1))
  }
  mayPair = true
}

/** Products of the listed {k, value} of the fixed window and {position, value} of the row, into the sums at `g2` of one element. */
export function addPairs(fixed: usize, fixedCount: usize, row: usize, rowCount: usize, sign: f64, g2: usize): void {
  const end = row + 8 * rowCount
  for (let x = fixed; x < fixed + 8 * fixedCount; x += 8) {
    const from = around(fixedAt + <usize>load<u32>(x) - span)
    const value = load<u32>(x, 4)
    for (let y = row; y < end; y += 8) {
      for (let m = firstMove(<usize>load<u32>(y) - from); m != 0; m = nextMove(m)) {
        addTo(g2 + sumsOf(m - 1), sign * <f64>(value * load<u32>(y, 4)))
      }
    }
  }
}

/** The same into the lane `out`, so that the sums come from memory in order; for few values of the row. */
export function addPairsToLane(fixed: usize, fixedCount: usize, row: usize, rowCount: usize, out: usize): void {
  const end = fixed + 8 * fixedCount
  for (let y = row; y < row + 8 * rowCount; y += 8) {
    const from = around(<usize>load<u32>(y) - fixedAt)
    const value = load<u32>(y, 4)
    for (let x = fixed; x < end; x += 8) {
      for (let m = firstMove(from - <usize>load<u32>(x)); m != 0; m = nextMove(m)) {
        const lane = out + 64 * (m - 1)
        store<u32>(lane, load<u32>(lane) + value * load<u32>(x, 4))
      }
    }
  }
}

/** A distance from -span to span - 1 as one around the ring. */
@inline
function around(distance: usize): usize {
  return distance + (span & <usize>(<isize>distance >> 31))
}

/** One more than the first move of a distance, as for `around`; 0 = none. */
@inline
function firstMove(distance: usize): usize {
  return <usize>load<u16>(moveOf + 2 * around(distance))
}

/** One more than another move of the same distance. */
@inline
function nextMove(m: usize): usize {
  return <usize>load<u16>(sameDistance + 2 * (m - 1))
}

@inline
function listMask(mask: u64, position: usize, listed: usize): usize {
  for (; mask != 0; mask &= mask - 1) {
    if (listed == rowPhotonsMost) return tooMany
    store<u32>(rowPhotons + 8 * listed, <u32>position + <u32>ctz(mask))
    store<u32>(rowPhotons + 8 * listed, 1, 4)
    listed++
  }
  return listed
}

/** Ones of the bits [from, to) of `mask`, which begins at bit `begin`. */
@inline
function within(mask: u64, begin: usize, from: usize, to: usize): u64 {
  if (from > begin) mask &= ~(((<u64>1) << <u64>(from - begin)) - 1)
  if (to < begin + 64) mask &= ((<u64>1) << <u64>(to - begin)) - 1
  return mask
}

/** List the positions [from, to) of a row of bits that are 1, with value 1, behind `listed` others. */
export function listBits(row: usize, from: usize, to: usize, listed: usize): usize {
  for (let begin = from & ~63; begin < to && listed != tooMany; begin += 64) {
    const word = load<u64>(row + (begin >> 3))
    if (word != 0) listed = listMask(within(word, begin, from, to), begin, listed)
  }
  return listed
}

@inline
function maskOf(at: usize): u64 {
  return <u64>(~i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0))) & 0xffff)
}

/** The same for a row of uint8, with its values. */
export function listBytes(row: usize, from: usize, to: usize, listed: usize): usize {
  for (let begin = from & ~63; begin < to && listed != tooMany; begin += 64) {
    const at = row + begin
    const some = v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48)))
    if (!v128.any_true(some)) continue
    const mask = maskOf(at) | (maskOf(at + 16) << 16) | (maskOf(at + 32) << 32) | (maskOf(at + 48) << 48)
    const before = listed
    listed = listMask(within(mask, begin, from, to), begin, listed)
    for (let i = before; listed != tooMany && i < listed; i++) {
      store<u32>(rowPhotons + 8 * i, <u32>load<u8>(row + <usize>load<u32>(rowPhotons + 8 * i)), 4)
    }
  }
  return listed
}

/** All positions that moving windows touch, each once; returns the number listed or `tooMany`. */
@inline
export function listRow(row: usize, areBits: bool): usize {
  const behind = highest > span ? highest - span : 0
  let listed: usize = 0
  if (behind > 0) listed = areBits ? listBits(row, 0, behind, 0) : listBytes(row, 0, behind, 0)
  const from = max(lowest, behind)
  const to = min(highest, span)
  if (listed == tooMany || from >= to) return listed
  return areBits ? listBits(row, from, to, listed) : listBytes(row, from, to, listed)
}

/** The fixed window as bits, to the list of its photons, with value 1; returns their number. */
export function listFixedBits(bits: usize, words: usize): usize {
  let listed: usize = 0
  for (let w: usize = 0; w < words; w++) {
    for (let word = load<u64>(bits + (w << 3)); word != 0; word &= word - 1) {
      store<u32>(photons + 8 * listed, <u32>((w << 6) + <usize>ctz(word)))
      store<u32>(photons + 8 * listed, 1, 4)
      listed++
    }
  }
  return listed
}

/** Add the listed exceptions {position, e} to the values of a list that has all their positions. */
export function addExceptions(list: usize, listed: usize, exceptions: usize, exceptionCount: usize): void {
  for (let i: usize = 0; i < exceptionCount; i++) {
    const wanted = load<u32>(exceptions + 8 * i)
    for (let at = list; at < list + 8 * listed; at += 8) {
      if (load<u32>(at) != wanted) continue
      store<u32>(at, load<u32>(at, 4) + load<u32>(exceptions + 8 * i, 4), 4)
      break
    }
  }
}
