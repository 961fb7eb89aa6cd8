// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The known truth is known: correlations computed here, by the plain definition, agree with it. */
import { describe, expect, it } from 'vitest'
import type { DatasetSpec, FrameSource } from '../../src/formats/format.js'
import { openSource } from '../../src/formats/index.js'
import { noiseValue, truth } from '../../src/formats/synthetic.js'

const indices = (count: number, first = 0, step = 1) => Int32Array.from({ length: count }, (_, i) => first + i * step)

async function frames(dataset: DatasetSpec): Promise<{ source: FrameSource; data: ArrayLike<number> }> {
  const source = await openSource(dataset)
  const block = await source.read(indices(source.events))
  if (block.kind !== 'dense') throw new Error('dense frames expected')
  return { source, data: block.data }
}

/** g2 at `delay` from pairs (t, t+delay) of pixels `of`, against pixel `partner(pixel)`; with its standard error over pixels. */
function correlate(
  data: ArrayLike<number>,
  size: number,
  of: number[],
  delay: number,
  partner = (pixel: number) => pixel,
): [number, number] {
  const pairs = data.length / size - delay
  const sums = of.map((pixel) => {
    const sum = { both: 0, past: 0, future: 0 }
    for (let t = 0; t < pairs; t++) {
      const past = data[t * size + pixel] as number
      const future = data[(t + delay) * size + partner(pixel)] as number
      sum.both += past * future
      sum.past += past
      sum.future += future
    }
    return sum
  })
  const mean = (key: 'both' | 'past' | 'future') => sums.reduce((total, sum) => total + sum[key], 0) / of.length / pairs
  const [both, past, future] = [mean('both'), mean('past'), mean('future')]
  const g2 = both / (past * future)
  const errors = sums.map(
    (sum) =>
      sum.both / pairs / (past * future) - (g2 * sum.past) / pairs / past - (g2 * sum.future) / pairs / future + g2,
  )
  return [g2, Math.sqrt(errors.reduce((total, error) => total + error * error, 0)) / of.length]
}

/** Compared as bytes: a difference is told at once, without a listing of all frames. */
function same(found: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  return Buffer.compare(Buffer.from(found as Uint8Array), Buffer.from(expected as Uint8Array)) === 0
}

describe('speckle', () => {
  const dataset = {
    ...{ format: 'synthetic', path: '', shape: [40, 40], events: 1500, seed: 11, contrast: [0.5, 0.9] },
    ...{ mean: [2, 0.6], edges: [0, 12, 60], center: [20, 20], decay: [0.02, 0.4] },
  }
  const known = truth(dataset)
  const ring = (k: number) =>
    Array.from({ length: 1600 }, (_, i) => i).filter(
      (i) => Math.hypot(Math.floor(i / 40) - 20, (i % 40) - 20) < 12 === (k === 1),
    )

  it('has the mean counts, the contrast and the decay that were asked for', () => {
    expect(known.rings).toBe(2)
    for (const [k, mean, contrast, decay] of [
      [1, 2, 0.5, 0.02],
      [2, 0.6, 0.9, 0.4],
    ] as const) {
      expect(known.mean(k) / mean).toBeCloseTo(1, 2)
      expect((known.g2(k, 0) - 1) / contrast ** 2).toBeCloseTo(1, 1)
      expect(known.decay(k) / decay).toBeCloseTo(1, 3)
      expect(known.g2(k, 7)).toBeCloseTo(1 + (known.g2(k, 0) - 1) * Math.exp(-7 * known.decay(k)), 12)
    }
    expect(() => known.g2(3, 1)).toThrow('ring 3 outside 1..2')
  })

  it('correlates as its truth says, ring by ring; neighbouring pixels do not', async () => {
    const { data } = await frames(dataset)
    const far: number[] = []
    for (const k of [1, 2]) {
      const counts = ring(k).map(
        (pixel) =>
          Array.from({ length: 1500 }, (_, t) => data[t * 1600 + pixel] as number).reduce((a, b) => a + b) / 1500,
      )
      expect(counts.reduce((a, b) => a + b) / counts.length / known.mean(k)).toBeCloseTo(1, 1)
      for (const delay of [1, 2, 3, 5, 8, 13, 30, 80]) {
        const [g2, error] = correlate(data, 1600, ring(k), delay)
        expect(error).toBeLessThan(0.01)
        far.push((g2 - known.g2(k, delay)) / error)
      }
      const [cross, error] = correlate(data, 1600, ring(k), 1, (pixel) => (pixel + 1) % 1600)
      expect(Math.abs(cross - 1) / error).toBeLessThan(4)
    }
    expect(Math.max(...far.map(Math.abs))).toBeLessThan(4)
    expect(known.g2(1, 1) - known.g2(1, 30)).toBeGreaterThan(0.1)
  })

  it('gives the same frames whatever was read before', async () => {
    const dataset = { format: 'synthetic', path: '', shape: [50, 60], events: 900, seed: 3, decay: 0.003, gaps: 0.2 }
    const { data } = await frames(dataset)
    const [jumping, backward] = [await openSource(dataset), await openSource(dataset)]
    for (let e = 0; e < 900; e += 97) {
      const one = await jumping.read(indices(3, Math.min(e, 897)))
      const other = await backward.read(indices(3, 897 - Math.min(e, 897)))
      if (one.kind !== 'dense' || other.kind !== 'dense') throw new Error('dense frames expected')
      expect(
        same(one.data, (data as Uint8Array).subarray(Math.min(e, 897) * 3000, (Math.min(e, 897) + 3) * 3000)),
      ).toBe(true)
      expect(
        same(
          other.data,
          (data as Uint8Array).subarray((897 - Math.min(e, 897)) * 3000, (900 - Math.min(e, 897)) * 3000),
        ),
      ).toBe(true)
    }
  })

  it('is sparse with the same photons as dense, and another seed is another movie', async () => {
    const dataset = { format: 'synthetic', path: '', shape: [70, 70], events: 40, seed: 3, mean: 0.05, disorder: 6 }
    const { data } = await frames(dataset)
    const block = await (await openSource({ ...dataset, sparse: true })).read(indices(40))
    if (block.kind !== 'events') throw new Error('photon events expected')
    const rebuilt = new Uint8Array(40 * 4900)
    block.value.forEach((value, i) => {
      rebuilt[(block.event[i] as number) * 4900 + (block.pixel[i] as number)] = value
    })
    expect(same(rebuilt, data)).toBe(true)
    expect(same((await frames({ ...dataset, seed: 4 })).data, data)).toBe(false)
    expect((await frames({ ...dataset, mean: 400 })).source.dtype).toBe('uint16')
  })
})

