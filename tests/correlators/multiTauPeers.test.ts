// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Multi-tau against the results of other programs: scikit-beam, boost_corr, multipletau. g2 is formed here, from the sums. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { levelLagOf, multiTauDelays, type MultiTauScheme } from '../../src/correlators/multiTau/delays.js'
import { MultiTauSums } from '../../src/correlators/multiTauSums.js'
import { openSource } from '../../src/formats/index.js'
import type { DatasetSpec, FrameBlock } from '../../src/formats/format.js'
import type { ValueBlock } from '../../src/kernels/contract.js'
import { readNpy } from '../../src/io/npy.js'
import { describeWithShared } from '../support/shared.js'
import { photonStamps } from './photonStamps.js'

const four: MultiTauScheme = { delaysPerLevel: 4 }
const eight: MultiTauScheme = { numBufs: 8 }

/** Sums of all pixels of a file, read in blocks of `blockEvents`. */
async function sumsOf(dataset: DatasetSpec, scheme: MultiTauScheme, blockEvents: number): Promise<MultiTauSums> {
  const source = await openSource(dataset)
  const elements = source.shape.reduce((product, extent) => product * extent, 1)
  const sums = openSums(elements, source.events, scheme, source.dtype)
  for (let from = 0; from < source.events; from += blockEvents) {
    const count = Math.min(blockEvents, source.events - from)
    const frames = await source.read(Int32Array.from({ length: count }, (_, i) => from + i))
    feed(sums, from, count, asBlock(frames, elements))
  }
  await source.close()
  sums.calc()
  return sums
}

function openSums(
  elements: number,
  ticks: number,
  scheme: MultiTauScheme,
  sourceDtype: ValueBlock['dtype'],
): MultiTauSums {
  const delays = multiTauDelays(scheme, ticks)
  const rest = { times: 1, storeDtype: 'auto', blockEvents: 64, ticksHint: ticks } as const
  return new MultiTauSums({ elements, delays, scheme, sourceDtype, ...rest })
}

function asBlock(frames: FrameBlock, elements: number): ValueBlock {
  return frames.kind === 'dense' ? { ...frames, elements } : { ...frames, elements, element: frames.pixel }
}

function feed(sums: MultiTauSums, first: number, count: number, block: ValueBlock): void {
  const events = {
    count,
    counter: Float64Array.from({ length: count }, (_, i) => first + i),
    evicted: new Float64Array(count).fill(Number.NaN),
    row: new Int32Array(count),
    block: new Uint16Array(count),
    position: Uint16Array.from({ length: count }, (_, i) => i),
  }
  sums.insert(events, [block])
}

/** Means of G2, IP, IF per element at a delay. */
function meansAt(sums: MultiTauSums, d: number): Float64Array[] {
  return (['G2', 'IP', 'IF'] as const).map((name) => {
    const out = new Float64Array(sums.elements)
    sums.fill(name, d, out)
    return out.map((sum) => sum / sums.counts[d])
  })
}

/** <G2> / (<IP> <IF>) of the pixels with each label > 0. */
function ratios(means: Float64Array[], labels: ArrayLike<number>): Map<number, number> {
  const found = new Map<number, number[]>()
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] <= 0) continue
    const sums = found.get(labels[i]) ?? [0, 0, 0, 0]
    found.set(labels[i], [sums[0] + means[0][i], sums[1] + means[1][i], sums[2] + means[2][i], sums[3] + 1])
  }
  return new Map([...found].map(([label, [G2, IP, IF, n]]) => [label, (G2 * n) / (IP * IF)]))
}

/** Mean over the static bins of every dynamic bin; a bin without photons does not count. */
function staticMeans(means: Float64Array[], dynamic: ArrayLike<number>, fixed: ArrayLike<number>): number[] {
  const bins = Array.from(dynamic, (color, i) => (color > 0 && fixed[i] > 0 ? color * 100000 + fixed[i] : 0))
  const perColor: number[][] = []
  for (const [bin, ratio] of ratios(means, bins)) {
    const color = Math.floor(bin / 100000) - 1
    perColor[color] ??= []
    if (Number.isFinite(ratio)) perColor[color].push(ratio)
  }
  return perColor.map((list) => list.reduce((sum, ratio) => sum + ratio, 0) / list.length)
}

