// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What changed between the first and the last tenth of a run: the intensity, its profile over the rings, the place of its centre. */
import type { RingElements } from './rings.js'

/** Means of every element over the two tenths. */
export interface Tenths {
  readonly first: Float64Array
  readonly last: Float64Array
}

/** One ring in both tenths. */
export interface RingChange {
  /** Mean over the elements. */
  readonly before: number
  readonly after: number
  /** Mean square of an element's relative change beyond that of its ring: what counting and speckle make of it. */
  readonly scatter: number
}

export interface Drift {
  /** Median over rings of I_last / I_first - 1. */
  readonly intensity: number
  readonly intensityError: number
  /** Per ring, against that median; NaN with fewer than two rings. */
  readonly profile: Float64Array
  readonly profileError: Float64Array
}

/** Where the elements lie: their pixels, the columns of the picture, and the centre of the rings. */
export interface Picture {
  readonly elements: Uint32Array
  readonly columns: number
  readonly center: readonly [row: number, column: number]
}

/** Shift of the pattern in pixels with its error; NaN where the rings have no slope. */
export interface Shift {
  readonly pixels: number
  readonly error: number
}

export function ringChange(own: Int32Array, { first, last }: Tenths): RingChange {
  const [before, after] = [meanOf(first, own), meanOf(last, own)]
  let square = 0
  for (const i of own) {
    const change = last[i] / after - first[i] / before
    square += change * change
  }
  return { before, after, scatter: square / own.length }
}

/** `speckle`: size in pixels, so that so many elements fluctuate together. */
export function driftOf({ alive }: RingElements, changes: readonly RingChange[], speckle: number): Drift {
  const rings = changes.map(({ before, after, scatter }, c) => {
    const ratio = after / before
    return { ratio, error: ratio * Math.sqrt((scatter * Math.max(1, speckle ** 2)) / alive[c].length) }
  })
  const known = rings.filter(({ ratio }) => Number.isFinite(ratio))
  const common = median(known.map(({ ratio }) => ratio))
  const several = known.length > 1
  return {
    intensity: common - 1,
    intensityError: median(known.map(({ error }) => error)),
    profile: Float64Array.from(rings, ({ ratio }) => (several ? ratio / common - 1 : Number.NaN)),
    profileError: Float64Array.from(rings, ({ error }) => (several ? error / common : Number.NaN)),
  }
}

/** Least squares of last/<last>_ring - first/<first>_ring against the slope of ln I over the radius, in the direction of every element. */
export function shiftOf(
  { alive }: RingElements,
  tenths: Tenths,
  changes: readonly RingChange[],
  picture: Picture,
): Shift {
  const slopes = slopesOf(alive, changes, picture)
  const sums = new Float64Array(5)
  alive.forEach((own, k) => {
    if (Number.isFinite(slopes[k]) && changes[k].scatter > 0) addRing(own, tenths, changes[k], slopes[k], picture, sums)
  })
  const [rr, rc, cc, dr, dc] = sums
  const determinant = rr * cc - rc * rc
  const pixels = Math.hypot((dr * cc - dc * rc) / determinant, (dc * rr - dr * rc) / determinant)
  const error = Math.sqrt(Math.max(rr, cc) / determinant)
  return Number.isFinite(pixels) ? { pixels, error } : { pixels: Number.NaN, error: Number.NaN }
}

/** Normal equations: rows and columns of the shift, then what they are to explain. */
function addRing(
  own: Int32Array,
  { first, last }: Tenths,
  { before, after, scatter }: RingChange,
  slope: number,
  { elements, columns, center: [row, column] }: Picture,
  sums: Float64Array,
): void {
  let [rr, rc, cc, dr, dc] = [0, 0, 0, 0, 0]
  for (const i of own) {
    const pixel = elements[i]
    const line = Math.floor(pixel / columns)
    const [down, right] = [line - row, pixel - line * columns - column]
    const radius = Math.sqrt(down * down + right * right)
    if (radius === 0) continue
    const [a, b] = [(-slope * down) / radius, (-slope * right) / radius]
    const change = last[i] / after - first[i] / before
    rr += a * a
    rc += a * b
    cc += b * b
    dr += a * change
    dc += b * change
  }
  const parts = [rr, rc, cc, dr, dc]
  for (let k = 0; k < 5; k++) sums[k] += parts[k] / scatter
}

/** d ln I / d radius per ring, between its neighbours. */
function slopesOf(alive: readonly Int32Array[], changes: readonly RingChange[], picture: Picture): number[] {
  const points = alive.map((own, k) => ({ radius: radiusOf(own, picture), log: Math.log(changes[k].before) }))
  const order = [...points.keys()]
    .filter((k) => Number.isFinite(points[k].log))
    .sort((a, b) => points[a].radius - points[b].radius)
  const slopes = points.map(() => Number.NaN)
  order.forEach((k, at) => {
    const [before, after] = [points[order[Math.max(0, at - 1)]], points[order[Math.min(order.length - 1, at + 1)]]]
    if (after.radius > before.radius) slopes[k] = (after.log - before.log) / (after.radius - before.radius)
  })
  return slopes
}

/** Mean over about a thousand elements, evenly spread. */
function radiusOf(own: Int32Array, { elements, columns, center: [row, column] }: Picture): number {
  const step = Math.max(1, Math.floor(own.length / 1024))
  let [sum, count] = [0, 0]
  for (let k = 0; k < own.length; k += step) {
    const pixel = elements[own[k]]
    sum += Math.hypot(Math.floor(pixel / columns) - row, (pixel % columns) - column)
    count++
  }
  return sum / count
}

function meanOf(values: Float64Array, own: Int32Array): number {
  let sum = 0
  for (const i of own) sum += values[i]
  return sum / own.length
}

function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