describe('clock', () => {
  const dataset = { format: 'synthetic', path: '', shape: [2], events: 5000, seed: 9, kind: 'noise' }

  it('is the place in the file unless something else is asked for', async () => {
    const source = await openSource({ ...dataset, streams: 3, vars: 'ipm' })
    expect(source.counters).toBeNull()
    expect([...(source.streams ?? [])].slice(0, 5)).toEqual([0, 1, 2, 0, 1])
    const ipm = source.vars.ipm ?? new Float64Array()
    expect(ipm.every((value) => value > 0 && value < 1)).toBe(true)
    expect(ipm.filter((value) => value < 0.25).length / 5000).toBeCloseTo(0.25, 1)
  })

  it('has the asked fraction of gaps and repeats, and events at most so many places late', async () => {
    const gaps = (await openSource({ ...dataset, gaps: 0.4, start: 100 })).counters as Float64Array
    expect(gaps.every((tick, e) => e === 0 || tick > (gaps[e - 1] as number))).toBe(true)
    expect(5000 / ((gaps[4999] as number) - 99)).toBeCloseTo(0.6, 1)
    const repeats = (await openSource({ ...dataset, repeats: 0.1 })).counters as Float64Array
    expect((5000 - new Set(repeats).size) / 5000).toBeCloseTo(0.1, 1)
    const late = (await openSource({ ...dataset, disorder: 4 })).counters as Float64Array
    const delays = [...late].map((tick, e) => e - tick)
    expect(new Set(late).size).toBe(5000)
    expect([Math.max(...delays) <= 4, Math.min(...delays) >= -4, delays.some((delay) => delay > 1)]).toEqual([
      true,
      true,
      true,
    ])
  })

  it('noise is a function of seed, tick and pixel', async () => {
    const source = await openSource({ ...dataset, gaps: 0.4 })
    const block = await source.read(Int32Array.of(4000))
    const tick = source.counters?.[4000] as number
    expect(block.kind === 'dense' && [...block.data]).toEqual([noiseValue(9, tick, 0), noiseValue(9, tick, 1)])
    expect(truth(dataset).g2(1, 3)).toBe(1)
  })
})

