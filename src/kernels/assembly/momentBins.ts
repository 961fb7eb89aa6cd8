// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The bins of a group of up to 64 elements: which there are, and which elements each has.
import { binMasks } from './scratch'

/** Bins of a group, at most. */
export const binsMost: usize = 16
/** In each eight elements the order is 0 2 1 3 4 6 5 7, so that products of neighbours add up what is even, and what is odd. */
@inline
function placeOf(lane: usize): usize {
  return (lane & ~3) | ((lane & 1) << 1) | ((lane >> 1) & 1)
}

/** Bins of the group; `binsMost` + 1 = too many. */
export let binCount: usize = 0
/** int16[64] in the order above: -1 where an element is in any bin. */
export const usedMask: usize = binMasks
const masks: usize = usedMask + 128
/** Of each bin: int32 number, uint32 first element, uint32 bits of the eights with elements. */
const facts: usize = masks + 128 * (binsMost + 1)

@inline
export function maskOf(bin: usize): usize {
  return masks + 128 * bin
}

@inline
export function numberOf(bin: usize): usize {
  return <usize>load<i32>(facts + 16 * bin)
}

@inline
export function firstOf(bin: usize): usize {
  return <usize>load<u32>(facts + 16 * bin, 4)
}

@inline
export function eightsOf(bin: usize): u32 {
  return load<u32>(facts + 16 * bin, 8)
}

function clear(mask: usize): void {
  for (let k: usize = 0; k < 128; k += 16) v128.store(mask + k, i16x8.splat(0))
}

/** Which of the bins so far has a number; a new one when none has. */
function indexOf(number: i32, lane: usize): usize {
  for (let bin: usize = 0; bin < binCount; bin++) if (load<i32>(facts + 16 * bin) == number) return bin
  const bin = binCount++
  clear(maskOf(bin))
  store<i32>(facts + 16 * bin, number)
  store<u32>(facts + 16 * bin, <u32>lane, 4)
  store<u32>(facts + 16 * bin, 0, 8)
  return bin
}

/** Take the bins int32[lanes] at `binOf`, -1 = none. */
export function takeBins(binOf: usize, lanes: usize): void {
  binCount = 0
  clear(usedMask)
  let last: i32 = -1
  let bin: usize = 0
  for (let lane: usize = 0; lane < lanes; lane++) {
    const number = load<i32>(binOf + 4 * lane)
    if (number < 0) continue
    if (number != last) bin = indexOf(number, lane)
    if (binCount > binsMost) return
    last = number
    store<i16>(usedMask + 2 * placeOf(lane), -1)
    store<i16>(maskOf(bin) + 2 * placeOf(lane), -1)
    store<u32>(facts + 16 * bin, load<u32>(facts + 16 * bin, 8) | (1 << <u32>(lane >> 3)), 8)
  }
}
