// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { alternativeSums } from '../../src/correlators/alternative.js'
import { plainCurves } from '../../src/correlators/alternativeCurves.js'
import { addSlots, LabelSlots, slotRows } from '../../src/correlators/labelSlots.js'
import {
  labelMeans,
  labelRatios,
  labelTable,
  normalizationLabel,
  ratioErrors,
  ratioMeans,
  staticMeans,
  type LabelSums,
} from '../../src/correlators/normalizations.js'
import {
  labelSums,
  labelSumsWidth,
  ratioSums,
  ratioSumsWidth,
  Scratch,
  type Columns,
} from '../../src/correlators/reductions.js'
import type { NormalizationName } from '../../src/correlators/resultGroup.js'

const elements = 53
const tileSize = 16
const delays = Float64Array.of(1, 2, 4, 30)
const color = Int32Array.from({ length: elements }, (_, i) => i % 3)
const fine = Int32Array.from({ length: elements }, (_, i) => (i % 3 === 0 ? 0 : 1 + (i % 6)))
const rows = Array.from({ length: 20 }, (_, t) =>
  Float64Array.from({ length: elements }, (_, i) => ((t * 31 + i * 17) % 11) + 0.5),
)
const times = rows.map((_, counter) => ({ sec: 0, nsec: 0, fiducials: 0, counter }))
const sums = alternativeSums(times, rows, delays, 0, new Uint8Array(elements))

const columns: Columns = {
  elements,
  counts: sums.counts,
  hasLost: false,
  fill: (name, d, out) => out.set(sums.arrays[name as 'G2'].subarray(d * elements, (d + 1) * elements)),
}

/** Curves by the reductions, as workers and viewer form them. */
function reduced(normalization: NormalizationName): { g2: Float64Array; error: Float64Array } {
  const labels = color.map((label, i) => normalizationLabel(normalization, label, fine[i]))
  const D = delays.length
  const byLabel = labelTable(labels)
  const byColor = labelTable(color)
  const range = { from: 0, to: D }
  const scratch = new Scratch(elements)
  const slots = new LabelSlots(labels, tileSize)
  const out = new Float64Array(D * slots.count * labelSumsWidth)
  labelSums(columns, slots, range, scratch, out)
  const values = new Float64Array(byLabel.labels.length * D * labelSumsWidth)
  for (let d = 0; d < D; d++) {
    const part = new Float64Array(byLabel.labels.length * labelSumsWidth)
    const from = d * slots.count * labelSumsWidth
    addSlots(
      slotRows(byLabel.rowOf, slots.label),
      out.subarray(from, from + slots.count * labelSumsWidth),
      labelSumsWidth,
      part,
    )
    for (let row = 0; row < byLabel.labels.length; row++) {
      values.set(part.subarray(row * 4, row * 4 + 4), (row * D + d) * 4)
    }
  }
  const label: LabelSums = { table: byLabel, delays: D, values }
  const colorSlots = new LabelSlots(color, tileSize)
  const rowOf = labels.map((own) => byLabel.rowOf.get(own) ?? -1)
  const ratioOut = new Float64Array(D * colorSlots.count * ratioSumsWidth)
  ratioSums(columns, colorSlots, range, rowOf, labelMeans(label), scratch, ratioOut)
  const ratios = new Float64Array(byColor.labels.length * D * ratioSumsWidth)
  for (let d = 0; d < D; d++) {
    const part = new Float64Array(byColor.labels.length * ratioSumsWidth)
    const from = d * colorSlots.count * ratioSumsWidth
    addSlots(
      slotRows(byColor.rowOf, colorSlots.label),
      ratioOut.subarray(from, from + colorSlots.count * ratioSumsWidth),
      ratioSumsWidth,
      part,
    )
    for (let row = 0; row < byColor.labels.length; row++)
      ratios.set(part.subarray(row * 6, row * 6 + 6), (row * D + d) * 6)
  }
  const inLabel = new Map<number, number>()
  for (const own of labels) inLabel.set(own, (inLabel.get(own) ?? 0) + 1)
  const g2 =
    normalization === 'finecolor'
      ? ratioMeans(ratios)
      : normalization === 'static'
        ? staticMeans(label, byColor.labels, inLabel, 'bin')
        : labelRatios(label)
  return { g2, error: ratioErrors(ratios, g2) }
}

describe('curves from label sums', () => {
  const names: NormalizationName[] = ['finecolor', 'static', 'ring']
  it.each(names)('%s equals the plain definition over whole arrays', (normalization) => {
    const plain = plainCurves(
      { delays, normalization, frameNorm: 'none', color, fine },
      sums,
      new Uint8Array(elements),
      {
        pairsOf: (data) => alternativeSums(times, data, delays, 0, new Uint8Array(1)),
        data: rows,
        monitor: [],
      },
    )
    const { g2, error } = reduced(normalization)
    expect(g2.length).toBe(plain.g2.length)
    plain.g2.forEach((value, i) => {
      if (Number.isNaN(value)) expect(g2[i]).toBeNaN()
      else expect(g2[i]).toBeCloseTo(value, 12)
    })
    plain.error.forEach((value, i) => {
      if (Number.isNaN(value)) expect(error[i]).toBeNaN()
      else expect(error[i]).toBeCloseTo(value, 12)
    })
    expect(g2[3]).toBeNaN()
    expect(Math.abs(g2[0] - g2[1])).toBeGreaterThan(1e-6)
  })
})