describe('refusals', () => {
  it.each([
    [{ kind: 'film' }, "dataset.kind is 'film', but must be 'speckle' or 'noise'"],
    [{ contrast: 2 }, 'dataset.contrast is [2], but must lie within 0..1'],
    [{ decay: [1, 2, 3], edges: [0, 4, 8] }, 'dataset.decay has 3 values for 2 rings'],
    [{ edges: [4, 2] }, 'dataset.edges is [4, 2], but must be 2 to 256 ascending radii'],
    [{ shape: [4], edges: [0, 2] }, 'dataset.edges needs a shape and a center of two axes'],
    [{ shape: '16,x' }, 'dataset.shape is "16,x", but must be a list of numbers'],
    [{ events: 1.5 }, 'dataset.events is 1.5, but must be a whole number'],
    [{ events: 0 }, 'dataset.events is 0, but must be a number from 1 to'],
    [{ sparse: 1 }, 'dataset.sparse is 1, but must be true or false'],
    [{ kind: 'noise', sparse: true }, "dataset.sparse needs kind 'speckle'"],
    [{ means: 1 }, "dataset.means is unknown to format 'synthetic'"],
    [{ vars: [1] }, 'dataset.vars is [1], but must be a list of names'],
  ])('%j', async (keys, sentence) => {
    await expect(openSource({ format: 'synthetic', path: '', ...keys })).rejects.toThrow(sentence)
  })
})

describe('speckle size and beam', () => {
  const dataset = { format: 'synthetic', path: '', shape: [24, 24], events: 3000, seed: 5, contrast: 0.6, decay: 0.1 }
  const all = Array.from({ length: 576 }, (_, i) => i)

  it('pixels of one square share their intensity, squares do not; g2 stays what it was', async () => {
    const { data } = await frames({ ...dataset, mean: 1, speckle: 3 })
    const known = truth({ ...dataset, mean: 1, speckle: 3 })
    const left = all.filter((pixel) => pixel % 3 === 0)
    const edge = all.filter((pixel) => pixel % 3 === 2 && pixel % 24 < 23)
    const checks = [
      [all, (p: number) => p, known.g2(1, 2)],
      [left, (p: number) => p + 2, known.g2(1, 2)],
      [left.filter((p) => Math.floor(p / 24) % 3 === 0), (p: number) => p + 48, known.g2(1, 2)],
      [edge, (p: number) => p + 1, 1],
    ] as const
    for (const [of, partner, expected] of checks) {
      const [g2, error] = correlate(data, 576, [...of], 2, partner)
      expect(Math.abs(g2 - expected)).toBeLessThan(4 * 3 * error)
      expect(error).toBeLessThan(0.02)
    }
  })

  it('frames follow the beam, which is a variable', async () => {
    const { source, data } = await frames({ ...dataset, mean: 4, contrast: 0, drift: 0.2, jitter: 0.3, vars: ['beam'] })
    const beam = source.vars.beam as Float64Array
    const mean = beam.reduce((sum, b) => sum + b, 0) / beam.length
    const square = beam.reduce((sum, b) => sum + b * b, 0) / beam.length
    expect(mean).toBeCloseTo(1, 1)
    expect(square / mean ** 2).toBeCloseTo(1.02 * 1.09, 1)
    const off = Array.from(beam, (b, e) => {
      let sum = 0
      for (const pixel of all) sum += data[e * 576 + pixel] as number
      return (sum - 4 * 576 * b) / Math.sqrt(4 * 576 * b)
    })
    const spread = off.reduce((sum, z) => sum + z * z, 0) / off.length
    expect(spread).toBeGreaterThan(0.85)
    expect(spread).toBeLessThan(1.15)
  })

  it('a constant beam and speckles of one pixel are what they always were', async () => {
    const plain = await frames({ ...dataset, events: 40, mean: 1 })
    const said = await frames({ ...dataset, events: 40, mean: 1, speckle: 1, drift: 0, jitter: 0 })
    expect(same(said.data, plain.data)).toBe(true)
  })

  it.each([
    [{ speckle: 0 }, 'speckle'],
    [{ drift: 1 }, 'drift'],
    [{ jitter: 0.6 }, 'jitter'],
    [{ kind: 'noise', jitter: 0.1 }, "dataset.jitter needs kind 'speckle'"],
    [{ shape: [64], speckle: 2 }, 'dataset.speckle is 2, which needs a shape of two axes, not 1'],
  ])('%j is refused', async (keys, words) => {
    await expect(openSource({ ...dataset, ...keys })).rejects.toThrow(words)
  })
})
