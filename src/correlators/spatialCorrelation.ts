// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Speckle size from the spatial autocorrelation. Two events one after the other show the same speckles, but not the same photons: with A and B
 * their intensities, C(s) = <A(p) B(p + s)> / (<A(p)> <B(p + s)>) - 1 over pairs of pixels of one color has no shot noise, at s = 0 neither,
 * and no beam. Along rows and along columns the size is the integral width, sum over s of C(s) / C(0): w for squares of w pixels.
 */

/** Shifts 0..shiftMost. C beyond half of them is the baseline: slopes of the intensity inside a color. */
export const shiftMost = 16
const shifts = shiftMost + 1
/** C(0) counts from so many standard deviations of the baseline on; a larger shift from so many. */
const seenFrom = 5
const countsFrom = 2

/** Pixels of one detector: `color` [frameSize] is the row of a pixel's color, -1 = none. The last two axes are rows and columns. */
export interface ColorImage {
  readonly rows: number
  readonly columns: number
  readonly panels: number
  readonly color: Int32Array
  readonly colors: number
}

/** Edges of a speckle in pixels; NaN = not to be seen. */
export interface SpeckleSize {
  readonly rows: number
  readonly columns: number
}

export class SpatialCorrelation {
  readonly #image: ColorImage
  /** Sums over pairs of events: of products, and of what they would be without correlation; [axis][color][shift]. */
  readonly #products: Float64Array
  readonly #expected: Float64Array
  #events = 0

  constructor(image: ColorImage) {
    this.#image = image
    this.#products = new Float64Array(2 * image.colors * shifts)
    this.#expected = new Float64Array(2 * image.colors * shifts)
  }

  /** Pairs of events so far. */
  get events(): number {
    return this.#events
  }

  /** Two events, [frameSize] each; values that are not finite are holes. */
  add(first: Float64Array, second: Float64Array): void {
    for (let shift = 0; shift < shifts; shift++) {
      this.#addShift(first, second, 0, shift)
      this.#addShift(first, second, 1, shift)
    }
    this.#events++
  }

  /** C of a color, null = of all together; axis 0 = along columns (to other rows), 1 = along rows. [shifts], NaN = no pixels. */
  correlation(axis: 0 | 1, color: number | null): Float64Array {
    const { colors } = this.#image
    const rows = color === null ? Array.from({ length: colors }, (_, c) => c) : [color]
    const sum = (values: Float64Array, shift: number): number =>
      rows.reduce((total, c) => total + values[(axis * colors + c) * shifts + shift], 0)
    return Float64Array.from({ length: shifts }, (_, s) => sum(this.#products, s) / sum(this.#expected, s) - 1)
  }

  size(color: number | null): SpeckleSize {
    return { rows: integralWidth(this.correlation(0, color)), columns: integralWidth(this.correlation(1, color)) }
  }

  #addShift(first: Float64Array, second: Float64Array, axis: 0 | 1, shift: number): void {
    const { rows, columns, panels, color, colors } = this.#image
    const [down, across] = axis === 0 ? [shift, 0] : [0, shift]
    const step = down * columns + across
    const sums = new Float64Array(4 * colors)
    for (let line = 0; line < panels * rows; line++) {
      if ((line % rows) + down >= rows) continue
      const end = line * columns + columns - across
      for (let p = line * columns; p < end; p++) {
        const own = color[p]
        if (own >= 0 && color[p + step] === own) p = addRun(color, own, first, second, p, end, step, sums) - 1
      }
    }
    for (let c = 0; c < colors; c++) {
      const at = (axis * colors + c) * shifts + shift
      if (sums[4 * c] === 0) continue
      this.#products[at] += sums[4 * c + 1]
      this.#expected[at] += (sums[4 * c + 2] * sums[4 * c + 3]) / sums[4 * c]
    }
  }
}

/** Pairs from pixel `p` on, up to the first that is not of color `own`: their number, products and values to `sums`; returns that pixel. */
function addRun(
  color: Int32Array,
  own: number,
  first: Float64Array,
  second: Float64Array,
  p: number,
  end: number,
  step: number,
  sums: Float64Array,
): number {
  let [count, products, past, future] = [0, 0, 0, 0]
  for (; p < end && color[p] === own && color[p + step] === own; p++) {
    const a = first[p]
    const b = second[p + step]
    const product = a * b
    if (product - product !== 0) continue
    count++
    products += product
    past += a
    future += b
  }
  sums[4 * own] += count
  sums[4 * own + 1] += products
  sums[4 * own + 2] += past
  sums[4 * own + 3] += future
  return p
}

/** Sum over shifts of both signs of C(s) / C(0), the baseline taken off, as far as C is seen. One line of pixels has width 1. */
export function integralWidth(correlation: Float64Array): number {
  const far = correlation.subarray(shifts >> 1).filter((value) => !Number.isNaN(value))
  if (Number.isNaN(correlation[1])) return Number.isNaN(correlation[0]) ? Number.NaN : 1
  if (far.length < 3) return Number.NaN
  const baseline = far.reduce((sum, value) => sum + value, 0) / far.length
  const noise = Math.sqrt(far.reduce((sum, value) => sum + (value - baseline) ** 2, 0) / (far.length - 1))
  const peak = correlation[0] - baseline
  if (!(peak > seenFrom * noise)) return Number.NaN
  let width = 1
  for (let shift = 1; shift < shifts >> 1; shift++) {
    const value = correlation[shift] - baseline
    if (!(value > countsFrom * noise)) break
    width += (2 * value) / peak
  }
  return width
}
