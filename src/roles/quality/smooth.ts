// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How much of g2 - 1 is there at all delays because the mean intensity differs between elements for other reasons than speckle: slopes,
 * panels, hot and dead elements.
 */

/** Elements from one to the next that is not its neighbour, at most so many, are averaged: speckle is finer. */
const blockElements = 8

/** Sums over the elements of one bin. */
interface BinSums {
  readonly elements: number
  /** Of the usual elements: blocks, elements, sum, squares of block sums by their size, squares inside blocks. */
  readonly usual: { blocks: number; n: number; sum: number; square: number; inside: number }
  /** Of the hot ones. */
  readonly hot: { sum: number; square: number }
}

/** Mean over the bins, weighted by elements, of <x^2> / <x>^2 - 1, x = the smooth part of the intensity. `own` ascending; hot = above `limit`. */
export function smoothVariance(
  mean: Float64Array,
  own: Int32Array,
  limit: number,
  labelOf: (i: number) => number = () => 0,
): number {
  const bins = new Map<number, { -readonly [K in keyof BinSums]: BinSums[K] }>()
  let label = Number.NaN
  let bin: { -readonly [K in keyof BinSums]: BinSums[K] } | undefined
  for (let from = 0; from < own.length; ) {
    const next = labelOf(own[from])
    let to = from + 1
    while (to < own.length && to - from < blockElements && own[to] === own[to - 1] + 1 && labelOf(own[to]) === next)
      to++
    if (next !== label || bin === undefined) {
      label = next
      bin = bins.get(label)
      if (bin === undefined) {
        bin = { elements: 0, usual: { blocks: 0, n: 0, sum: 0, square: 0, inside: 0 }, hot: { sum: 0, square: 0 } }
        bins.set(label, bin)
      }
    }
    bin.elements += to - from
    addBlock(bin, mean, own, from, to, limit)
    from = to
  }
  let [sum, elements] = [0, 0]
  for (const one of bins.values()) {
    const variance = varianceOf(one)
    if (!Number.isFinite(variance)) continue
    sum += variance * one.elements
    elements += one.elements
  }
  return elements === 0 ? 0 : sum / elements
}

function addBlock(
  { usual, hot }: BinSums,
  mean: Float64Array,
  own: Int32Array,
  from: number,
  to: number,
  limit: number,
): void {
  let [n, sum, square] = [0, 0, 0]
  for (let k = from; k < to; k++) {
    const value = mean[own[k]]
    if (value > limit) {
      hot.sum += value
      hot.square += value * value
    } else if (value > 0) {
      n++
      sum += value
      square += value * value
    }
  }
  if (n === 0) return
  usual.blocks++
  usual.n += n
  usual.sum += sum
  usual.square += (sum * sum) / n
  usual.inside += square - (sum * sum) / n
}

/** One-way analysis of variance with blocks of unequal sizes gives the part between blocks. */
function varianceOf({ elements, usual, hot }: BinSums): number {
  const { blocks, n, sum, square, inside } = usual
  const mean = n === 0 ? 0 : sum / n
  const able = blocks > 1 && n > blocks
  const between = able ? (square - (sum * sum) / n) / (blocks - 1) : 0
  const within = able ? inside / (n - blocks) : 0
  const variance = Math.max(0, ((between - within) * blocks) / Math.max(1, n))
  const total = sum + hot.sum
  return Math.max(0, ((n * (variance + mean * mean) + hot.square) * elements) / (total * total) - 1)
}
