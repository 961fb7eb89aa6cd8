// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logScale, robustScale } from '../../src/results/axes.js'
import { agreement, type CurveFacts, type CurveSet } from '../../src/results/curveText.js'
import { createHdf5Result } from '../../src/results/hdf5Result.js'
import { curvesSvg } from '../../src/results/plot.js'
import { readCurves, readElements, readResult } from '../../src/results/reader.js'
import { curvesTable } from '../../src/results/table.js'
import { describeWithShared } from '../support/shared.js'
import { fakeArray, fakeFacts, fakePublished, fakeSummary, fakeUpdateFacts, publishFake } from './fakeRun.js'

const facts: CurveFacts = {
  experiment: { values: { tickSeconds: 0.5, colorQ: [0.01, 0.02, 0.03] }, sources: {} },
}
const unknown: CurveFacts = { experiment: { values: {}, sources: {} } }

/** g2 = 1 + color / 10 at every delay, error 0.01. */
function flat(colors: readonly number[], delays: readonly number[]): CurveSet {
  const g2 = Float64Array.from(colors.flatMap((color) => delays.map(() => 1 + color / 10)))
  return {
    counts: new Float64Array(delays.length).fill(9),
    curves: {
      normalization: 'ring',
      errorMethod: 'a < b',
      colors: Int32Array.from(colors),
      elements: Int32Array.from(colors),
      delays: Float64Array.from(delays),
      g2,
      error: g2.map(() => 0.01),
    },
  }
}

