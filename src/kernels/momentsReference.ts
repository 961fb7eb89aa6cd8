// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Moments of G2, IP and IF over bins of elements, in plain TypeScript. Values are taken relative to those of the first element
 * of the bin (*shift*), so that the spread of large sums survives. The bits depend on this order only: tiles one after another;
 * in a tile of one bin the elements of even and of odd number are summed apart and added to the first and second part of a
 * moment; in a mixed tile one element after another is added to the first part.
 */
import { type MomentsPlace, momentsWidth, type SumsPlace, tileElements } from './pairKernels.js'

/** What an element collected in all ticks before a ring position; null = nothing is to be added. */
type Collected = (element: number) => ((position: number) => number) | null

/** `later` = ring position of `OpenCredits`. */
export function momentsReference(
  { buffer }: WebAssembly.Memory,
  sums: SumsPlace,
  place: MomentsPlace,
  collected: Collected,
  later: number,
): void {
  const { first, tiles, from, count } = place
  const binOf = new Int32Array(buffer, place.binOf, tiles * tileElements)
  const isOpen = new Uint8Array(buffer, place.isOpen, count)
  const starts = new Int32Array(buffer, place.starts, count)
  const read = (tile: number, e: number, d: number): [G2: number, IP: number, IF: number] => {
    const at = 8 * (((first + tile) * sums.delays + from + d) * tileElements + e)
    const [G2, IP, IF] = [sums.G2, sums.moving, sums.fixed].map((sum) =>
      sum === 0 ? 0 : new Float64Array(buffer, sum + at, 1)[0],
    )
    const before = isOpen[d] === 1 ? collected((first + tile) * tileElements + e) : null
    return before === null ? [G2, IP, IF] : [G2, IP + before(starts[d]), IF + before(later)]
  }
  const momentsOf = (bin: number, d: number): Float64Array =>
    new Float64Array(buffer, place.out + 8 * (bin * count + d) * momentsWidth, momentsWidth)
  for (let tile = 0; tile < tiles; tile++) {
    const bins = binOf.subarray(tile * tileElements, (tile + 1) * tileElements)
    for (let d = 0; d < count; d++) {
      const values = Array.from(bins, (bin, e) => (bin < 0 ? [] : read(tile, e, d)))
      if (bins.some((bin) => bin !== bins[0])) {
        bins.forEach((bin, e) => {
          if (bin >= 0) addTo(momentsOf(bin, d), [values[e]], 0)
        })
      } else if (bins[0] >= 0) {
        for (const part of [0, 1])
          addTo(
            momentsOf(bins[0], d),
            values.filter((_, e) => e % 2 === part),
            part,
          )
      }
    }
  }
}

/** Add the sums over `elements`, [G2, IP, IF] each, to one part of the moments `to`. */
function addTo(to: Float64Array, elements: readonly (readonly number[])[], part: number): void {
  const total = new Float64Array(9)
  for (const sums of elements) {
    if (Number.isNaN(to[0])) to.set(sums)
    const [g, p, f] = sums.map((value, k) => value - to[k])
    for (const [k, value] of [g, p, f, g * g, p * p, f * f, g * p, g * f, p * f].entries()) total[k] += value
  }
  for (let k = 0; k < total.length; k++) to[4 + 2 * k + part] += total[k]
}
