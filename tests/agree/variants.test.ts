// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The definitions on sums small enough to do by hand. */
import { describe, expect, it } from 'vitest'
import { bfloat16, Variator } from '../../src/correlators/agree/variants.js'

const color = Int32Array.of(1, 1, 1, 2, 2, 0)
const fine = Int32Array.of(7, 7, 8, 7, 9, 9)
const pixels = {
  G2: Float64Array.of(2, 4, 12, 8, 0, 50),
  IP: Float64Array.of(1, 2, 4, 3, 0, 5),
  IF: Float64Array.of(2, 1, 2, 3, 0, 5),
}

describe('g2 of two rings', () => {
  const variants = new Variator(color, fine, () => true).at(pixels, null)
  /** Ring 1: bins {0, 1} with 3 / (1.5 * 1.5) and {2} with 12 / 8. Ring 2: bin {3} with 8 / 9, bin {4} without photons. */
  const [first, second] = [4 / 3, 3 / 2]

  it('static bins count equally, by elements, by photons; without a defined g2 not at all', () => {
    expect([...variants.bin]).toEqual([(first + second) / 2, 8 / 9])
    expect([...variants.pixel]).toEqual([(2 * first + second) / 3, 8 / 9])
    expect(variants.photon[0]).toBeCloseTo((3 * first + 4 * second) / 7, 15)
  })

  it('the ring as a whole', () => {
    expect(variants.ring[0]).toBeCloseTo(18 / 3 / ((7 / 3) * (5 / 3)), 15)
    expect(variants.ring[1]).toBeCloseTo(4 / (1.5 * 1.5), 15)
  })

  it('fine colors reach over rings', () => {
    // Fine color 7: elements 0, 1, 3 with <IP> = <IF> = 2; 9: elements 4 and 5.
    expect(variants.fine[0]).toBeCloseTo((2 / 4 + 4 / 4 + 12 / 8) / 3, 15)
    expect(variants.fine[1]).toBeCloseTo((8 / 4 + 0) / 2, 15)
  })

  it('errors of per-element g2, undefined ones as 0', () => {
    const spread = (values: number[]): number => {
      const mean = values.reduce((a, b) => a + b) / values.length
      const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      return Math.sqrt(square / (values.length - 1) / values.length)
    }
    expect(variants.pixelError[0]).toBeCloseTo(spread([1, 2, 1.5]), 15)
    expect(variants.pixelError[1]).toBeCloseTo(spread([8 / 9, 0]), 15)
  })

  it('slope of intensity, and the emptiest bin', () => {
    expect(variants.slope[0]).toBeCloseTo((3 * (2 * 1.5 ** 2 + 16)) / 49 - 1, 15)
    expect([...variants.leastPhotons]).toEqual([3, 0])
  })

  it('elements that left the colors take no part', () => {
    const without = new Variator(color, fine, (i) => i !== 2).at(pixels, null)
    expect(without.bin[0]).toBe(first)
    expect([...new Variator(color, fine, (i) => i < 3).colors]).toEqual([1])
  })

  it('sums of products in 16 bits change only what is above 256', () => {
    const variator = new Variator(Int32Array.of(1), Int32Array.of(1), () => true)
    const one = { G2: Float64Array.of(3.31), IP: Float64Array.of(1), IF: Float64Array.of(1) }
    expect(variator.at(one, 100).bfloat16[0]).toBe(3.32)
    expect(variator.at({ ...one, G2: Float64Array.of(2.55) }, 100).bfloat16[0]).toBe(2.55)
  })
})

describe('bfloat16', () => {
  it.each([
    [255, 255],
    [256, 256],
    [257, 256],
    [259, 260],
    [331, 332],
    [1030, 1032],
    [0, 0],
  ])('%i becomes %i', (value, kept) => expect(bfloat16(value)).toBe(kept))
})
