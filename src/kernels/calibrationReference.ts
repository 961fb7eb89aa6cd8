// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The steps of calibration as plain loops over one frame of float32, in place: the documentation of what `calibrate.wasm` does at
 * once, equal bit for bit, and what a user's own step stands between. NaN = a pixel without a value.
 */

/** Which pixels share a common mode: lines of `length` neighbours, or the columns of panels of `rows` x `length`, `joined` neighbouring ones together. */
export interface Lines {
  readonly kind: 'lines' | 'columns'
  readonly length: number
  readonly rows: number
  /** Lines, or columns of all panels, in a frame. */
  readonly count: number
  /** Columns with one common mode; divides `length`. 1 for lines. */
  readonly joined: number
}

/** Common modes of a frame. */
export function modesOf({ count, joined }: Lines): number {
  return count / joined
}

export interface CommonModeRule {
  readonly lines: Lines
  /** Values this far from the common mode or farther hold photons and take no part; raw units. */
  readonly limit: number
}

export type Photonize = 'none' | 'round' | 'threshold'

/** A common mode is found around 0; one beyond this part of the limit is found once more, around what was found. */
export const centeredPart = 0.25
/** A line with fewer values within the limit is left alone. */
export const fewestValues = 10

/** frame[i] -= map[i] */
export function subtract(frame: Float32Array, map: Float32Array): void {
  for (let i = 0; i < frame.length; i++) frame[i] -= map[i]
}

/** frame[i] *= map[i] */
export function multiply(frame: Float32Array, map: Float32Array): void {
  for (let i = 0; i < frame.length; i++) frame[i] *= map[i]
}

/** frame[i] *= factor, a float32. */
export function scale(frame: Float32Array, factor: number): void {
  const narrow = Math.fround(factor)
  for (let i = 0; i < frame.length; i++) frame[i] *= narrow
}

/**
 * Mean per line of the values within `limit` of 0 and then, where that mean is beyond a quarter of the limit, within `limit` of it. Into
 * `modes` [lines.count], the same for joined columns; 0 for a line with fewer than `fewestValues` such values. Returns how many lines those are.
 */
export function commonModes(frame: Float32Array, { lines, limit }: CommonModeRule, modes: Float32Array): number {
  modes.fill(0)
  let left = 0
  const open = new Uint8Array(lines.count).fill(1)
  for (let round = 0; round < 2; round++) {
    const sums = new Float64Array(4 * lines.count)
    const counts = new Int32Array(lines.count)
    frame.forEach((value, i) => {
      const { line, place } = placeOf(i, lines)
      if (open[line] === 0 || !(Math.abs(Math.fround(value - modes[line])) < Math.fround(limit))) return
      sums[4 * line + place] += value
      counts[line]++
    })
    left += settle(sums, counts, modes, open, lines.joined)
    modes.forEach((mode, line) => {
      if (!isOff(mode, limit)) open[line] = 0
    })
  }
  return left
}

/** True for a common mode that is to be found once more. */
export function isOff(mode: number, limit: number): boolean {
  return Math.abs(mode) > centeredPart * limit
}

/** The line of pixel i and the partial sum that it is added to: partial sums are by position in the line modulo 4. */
function placeOf(i: number, { kind, length, rows }: Lines): { line: number; place: number } {
  if (kind === 'lines') return { line: Math.floor(i / length), place: (i % length) % 4 }
  return { line: Math.floor(i / (rows * length)) * length + (i % length), place: 0 }
}

function settle(sums: Float64Array, counts: Int32Array, modes: Float32Array, open: Uint8Array, joined: number): number {
  let left = 0
  for (let line = 0; line < modes.length; line += joined) {
    if (open[line] === 0) continue
    const count = counts.subarray(line, line + joined).reduce((total, own) => total + own, 0)
    const mode = count < fewestValues ? 0 : sumOfColumns(sums, line, joined) / count
    modes.fill(mode, line, line + joined)
    if (count < fewestValues) left++
  }
  return left
}

/** Partial sums of a line or of joined columns, one column after the other. */
function sumOfColumns(sums: Float64Array, line: number, joined: number): number {
  let sum = 0
  for (let column = line; column < line + joined; column++) {
    const [a, b, c, d] = sums.subarray(4 * column, 4 * column + 4)
    sum += a + b + (c + d)
  }
  return sum
}

/** frame[i] -= the common mode of its line. */
export function subtractModes(frame: Float32Array, lines: Lines, modes: Float32Array): void {
  for (let i = 0; i < frame.length; i++) frame[i] -= modes[placeOf(i, lines).line]
}

/**
 * Values below `lld` become 0. Returns how many results that changes: of values other than 0 for 'none', of values that would have
 * been rounded to a photon for 'round'. For 'threshold' the lld belongs to `photonize`.
 */
export function cutLow(frame: Float32Array, lld: number, mode: Photonize): number {
  if (mode === 'threshold') return 0
  const narrow = Math.fround(lld)
  let changed = 0
  for (let i = 0; i < frame.length; i++) {
    if (!(frame[i] < narrow)) continue
    if (mode === 'none' ? frame[i] !== 0 : nearest(frame[i]) >= 1) changed++
    frame[i] = 0
  }
  return changed
}

/**
 * Photons: 'round' = the nearest whole number, halves to the even one, at least 0; 'threshold' = floor(value - lld) + 1, at least 0: the n-th photon counts
 * from n - 1 + lld on. Returns how many results the lld changes against rounding, 0 for 'round'.
 */
export function photonize(frame: Float32Array, mode: 'round' | 'threshold', lld: number): number {
  const narrow = Math.fround(lld)
  let changed = 0
  for (let i = 0; i < frame.length; i++) {
    const rounded = Math.max(nearest(frame[i]), 0)
    const above = Math.fround(Math.floor(Math.fround(frame[i] - narrow)) + 1)
    if (mode === 'threshold' && Math.max(above, 0) !== rounded && !Number.isNaN(frame[i])) changed++
    frame[i] = mode === 'round' ? rounded : Math.max(above, 0)
  }
  return changed
}

/** The nearest whole number, halves to the even one, as numpy.rint. */
function nearest(value: number): number {
  const down = Math.floor(value)
  const part = value - down
  return part < 0.5 || (part === 0.5 && down % 2 === 0) ? down : down + 1
}
