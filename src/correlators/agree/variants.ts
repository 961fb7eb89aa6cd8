// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * g2 of the same sums by every definition that differs only in how elements are averaged, and what other programs do to their
 * numbers on the way. All at one delay; element means in, one value per color out.
 */
import { staticBinLabel } from '../labelSlots.js'
import { finiteOrNaN, groupMeans, type Groups, groupsOf, type PixelMeans, ratiosOf } from './groups.js'

/**
 * `bin`, `pixel`, `photon`: mean of <G2>/(<IP><IF>) over the static bins of a color with these weights; `fine`: ParCorAna's mean over
 * elements of G2/(<IP>_fine <IF>_fine); `ring`: <G2>/(<IP><IF>) of the whole color; `bfloat16`: `bin` from sums of products in 16 bits;
 * `pixelError`: standard deviation over elements of their own G2/(IP IF), 0 where undefined, by the square root of their number; `slope`: variance of the
 * static bins' mean intensity, over its mean squared; `leastPhotons`: mean counts per event of the static bin that has fewest.
 */
export const variantNames = [
  'bin',
  'pixel',
  'photon',
  'fine',
  'ring',
  'bfloat16',
  'pixelError',
  'slope',
  'leastPhotons',
] as const
export type VariantName = (typeof variantNames)[number]
export type Variants = Readonly<Record<VariantName, Float64Array>>

export class Variator {
  readonly #colors: Groups
  readonly #bins: Groups
  readonly #fine: Groups
  /** Color group of every static bin. */
  readonly #colorOfBin: Int32Array
  /** Labels in the order of the values. */
  readonly colors: Int32Array

  /** Labels per element; `alive[i]` = 0 where the element has left the colors. */
  constructor(color: Int32Array, fine: Int32Array, alive: (i: number) => boolean) {
    const labels = new Set<number>()
    for (let i = 0; i < color.length; i++) if (color[i] > 0 && alive(i)) labels.add(color[i])
    this.colors = Int32Array.from(labels).sort()
    const rows = new Map(Array.from(this.colors, (label, row) => [label, row]))
    const used = (i: number): boolean => color[i] > 0 && alive(i)
    const byColor = groupsOf(color.length, (i) => (used(i) ? color[i] : null))
    const groupOf = Int32Array.from(color, (label, i) => (used(i) ? (rows.get(label) ?? -1) : -1))
    const sizes = new Float64Array(byColor.count)
    for (const row of groupOf) if (row >= 0) sizes[row]++
    this.#colors = { groupOf, count: byColor.count, sizes }
    this.#bins = groupsOf(color.length, (i) => (used(i) && fine[i] > 0 ? staticBinLabel(color[i], fine[i]) : null))
    this.#fine = groupsOf(color.length, (i) => (alive(i) && fine[i] > 0 ? fine[i] : null))
    this.#colorOfBin = new Int32Array(this.#bins.count)
    this.#bins.groupOf.forEach((bin, i) => {
      if (bin >= 0) this.#colorOfBin[bin] = groupOf[i]
    })
  }

  /** `products`: pairs times the square of what a level's sample sums, where sums of products are kept in 16 bits; null = they are not. */
  at(pixels: PixelMeans, products: number | null): Variants {
    const bins = groupMeans(this.#bins, pixels)
    const ratios = ratiosOf(bins)
    const narrow = products === null ? pixels.G2 : pixels.G2.map((mean) => bfloat16(mean * products) / products)
    const narrowed = ratiosOf({ ...bins, G2: groupMeans(this.#bins, { ...pixels, G2: narrow }).G2 })
    const { sizes } = this.#bins
    return {
      bin: this.#meanOfBins(ratios, () => 1),
      pixel: this.#meanOfBins(ratios, (bin) => sizes[bin]),
      photon: this.#meanOfBins(ratios, (bin) => sizes[bin] * bins.IP[bin]),
      fine: this.#byFine(pixels),
      ring: ratiosOf(groupMeans(this.#colors, pixels)),
      bfloat16: this.#meanOfBins(narrowed, () => 1),
      pixelError: this.#pixelError(pixels),
      slope: this.#slope(bins.IP),
      leastPhotons: this.#leastPhotons(bins.IP),
    }
  }

  #meanOfBins(values: Float64Array, weight: (bin: number) => number): Float64Array {
    const sum = new Float64Array(this.#colors.count)
    const total = new Float64Array(this.#colors.count)
    values.forEach((value, bin) => {
      if (Number.isNaN(value)) return
      sum[this.#colorOfBin[bin]] += weight(bin) * value
      total[this.#colorOfBin[bin]] += weight(bin)
    })
    return sum.map((value, c) => finiteOrNaN(value / total[c]))
  }

  #byFine(pixels: PixelMeans): Float64Array {
    const fine = groupMeans(this.#fine, pixels)
    return this.#overElements((i) => {
      const group = this.#fine.groupOf[i]
      return group < 0 ? Number.NaN : pixels.G2[i] / (fine.IP[group] * fine.IF[group])
    }).mean
  }

  #pixelError(pixels: PixelMeans): Float64Array {
    const own = ratiosOf(pixels)
    const { spread, count } = this.#overElements((i) => (Number.isNaN(own[i]) ? 0 : own[i]))
    return spread.map((variance, c) => finiteOrNaN(Math.sqrt(variance / count[c])))
  }

  /** Mean and variance (n - 1) of a value over the elements of every color where it is finite. */
  #overElements(of: (i: number) => number): { mean: Float64Array; spread: Float64Array; count: Float64Array } {
    const { groupOf, count: colors } = this.#colors
    const [sum, square, count] = [new Float64Array(colors), new Float64Array(colors), new Float64Array(colors)]
    for (let i = 0; i < groupOf.length; i++) {
      const value = groupOf[i] < 0 ? Number.NaN : of(i)
      if (!Number.isFinite(value)) continue
      sum[groupOf[i]] += value - 1
      square[groupOf[i]] += (value - 1) ** 2
      count[groupOf[i]]++
    }
    const spread = square.map((total, c) => Math.max(0, total - sum[c] ** 2 / count[c]) / (count[c] - 1))
    return { mean: sum.map((total, c) => finiteOrNaN(1 + total / count[c])), spread, count }
  }

  #leastPhotons(intensity: Float64Array): Float64Array {
    const least = new Float64Array(this.#colors.count).fill(Number.POSITIVE_INFINITY)
    intensity.forEach((value, bin) => {
      const color = this.#colorOfBin[bin]
      least[color] = Math.min(least[color], value * this.#bins.sizes[bin])
    })
    return least
  }

  #slope(intensity: Float64Array): Float64Array {
    const { sizes } = this.#bins
    const [n, sum, square] = [0, 1, 2].map((power) => {
      const total = new Float64Array(this.#colors.count)
      intensity.forEach((value, bin) => {
        total[this.#colorOfBin[bin]] += sizes[bin] * value ** power
      })
      return total
    })
    return n.map((elements, c) => finiteOrNaN((square[c] * elements) / sum[c] ** 2 - 1))
  }
}

/** The nearest number of 8 significant bits, halves to the even one: what bfloat16 keeps of a sum. */
export function bfloat16(value: number): number {
  const exact = Math.round(value)
  const unit = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(exact), 1))) - 7)
  const low = Math.floor(exact / unit)
  const rest = exact / unit - low
  return unit * (rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low)
}
