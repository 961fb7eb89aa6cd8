// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What one curve of g2 says about itself: its baseline, its contrast, and whether the first delay fits the next ones. */

export interface CurveFacts {
  /** g2 at the longest delays. */
  readonly baseline: number
  readonly baselineError: number
  /** g2 - baseline at the second to fourth delay. */
  readonly contrast: number
  readonly contrastError: number
  /** g2 at the first delay minus what the next four let expect. */
  readonly first: number
  readonly firstError: number
}

interface Point {
  readonly delay: number
  readonly g2: number
  readonly error: number
}

/** The baseline is the mean of delays from half the longest one on that has so large a part of all pairs, so many at most. */
const baselinePoints = 5
const baselinePart = 0.2
/** Fewer delays, or a shorter range, do not tell a curve that has not decayed from one that has. */
const fewestPoints = 5
const shortestRange = 10
/** Delays that the contrast is the mean of, and those that the first one is extrapolated from. */
const contrastPoints = [1, 4] as const
const nextPoints = [1, 5] as const

/** `g2`, `error` [delays] of one ring, `pairs` [delays] relative to the events that could pair at that delay. */
export function curveFacts(
  delays: Float64Array,
  g2: Float64Array,
  error: Float64Array,
  pairs: Float64Array,
): CurveFacts {
  const points: (Point & { readonly part: number })[] = []
  delays.forEach((delay, d) => {
    if (delay > 0 && Number.isFinite(g2[d]) && error[d] > 0)
      points.push({ delay, g2: g2[d], error: error[d], part: pairs[d] })
  })
  if (points.length < fewestPoints || points[points.length - 1].delay < shortestRange * points[0].delay)
    return nothingSaid
  const reached = points.filter(({ part }) => part >= baselinePart)
  const longest = reached.at(-1)?.delay ?? 0
  const long = reached.filter(({ delay }) => delay >= longest / 2).slice(-baselinePoints)
  const base = meanOf(long.length > 0 ? long : points.slice(-1))
  const short = meanOf(points.slice(...contrastPoints))
  const first = firstOf(points, base.value)
  return {
    baseline: base.value,
    baselineError: base.error,
    contrast: short.value - base.value,
    contrastError: Math.hypot(short.error, base.error),
    first: first.value,
    firstError: first.error,
  }
}

const unknown = Number.NaN
const nothingSaid: CurveFacts = {
  baseline: unknown,
  baselineError: unknown,
  contrast: unknown,
  contrastError: unknown,
  first: unknown,
  firstError: unknown,
}

/** Weighted mean. Neighbouring delays share their noise, so that the error is that of the best point. */
function meanOf(points: readonly Point[]): { value: number; error: number } {
  if (points.length === 0) return { value: Number.NaN, error: Number.NaN }
  let [sum, weight] = [0, 0]
  for (const { g2, error } of points) {
    sum += g2 / error ** 2
    weight += 1 / error ** 2
  }
  return { value: sum / weight, error: Math.min(...points.map(({ error }) => error)) }
}

/** ln(g2 - baseline) is a line for one relaxation; where it has no logarithm, g2 itself is taken as a line. */
function firstOf(points: readonly Point[], baseline: number): { value: number; error: number } {
  const next = points.slice(...nextPoints)
  if (next.length < nextPoints[1] - nextPoints[0]) return { value: Number.NaN, error: Number.NaN }
  const clear = next.every(({ g2, error }) => g2 - baseline > 4 * error)
  const scaled = next.map(({ delay, g2, error }) => {
    const height = g2 - baseline
    return clear ? { delay, y: Math.log(height), error: error / height } : { delay, y: height, error }
  })
  const { value, error } = lineAt(scaled, points[0].delay)
  const expected = clear ? Math.exp(value) : value
  const expectedError = clear ? expected * error : error
  return { value: points[0].g2 - baseline - expected, error: Math.hypot(points[0].error, expectedError) }
}

/** The weighted straight line through points, at `delay`. */
function lineAt(
  points: readonly { delay: number; y: number; error: number }[],
  delay: number,
): { value: number; error: number } {
  let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0]
  for (const { delay: x, y, error } of points) {
    const weight = 1 / error ** 2
    w += weight
    wx += weight * x
    wy += weight * y
    wxx += weight * x * x
    wxy += weight * x * y
  }
  const determinant = w * wxx - wx * wx
  const slope = (w * wxy - wx * wy) / determinant
  const value = (wy - slope * wx) / w + slope * delay
  return { value, error: Math.sqrt(1 / w + ((delay - wx / w) ** 2 * w) / determinant) }
}

/**
 * g2 - 1 that a fully coherent beam gives on pixels of edge 1 with speckles of `size` pixels: the inverse number of speckles that a square
 * pixel sees, for speckles of Gaussian shape with correlation area size^2 (Goodman, Speckle Phenomena in Optics, 2007, section 4.4).
 */
export function coherentContrast(size: number): number {
  const area = 1 / size ** 2
  const root =
    errorFunction(Math.sqrt(Math.PI * area)) / Math.sqrt(area) - (1 - Math.exp(-Math.PI * area)) / (Math.PI * area)
  return root ** 2
}

/** Abramowitz and Stegun 7.1.26, within 1.5e-7. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * x)
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
  return 1 - series * Math.exp(-x * x)
}
