// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Means of G2, IP and IF over groups of elements (rings, static bins, fine colors), written out over whole arrays. */

/** Per-element means over pairs at one delay, [elements]. */
export interface PixelMeans {
  readonly G2: Float64Array
  readonly IP: Float64Array
  readonly IF: Float64Array
}

/** Elements by group; -1 = in none. */
export interface Groups {
  readonly groupOf: Int32Array
  readonly count: number
  readonly sizes: Float64Array
}

/** Groups of equal keys; null = no group. In the order of first appearance. */
export function groupsOf(elements: number, keyOf: (i: number) => number | null): Groups {
  const numbers = new Map<number, number>()
  const groupOf = new Int32Array(elements).fill(-1)
  const sizes: number[] = []
  for (let i = 0; i < elements; i++) {
    const key = keyOf(i)
    if (key === null) continue
    let group = numbers.get(key)
    if (group === undefined) {
      group = sizes.push(0) - 1
      numbers.set(key, group)
    }
    groupOf[i] = group
    sizes[group]++
  }
  return { groupOf, count: sizes.length, sizes: Float64Array.from(sizes) }
}

/** Means of the elements of every group. */
export function groupMeans({ groupOf, count, sizes }: Groups, pixels: PixelMeans): PixelMeans {
  const mean = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(count)
    for (let i = 0; i < groupOf.length; i++) if (groupOf[i] >= 0) sums[groupOf[i]] += values[i]
    return sums.map((sum, group) => sum / sizes[group])
  }
  return { G2: mean(pixels.G2), IP: mean(pixels.IP), IF: mean(pixels.IF) }
}

/** G2 / (IP IF) per group or element; NaN where undefined. */
export function ratiosOf({ G2, IP, IF }: PixelMeans): Float64Array {
  return G2.map((value, i) => finiteOrNaN(value / (IP[i] * IF[i])))
}

export function finiteOrNaN(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}
