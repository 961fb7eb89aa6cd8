// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the mean intensity of every element says about the elements of each ring. */
import { remembering } from '../../correlators/remembering.js'
import { smoothVariance } from './smooth.js'

/** Elements of a ring by number, saturated ones left out. */
export interface RingElements {
  readonly colors: Int32Array
  /** All elements of the ring, saturated or not. */
  readonly sizes: Float64Array
  readonly alive: readonly Int32Array[]
}

/** Rings in ascending order of their labels. `saturated` [elements]. */
export function ringElements(color: Int32Array, saturated: ArrayLike<number>): RingElements {
  let largest = 0
  for (const label of color) if (label > largest) largest = label
  const sizes = new Int32Array(largest + 1)
  const left = new Int32Array(largest + 1)
  for (let i = 0; i < color.length; i++) {
    sizes[color[i]]++
    if (saturated[i] === 0) left[color[i]]++
  }
  const colors = Int32Array.from(sizes.keys()).filter((label) => label > 0 && sizes[label] > 0)
  const alive = new Map(Array.from(colors, (label) => [label, new Int32Array(left[label])]))
  const filled = new Int32Array(largest + 1)
  for (let i = 0; i < color.length; i++) {
    if (color[i] <= 0 || saturated[i] !== 0) continue
    const own = alive.get(color[i]) as Int32Array
    own[filled[color[i]]++] = i
  }
  return { colors, sizes: Float64Array.from(colors, (label) => sizes[label]), alive: [...alive.values()] }
}

/** Elements of a ring that an update on the way looks at, at most, and neighbours that stay together. */
const glance = 8192
const together = 64

/** A part of the elements of large rings, evenly spread, for updates on the way: the last one looks at all. */
export function thinnedRings(rings: RingElements): RingElements {
  return { ...rings, alive: rings.alive.map(thinned) }
}

function thinned(own: Int32Array): Int32Array {
  const step = Math.ceil(own.length / glance)
  return step <= 1 ? own : own.filter((_, k) => Math.floor(k / together) % step === 0)
}

/** As `ringElements`, for labels that do not change. */
export const keptRings = remembering(ringElements)
const glanceAt = remembering(thinnedRings)

/** What the checks of an update look at. */
export function seenRings(color: Int32Array, saturated: ArrayLike<number>, final: boolean): RingElements {
  const rings = keptRings(color, saturated)
  return final ? rings : glanceAt(rings)
}

/** Of all rings, ascending. */
export const elementsOf = remembering(({ alive }: RingElements): Int32Array => {
  const all = new Int32Array(alive.reduce((sum, own) => sum + own.length, 0))
  let at = 0
  for (const own of alive) {
    all.set(own, at)
    at += own.length
  }
  return all.sort()
})

export interface RingFacts {
  /** Mean over the elements. */
  readonly mean: number
  /** Fractions of the elements. */
  readonly dead: number
  readonly hot: number
  /** Variance of what is not speckle inside the bins that g2 is normalised by, over the mean squared. */
  readonly smooth: number
}

/** Elements are hot above so many robust standard deviations, and above so many middle values. */
const hotSigmas = 10
const hotTimes = 2
/** 1.4826 * median |x - median| is the standard deviation of a normal distribution. */
const normalScale = 1.4826
/** Fewer expected counts than this, and an element without a count may be chance. */
const countsLeast = 30
/** Middle values are those of so many elements, evenly spread. */
const sampled = 4095

/** `mean` [elements] over `events`; `own` = elements of the ring, ascending; `labelOf` = bin whose means g2 is divided by. */
export function ringFacts(
  mean: Float64Array,
  own: Int32Array,
  events: number,
  labelOf: (i: number) => number = () => 0,
): RingFacts {
  const n = own.length
  if (n === 0) return { mean: Number.NaN, dead: Number.NaN, hot: Number.NaN, smooth: Number.NaN }
  const sample = Float64Array.from(
    { length: Math.min(n, sampled) },
    (_, k) => mean[own[Math.floor((k * n) / Math.min(n, sampled))]],
  )
  const middle = median(sample)
  const spread = median(sample.map((value) => Math.abs(value - middle)))
  const counting = Math.sqrt(Math.max(0, middle) / Math.max(1, events))
  const limit = Math.max(middle + hotSigmas * Math.max(normalScale * spread, counting), hotTimes * middle)
  let [sum, zeros, hot] = [0, 0, 0]
  for (const i of own) {
    sum += mean[i]
    if (mean[i] <= 0) zeros++
    if (mean[i] > limit) hot++
  }
  return {
    mean: sum / n,
    dead: deadFraction(zeros / n, middle * events),
    hot: hot / n,
    smooth: smoothVariance(mean, own, limit, labelOf),
  }
}

/** The middle value; sorts in place. */
function median(values: Float64Array): number {
  return values.sort()[values.length >> 1]
}

/** A pattern that never moves leaves 1 / (1 + counts) of the elements dark; twice that is chance. */
function deadFraction(zeros: number, counts: number): number {
  if (counts < countsLeast) return zeros < 0.5 ? 0 : Number.NaN
  return Math.max(0, zeros - 2 / (1 + counts))
}
