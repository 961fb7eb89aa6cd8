// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the mean intensity of every element says about the elements of each ring. */

/** Elements of a ring by number, saturated ones left out. */
export interface RingElements {
  readonly colors: Int32Array
  /** All elements of the ring, saturated or not. */
  readonly sizes: Float64Array
  readonly alive: readonly Int32Array[]
}

/** Rings in ascending order of their labels. `saturated` [elements]. */
export function ringElements(color: Int32Array, saturated: ArrayLike<number>): RingElements {
  const members = new Map<number, number[]>()
  const sizes = new Map<number, number>()
  for (let i = 0; i < color.length; i++) {
    const label = color[i]
    if (label <= 0) continue
    let own = members.get(label)
    if (own === undefined) {
      own = []
      members.set(label, own)
    }
    sizes.set(label, (sizes.get(label) ?? 0) + 1)
    if (saturated[i] === 0) own.push(i)
  }
  const colors = Int32Array.from(members.keys()).sort()
  return {
    colors,
    sizes: Float64Array.from(colors, (label) => sizes.get(label) as number),
    alive: Array.from(colors, (label) => Int32Array.from(members.get(label) as number[])),
  }
}

export interface RingFacts {
  /** Mean over the elements. */
  readonly mean: number
  /** Fractions of the elements. */
  readonly dead: number
  readonly hot: number
  /** Elements above this are hot. */
  readonly limit: number
}

/** Elements from here to the next one that is not their neighbour, at most so many, are averaged to see what is smooth. */
const blockElements = 8
/** Elements are hot above so many robust standard deviations, and above so many middle values. */
const hotSigmas = 10
const hotTimes = 2
/** 1.4826 * median |x - median| is the standard deviation of a normal distribution. */
const normalScale = 1.4826
/** Fewer expected counts than this, and an element without a count may be chance. */
const countsLeast = 30

/** `mean` [elements] over `events`; `own` = elements of the ring, ascending. */
export function ringFacts(mean: Float64Array, own: Int32Array, events: number): RingFacts {
  const n = own.length
  if (n === 0) return { mean: Number.NaN, dead: Number.NaN, hot: Number.NaN, limit: Number.NaN }
  const sorted = Float64Array.from(own, (i) => mean[i]).sort()
  const middle = sorted[n >> 1]
  const spread = Float64Array.from(sorted, (value) => Math.abs(value - middle)).sort()[n >> 1]
  const counting = Math.sqrt(Math.max(0, middle) / Math.max(1, events))
  const limit = Math.max(middle + hotSigmas * Math.max(normalScale * spread, counting), hotTimes * middle)
  const average = sorted.reduce((sum, value) => sum + value, 0) / n
  const zeros = sorted.reduce((count, value) => count + (value <= 0 ? 1 : 0), 0)
  return {
    mean: average,
    dead: deadFraction(zeros / n, middle * events),
    hot: sorted.reduce((count, value) => count + (value > limit ? 1 : 0), 0) / n,
    limit,
  }
}

/** A pattern that never moves leaves 1 / (1 + counts) of the elements dark; twice that is chance. */
function deadFraction(zeros: number, counts: number): number {
  if (counts < countsLeast) return zeros < 0.5 ? 0 : Number.NaN
  return Math.max(0, zeros - 2 / (1 + counts))
}

/**
 * Variance of what is not speckle in the intensity of `own` elements, over their mean squared: slopes, panels, hot (above `limit`) and dead
 * elements, which lift g2 at all delays. Of the other elements it is the variance between runs of neighbours beyond what the variance inside
 * them explains.
 */
export function smoothVariance(mean: Float64Array, own: Int32Array, limit: number): number {
  const usual = own.filter((i) => mean[i] <= limit && mean[i] > 0)
  const field = betweenBlocks(mean, usual)
  let [sum, square] = [usual.length * field.mean, usual.length * (field.variance + field.mean ** 2)]
  for (const i of own) {
    if (mean[i] <= limit) continue
    sum += mean[i]
    square += mean[i] ** 2
  }
  return Math.max(0, (square * own.length) / sum ** 2 - 1)
}

/** One-way analysis of variance with blocks of unequal sizes. */
function betweenBlocks(mean: Float64Array, own: Int32Array): { mean: number; variance: number } {
  let [blocks, sum, square, inside] = [0, 0, 0, 0]
  for (let from = 0; from < own.length; ) {
    let to = from + 1
    while (to < own.length && to - from < blockElements && own[to] === own[to - 1] + 1) to++
    const part = momentsOf(mean, own, from, to)
    blocks++
    sum += part.sum
    square += part.sum ** 2 / (to - from)
    inside += part.square - part.sum ** 2 / (to - from)
    from = to
  }
  const elements = own.length
  if (elements === 0) return { mean: 0, variance: 0 }
  if (blocks < 2 || elements === blocks) return { mean: sum / elements, variance: 0 }
  const between = (square - sum ** 2 / elements) / (blocks - 1)
  const within = inside / (elements - blocks)
  return { mean: sum / elements, variance: Math.max(0, ((between - within) * blocks) / elements) }
}

function momentsOf(mean: Float64Array, own: Int32Array, from: number, to: number): { sum: number; square: number } {
  let [sum, square] = [0, 0]
  for (let k = from; k < to; k++) {
    sum += mean[own[k]]
    square += mean[own[k]] ** 2
  }
  return { sum, square }
}