describe('curvesSvg', () => {
  it('labels axes in seconds and rings by q where they are known, else in frames and colors', () => {
    const known = curvesSvg(flat([1, 3], [1, 10, 100]), facts, { title: 'A & B' })
    expect(known).toContain('delay τ (s)')
    expect(known).toContain('q = 0.03 / Å')
    expect(known).toContain('A &amp; B')
    expect(known).toContain('a &lt; b')
    const frames = curvesSvg(flat([1, 3], [1, 10, 100]), unknown)
    expect(frames).toContain('delay τ (frames)')
    expect(frames).toContain('color 3')
  })

  it('draws one mark per defined point at the right place, and a line per known curve', () => {
    const set = flat([1, 2], [1, 10, 100])
    set.curves.g2[1] = Number.NaN
    set.counts[2] = 0
    const plain = curvesSvg(set, unknown)
    expect(plain.match(/<circle/g)).toHaveLength(3 + 2)
    expect(plain.match(/<circle cx="[\d.]+" cy="[\d.]+" r="3.6"\/>/g)).toHaveLength(5)
    const withTruth = curvesSvg(flat([1, 2], [1, 10, 100]), unknown, { truth: (color) => 1 + color / 10 })
    expect(withTruth).toContain('6 of 6 points within 3 errors of the known g2')
    const marks = [...withTruth.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map((m) => [
      Number(m[1]),
      Number(m[2]),
    ])
    const [first, second, third] = marks as [number[], number[], number[]]
    expect(second[0]! - first[0]!).toBeCloseTo(third[0]! - second[0]!, 1)
    expect(first[1]).toBe(second[1])
    expect(marks[3]![1]).toBeLessThan(first[1]!)
  })

  it('breaks the notes where the picture is narrow', () => {
    const truth = () => 1.1
    const notes = (width: number) => {
      const svg = curvesSvg(flat([1], [1, 10]), unknown, { width, truth })
      return [...svg.matchAll(/font-size="13" fill="#555">([^<]*)</g)].map(([, note = '']) => note)
    }
    expect(notes(900)).toHaveLength(1)
    expect(notes(560).join('; ')).toBe(notes(900)[0])
    expect(Math.max(...notes(560).map(({ length }) => length)) * 6.5).toBeLessThan(560 - 86)
  })

  it('survives empty updates and wild values', () => {
    const empty = flat([1], [1, 2])
    empty.curves.g2.fill(Number.NaN)
    expect(curvesSvg(empty, unknown)).not.toMatch(/NaN|Infinity/)
    expect(curvesSvg(flat([], []), unknown)).not.toMatch(/NaN|Infinity/)
    const wild = flat(
      [1, 2, 3, 4],
      Array.from({ length: 30 }, (_, i) => i + 1),
    )
    wild.curves.g2[5] = 102
    wild.curves.g2[6] = Number.POSITIVE_INFINITY
    const svg = curvesSvg(wild, unknown)
    expect(svg).toContain('1 points off the scale')
    expect(svg).not.toMatch(/NaN|Infinity/)
  })
})

describe('scales', () => {
  it('put round numbers on a logarithmic axis', () => {
    const scale = logScale([1, 1000])
    expect(scale.at(10 ** 1.5)).toBeCloseTo(0.5, 10)
    expect(scale.ticks.flatMap(({ label }) => label?.text ?? [])).toEqual(['1', '10', '100', '1000'])
    expect(logScale([2e-6, 3e-4]).ticks.flatMap(({ label }) => label?.exponent ?? [])).toEqual([-5, -4])
  })
  it('keep the first of few high points but not a wild one', () => {
    const values = [1.3, ...Array.from({ length: 30 }, (_, i) => 1 + i / 1e4)]
    expect(robustScale(values).to).toBeGreaterThan(1.3)
    const many = [...Array.from({ length: 200 }, (_, i) => 1 + i / 1e3), 102]
    expect(robustScale(many).to).toBeLessThan(2)
  })
})

describe('curvesTable', () => {
  it('shows values with errors beside known ones, and counts agreement', () => {
    const set = flat([1, 2], [1, 2, 4, 8, 16, 32, 64, 128])
    set.curves.g2[0] = Number.NaN
    set.curves.g2[1] = 1.131
    const text = curvesTable(set, facts, (color) => 1 + color / 10, { columns: 3 })
    expect(text.split('\n')).toEqual([
      'delay (s)      0.5               4                 64',
      'q = 0.01 / Å   -                 1.1000 ± 0.0100   1.1000 ± 0.0100',
      '  known        1.1000            1.1000            1.1000',
      'q = 0.02 / Å   1.2000 ± 0.0100   1.2000 ± 0.0100   1.2000 ± 0.0100',
      '  known        1.2000            1.2000            1.2000',
      '14 of 15 points lie within 3 standard errors of the known g2',
    ])
    expect(agreement(set, () => Number.NaN)).toEqual({ points: 0, inside: 0, errors: 3 })
  })
})

describe('reading a result back', () => {
  it('gives the curves, arrays and facts that were written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parcorana-read-'))
    try {
      const path = join(folder, 'out.h5')
      const run = fakeFacts({ experiment: { tickSeconds: 0.5, sample: 'gel', energyKev: null } })
      const result = createHdf5Result({ path })
      await result.begin(run)
      await publishFake(result, run, fakeUpdateFacts(0, 9))
      await publishFake(result, run, fakeUpdateFacts(1, 123456789, true), { arrays: true, alive: [2, 7] })
      await result.finish(fakeSummary)
      const stored = await readResult(path)
      const updates = ['/user/G2_results_at_000009', '/user/G2_results_at_123456789']
      expect(stored.analyses).toEqual([{ name: '', updates }])
      expect(stored).toMatchObject({ complete: true, accounting: { read: 60, lost: 7 }, userClass: 'G2AtEnd' })
      expect(stored.experiment.values).toEqual({ tickSeconds: 0.5, sample: 'gel', energyKev: null })
      expect(stored.version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version)
      const { counts, curves } = await readCurves(path, '/user/final')
      const written = fakePublished(run, 1, [2, 7])
      expect(curves).toEqual(written.curves)
      expect(counts).toEqual(written.counts)
      expect((await readElements(path, '/user/final', 'IP', 4)).data).toEqual(fakeArray(run, 1, 4))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describeWithShared('reading a file of the original', (shared) => {
  it('gives its curves', async () => {
    const path = join(shared, 'reference/parcorana/a_inorder/expected/G2atEnd/result.h5')
    const stored = await readResult(path)
    expect(stored.analyses[0]?.updates).toEqual(['/user/G2_results_at_000049'])
    const { curves, counts } = await readCurves(path, '/user/G2_results_at_000049')
    expect([...curves.colors]).toEqual([1, 2, 3])
    expect([...curves.delays]).toEqual([1, 2, 3, 5, 8, 12, 20, 33])
    expect(counts[0]).toBe(49)
    expect(curves.g2.every((value) => value > 0)).toBe(true)
  })
})