function ringMeans(means: Float64Array[], labels: ArrayLike<number>): number[] {
  return [...ratios(means, labels)].sort((a, b) => a[0] - b[0]).map(([, ratio]) => ratio)
}

/** Largest |a - b| over the delays `taus`; the values that exceed `limit`. */
function deviations(
  taus: ArrayLike<number>,
  scheme: MultiTauScheme,
  ticks: number,
  wanted: ArrayLike<number>,
  g2: (d: number) => number[],
): number[] {
  const delays = multiTauDelays(scheme, ticks)
  const found: number[] = []
  Array.from(taus).forEach((tau, row) => {
    const d = delays.indexOf(tau)
    expect(d, `delay ${tau}`).toBeGreaterThanOrEqual(0)
    const values = g2(d)
    values.forEach((value, c) => {
      found.push(Math.abs(value - wanted[row * values.length + c]))
    })
  })
  expect(found.length).toBe(wanted.length)
  expect(found.every(Number.isFinite)).toBe(true)
  return found.sort((a, b) => b - a)
}

describeWithShared('camera frames', (shared) => {
  const file = (name: string): string => join(shared, 'data', 'frames-bulk-water', name)
  const values = (name: string): ArrayLike<number> => readNpy(file(name)).data
  const dataset = { format: 'npy', path: file('crop256x128x128_u8.npy') }

  it('equal scikit-beam per ring', async () => {
    const sums = await sumsOf(dataset, eight, 50)
    const labels = values('skb_g2.labels.npy')
    const off = deviations(values('skb_g2.lags.npy'), eight, 256, values('skb_g2.g2.npy'), (d) =>
      ringMeans(meansAt(sums, d), labels),
    )
    expect(off[0]).toBeLessThan(1e-12)
  })

  it('equal boost_corr per static bin and per pixel', async () => {
    const sums = await sumsOf(dataset, four, 64)
    const [dynamic, fixed] = [values('boost_g2.dynamic.npy'), values('boost_g2.static.npy')]
    const off = deviations(values('boost_g2.tau.npy'), four, 256, values('boost_g2.g2.npy'), (d) =>
      staticMeans(meansAt(sums, d), dynamic, fixed),
    )
    expect(off[0]).toBeLessThan(2e-6)
    const pixels = values('boost_G2IPIF.G2IPIF.npy') as Float32Array
    let worst = 0
    for (let d = 0; d < 27; d++) {
      const [G2, IP, IF] = meansAt(sums, d)
      for (const [k, own] of [G2, IF, IP].entries()) {
        const peer = pixels.subarray((3 * d + k) * own.length, (3 * d + k + 1) * own.length)
        own.forEach((value, i) => {
          if (dynamic[i] > 0) worst = Math.max(worst, Math.abs(value - peer[i]) / peer[i])
        })
      }
    }
    expect(worst).toBeLessThan(1e-6)
  })
})

