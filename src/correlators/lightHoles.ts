// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Elements without value must not look like a weaker beam: the intensity S of a color in an event is the number N of its elements times the
 * mean of those that have a value there, S = N / (N - holes) * sum of the values.
 */
import { labelTable } from './normalizations.js'

/** Elements of every color, labels ascending. */
export function elementsOfColors(color: Int32Array): Float64Array {
  const { labels, rowOf } = labelTable(color)
  const elements = new Float64Array(labels.length)
  for (const label of color) if (label > 0) elements[rowOf.get(label) ?? 0]++
  return elements
}

/** Sums [events x colors] become S where some of the `elements` [colors] are `holes`; NaN where all are. */
export function fillHoles(sums: Float64Array, holes: Float64Array, elements: Float64Array): void {
  holes.forEach((missing, i) => {
    const all = elements[i % elements.length]
    if (missing > 0) sums[i] = missing < all ? (sums[i] * all) / (all - missing) : Number.NaN
  })
}

/** Holes of one worker more; null = none so far. */
export function addHoles(sum: Float64Array | null, values: Float64Array): Float64Array {
  return sum === null ? values : sum.map((value, i) => value + values[i])
}
