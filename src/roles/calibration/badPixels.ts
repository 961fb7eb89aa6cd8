// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which pixels of a dark run are bad. Within each panel (the last two axes), with the middle value M and the spread
 * S = 1.4826 * median |x - M| of all its pixels (the standard deviation of a normal distribution, blind to outliers):
 *
 *   without value  fewer than two values that are not NaN      dead   noise is 0
 *   noisy, quiet   noise beyond M +- sigmas * S                hot, cold   pedestal beyond M +- sigmas * S
 */
import { sizeOf } from '../../units.js'

export const badBits = { 'without value': 1, dead: 2, noisy: 4, quiet: 8, hot: 16, cold: 32 } as const
export type BadKind = keyof typeof badBits

/** Bits per pixel; 0 = good. `sigmas` > 0. */
export function findBadPixels(
  mean: Float64Array,
  deviation: Float64Array,
  shape: readonly number[],
  sigmas: number,
): Uint8Array {
  const status = new Uint8Array(mean.length)
  const panel = sizeOf(shape.slice(-2))
  for (let first = 0; first < mean.length; first += panel) {
    const part = <T extends Float64Array | Uint8Array>(all: T): T => all.subarray(first, first + panel) as T
    const [means, noises, bits] = [part(mean), part(deviation), part(status)]
    const live = noises.filter((noise) => noise > 0)
    mark(means, rangeOf(means.filter(Number.isFinite), sigmas), badBits.cold, badBits.hot, bits)
    mark(noises, rangeOf(live, sigmas), badBits.quiet, badBits.noisy, bits)
    noises.forEach((noise, p) => {
      if (Number.isNaN(noise)) bits[p] = badBits['without value']
      else if (noise === 0) bits[p] = badBits.dead
    })
  }
  return status
}

function mark(
  values: Float64Array,
  [low, high]: readonly [number, number],
  below: number,
  above: number,
  bits: Uint8Array,
): void {
  values.forEach((value, p) => {
    if (value < low) bits[p] |= below
    if (value > high) bits[p] |= above
  })
}

/** A spread of 0 would call every other value bad: it is at least a thousandth of the middle value. */
function rangeOf(values: Float64Array, sigmas: number): [number, number] {
  if (values.length === 0) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const middle = medianOf(values)
  const spread = Math.max(1.4826 * medianOf(values.map((value) => Math.abs(value - middle))), 1e-3 * Math.abs(middle))
  return [middle - sigmas * spread, middle + sigmas * spread]
}

/** The middle value, the mean of two for an even number; NaN of nothing. */
export function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/** Bad pixels by kind, most frequent bit first in the order of `badBits`; a pixel may be of several. */
export function countBadPixels(status: Uint8Array): { bad: number; kinds: readonly (readonly [BadKind, number])[] } {
  const count = (wanted: (bits: number) => boolean): number =>
    status.reduce((sum, bits) => sum + (wanted(bits) ? 1 : 0), 0)
  const kinds = Object.entries(badBits).map(
    ([kind, bit]) => [kind as BadKind, count((bits) => (bits & bit) !== 0)] as const,
  )
  return { bad: count((bits) => bits !== 0), kinds: kinds.filter(([, found]) => found > 0) }
}
