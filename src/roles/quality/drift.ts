// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What changed between the first and the last tenth of a run: the intensity, its profile over the rings, the place of its centre. */
import type { RingElements } from './rings.js'

/** Means of every element over the two tenths. */
export interface Tenths {
  readonly first: Float64Array
  readonly last: Float64Array
}

export interface Drift {
  /** Median over rings of I_last / I_first - 1. */
  readonly intensity: number
  readonly intensityError: number
  /** Per ring, against that median; NaN with fewer than two rings. */
  readonly profile: Float64Array
  readonly profileError: Float64Array
}

/** `speckle`: size in pixels, so that so many elements fluctuate together. */
export function driftOf({ alive }: RingElements, tenths: Tenths, speckle: number): Drift {
  const rings = alive.map((own) => {
    const [before, after] = [meanOf(tenths.first, own), meanOf(tenths.last, own)]
    const ratio = after / before
    const noise = (scatterOf(tenths, own, before, after) * Math.max(1, speckle ** 2)) / own.length
    return { ratio, error: ratio * Math.sqrt(noise) }
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

/** Shift of the pattern in pixels with its error; NaN where the rings have no slope. */
export interface Shift {
  readonly pixels: number
  readonly error: number
}

/**
 * Least squares of (last/<last>_ring - first/<first>_ring) against the slope of ln I over the radius, in the direction of every element.
 * `center` [row, column], `columns` of a picture of two axes, `elements` = pixels of the elements.
 */
export function shiftOf(
  { alive }: RingElements,
  tenths: Tenths,
  elements: Uint32Array,
  columns: number,
  [row, column]: readonly [number, number],
): Shift {
  const { first, last } = tenths
  const slopes = slopesOf(alive, first, (i) => {
    return Math.hypot(Math.floor(elements[i] / columns) - row, (elements[i] % columns) - column)
  })
  let [rr, rc, cc, dr, dc] = [0, 0, 0, 0, 0]
  alive.forEach((own, k) => {
    const [before, after] = [meanOf(first, own), meanOf(last, own)]
    const variance = scatterOf(tenths, own, before, after)
    if (!Number.isFinite(slopes[k]) || !(variance > 0)) return
    for (const i of own) {
      const [down, right] = [Math.floor(elements[i] / columns) - row, (elements[i] % columns) - column]
      const radius = Math.hypot(down, right)
      if (radius === 0) continue
      const [a, b] = [(-slopes[k] * down) / radius, (-slopes[k] * right) / radius]
      const change = last[i] / after - first[i] / before
      rr += (a * a) / variance
      rc += (a * b) / variance
      cc += (b * b) / variance
      dr += (a * change) / variance
      dc += (b * change) / variance
    }
  })
  const determinant = rr * cc - rc * rc
  const [down, right] = [(dr * cc - dc * rc) / determinant, (dc * rr - dr * rc) / determinant]
  const error = Math.sqrt(Math.max(rr, cc) / determinant)
  const pixels = Math.hypot(down, right)
  return Number.isFinite(pixels) ? { pixels, error } : { pixels: Number.NaN, error: Number.NaN }
}

/** d ln I / d radius per ring, between its neighbours. */
function slopesOf(alive: readonly Int32Array[], mean: Float64Array, radiusOf: (i: number) => number): number[] {
  const points = alive.map((own) => {
    const radius = own.reduce((sum, i) => sum + radiusOf(i), 0) / own.length
    return { radius, log: Math.log(meanOf(mean, own)) }
  })
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

/** Mean square of an element's relative change beyond that of its ring: what counting and speckle make of it. */
function scatterOf({ first, last }: Tenths, own: Int32Array, before: number, after: number): number {
  let square = 0
  for (const i of own) square += (last[i] / after - first[i] / before) ** 2
  return square / own.length
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
