// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Moments of G2, IP and IF over bins of elements, in plain TypeScript. Values are taken relative to those of the first element
 * of the bin (*shift*), so that the spread of large sums survives. Elements of even and of odd number have a part of each moment
 * of their own. The bits depend on this order only: tiles one after another; in a tile of one bin a part's elements are summed
 * before they are added to the moment, in a mixed tile they are added one after another.
 */
import {
  type CellsPlace,
  closedMomentsWidth,
  type MomentsPlace,
  momentsWidth,
  type OpenCredits,
  type RingPlace,
  type SumsPlace,
  type TotalsPlace,
  tileElements,
} from './pairKernels.js'

/** What an element of a ring whose last tick lies before `end` collected before a ring position. */
type Collected = (ring: RingPlace, end: number, element: number) => (position: number) => number

export function momentsReference(
  { buffer }: WebAssembly.Memory,
  sums: SumsPlace,
  place: MomentsPlace,
  open: OpenCredits | null,
  { values: totals }: TotalsPlace,
  collected: Collected,
): void {
  const { first, tiles, from, count } = place
  const windows = open === null ? 0 : open.heads ? 2 * count : count
  const listed = new Int32Array(buffer, place.windows, 2 * windows)
  const positionOf = new Map(Array.from({ length: windows }, (_, i) => [listed[2 * i + 1], listed[2 * i]]))
  const collectedBy = new Map<number, (position: number) => number>()
  const binOf = new Int32Array(buffer, place.binOf, tiles * tileElements)
  const isOpen = new Uint8Array(buffer, place.isOpen, count)
  const read = (tile: number, e: number, d: number): [G2: number, IP: number, IF: number] => {
    const index = ((first + tile) * sums.delays + from + d) * tileElements + e
    const [G2, IP, IF] = [sums.G2, sums.moving, sums.fixed].map((at) =>
      at === 0 ? 0 : sumsAt(buffer, sums, at)[index],
    )
    if (open === null || isOpen[d] === 0) return [G2, IP, IF]
    const element = (first + tile) * tileElements + e
    const total = new Float64Array(buffer, totals + 8 * element, 1)[0]
    const before = collectedBy.get(element) ?? collected(open.ring, open.end, element)
    collectedBy.set(element, before)
    const beforeWindow = (window: number): number => before(positionOf.get(window) as number)
    return [G2, IP + beforeWindow(d), IF + (open.heads ? total - beforeWindow(count + d) : total)]
  }
  const momentsOf = (bin: number, d: number): Float64Array =>
    new Float64Array(buffer, place.out + 8 * (bin * count + d) * momentsWidth, momentsWidth)
  for (let tile = 0; tile < tiles; tile++) {
    const bins = binOf.subarray(tile * tileElements, (tile + 1) * tileElements)
    for (let d = 0; d < count; d++) {
      const values = Array.from(bins, (bin, e) => (bin < 0 ? [] : read(tile, e, d)))
      if (bins.some((bin) => bin !== bins[0])) {
        bins.forEach((bin, e) => {
          if (bin >= 0) addTo(momentsOf(bin, d), [values[e]], e % 2)
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

/** Records of zeros, whose first shift is not known yet. */
export function openReference({ buffer }: WebAssembly.Memory, at: number, records: number): void {
  const moments = new Float64Array(buffer, at, records * momentsWidth)
  moments.fill(0)
  for (let i = 0; i < records; i++) moments[i * momentsWidth] = Number.NaN
}

/** Three shifts and the nine moments, both parts of each added, of one record behind the other. */
export function closeReference({ buffer }: WebAssembly.Memory, at: number, records: number): void {
  const moments = new Float64Array(buffer, at, records * momentsWidth)
  for (let i = 0; i < records; i++) {
    const [from, to] = [i * momentsWidth, i * closedMomentsWidth]
    for (let k = 0; k < 3; k++) moments[to + k] = moments[from + k]
    for (let k = 0; k < 9; k++) moments[to + 3 + k] = moments[from + 4 + 2 * k] + moments[from + 5 + 2 * k]
  }
}

/** G2 of every element to its cell, delay after delay. */
export function cellsReference(
  { buffer }: WebAssembly.Memory,
  place: SumsPlace,
  { first, tiles, cellOf, out }: CellsPlace,
): void {
  const { G2, delays } = place
  const from = first * tileElements * delays
  const products = sumsAt(buffer, place, G2).subarray(from, from + tiles * tileElements * delays)
  const cells = new Int32Array(buffer, cellOf, tiles * tileElements)
  const sums = new Float64Array(buffer, out, (Math.max(-1, ...cells) + 1) * delays)
  products.forEach((value, i) => {
    const tile = Math.floor(i / (delays * tileElements))
    const delay = Math.floor(i / tileElements) % delays
    const cell = cells[tile * tileElements + (i % tileElements)]
    if (cell >= 0) sums[cell * delays + delay] += value
  })
}

/** All from `at` on as sums. */
function sumsAt(buffer: ArrayBuffer, { narrow }: SumsPlace, at: number): Float64Array | Int32Array {
  const count = Math.floor((buffer.byteLength - at) / (narrow ? 4 : 8))
  return narrow ? new Int32Array(buffer, at, count) : new Float64Array(buffer, at, count)
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