describeWithShared('photons of known speckle', (shared) => {
  const folder = join(shared, 'data', 'speckle-sparse')
  const values = (name: string): ArrayLike<number> => readNpy(join(folder, name)).data
  const dataset = { format: 'rigaku', path: join(folder, 'frames.rigaku.bin'), shape: [128, 128] }

  it('equal boost_corr per static bin, and the truth within errors', async () => {
    const sums = await sumsOf(dataset, four, 300)
    const [dynamic, fixed] = [values('dqmap.npy'), values('sqmap.npy')]
    const taus = values('boost_corr.tau.npy')
    const g2 = (d: number): number[] => staticMeans(meansAt(sums, d), dynamic, fixed)
    const peer = values('boost_corr.g2.npy')
    const off = deviations(taus, four, 2000, peer, g2)
    expect(off[0]).toBeLessThan(2e-4)
    expect(off[3]).toBeLessThan(5e-6)
    /** The peer keeps each pixel's sum of products at levels 0 to 4 in bfloat16: 331 becomes 332. All else is its float32. */
    const narrowed = (d: number): number[] => {
      const [G2, IP, IF] = meansAt(sums, d)
      const { level } = levelLagOf(four, taus[d])
      const scale = sums.counts[d] / 4 ** level
      const kept = level > 4 ? G2 : G2.map((mean) => bfloat16(Math.round(mean * sums.counts[d])) / scale / 4 ** level)
      return staticMeans([kept, IP, IF], dynamic, fixed)
    }
    expect(deviations(taus, four, 2000, peer, narrowed)[0]).toBeLessThan(5e-6)
    const { gamma_per_frame: gamma } = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as {
      gamma_per_frame: number[]
    }
    const errors = values('boost_corr.err.npy')
    const z = Array.from(taus, (tau, d) =>
      g2(d).map(
        (value, c) => Math.abs(value - 1 - 0.25 * Math.exp(-2 * gamma[c] * tau)) / errors[d * gamma.length + c],
      ),
    )
    const finite = z.flat().filter(Number.isFinite)
    expect(finite.filter((value) => value < 3).length / finite.length).toBeGreaterThan(0.95)
  })

  it('equal scikit-beam per ring', async () => {
    const sums = await sumsOf(dataset, eight, 1024)
    const labels = values('dqmap.npy')
    const off = deviations(values('scikit-beam.tau.npy'), eight, 2000, values('scikit-beam.g2.npy'), (d) =>
      ringMeans(meansAt(sums, d), labels),
    )
    expect(off[0]).toBeLessThan(1e-11)
  })
})

describeWithShared('a photon list as a movie of one pixel', (shared) => {
  const folder = join(shared, 'data', 'photons-tau')

  it('equals multipletau', () => {
    const trace = binned(readFileSync(join(folder, 'sample.spc')), 1024)
    expect(trace.length).toBe(667692)
    const scheme = { delaysPerLevel: 8 }
    const sums = openSums(1, trace.length, scheme, 'uint16')
    for (let from = 0; from < trace.length; from += 8192) {
      const data = trace.subarray(from, from + 8192)
      feed(sums, from, data.length, { kind: 'dense', events: data.length, elements: 1, dtype: 'uint16', data })
    }
    sums.calc()
    const mean = sums.valueSum[0] / trace.length
    const delays = multiTauDelays(scheme, trace.length)
    const { data, shape } = readNpy(join(folder, 'multipletau_m16_w1024.npy'))
    let compared = 0
    for (let row = 0; row < shape[0]; row++) {
      const d = delays.indexOf(data[2 * row])
      if (d < 0) continue
      const [[G2], [IP], [IF]] = meansAt(sums, d)
      const own = (G2 - mean * (IP + IF)) / mean ** 2 + 1
      expect(Math.abs(own - data[2 * row + 1]), `delay ${delays[d]}`).toBeLessThan(1e-12 * Math.max(1, Math.abs(own)))
      compared++
    }
    expect(compared).toBe(shape[0] - 1)
  })
})

/** Photons per `ticks` clock ticks. */
function binned(file: Buffer, ticks: number): Uint16Array {
  const stamps = photonStamps(file)
  const trace = new Uint16Array(Math.floor(stamps[stamps.length - 1] / ticks) + 1)
  for (const stamp of stamps) trace[Math.floor(stamp / ticks)]++
  return trace
}

/** The nearest number of 8 significant bits, halves to even: bfloat16. */
function bfloat16(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(Math.max(value, 1))) - 7)
  const low = Math.floor(value / unit)
  const up = value / unit - low > 0.5 || (value / unit - low === 0.5 && low % 2 === 1)
  return unit * (up ? low + 1 : low)
}
