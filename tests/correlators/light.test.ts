// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { addNodes, lightNodes, type LightShare } from '../../src/correlators/light.js'
import type { DenseBlock, EventBlock, StoredEvents, ValueBlock } from '../../src/kernels/contract.js'
import { RowSums } from '../../src/kernels/rowSums.js'
import { divideAmongWorkers } from '../../src/masks/divide.js'
import { allocate, type DType } from '../../src/units.js'

const events = 5
const columns = 3

function stored(count: number): StoredEvents {
  return {
    count,
    counter: Float64Array.from({ length: count }, (_, e) => e),
    evicted: new Float64Array(count).fill(Number.NaN),
    row: Int32Array.from({ length: count }, (_, e) => e),
    block: new Uint16Array(count),
    position: Uint16Array.from({ length: count }, (_, e) => e),
  }
}

/** Nodes of every worker, added up by the viewer; `dtypes` of their blocks in turn. */
function reduced(
  values: Float64Array,
  elements: number,
  tileSize: number,
  workers: number,
  ...dtypes: DType[]
): Float64Array {
  const totalTiles = Math.ceil(elements / tileSize)
  const tiles = divideAmongWorkers(totalTiles, workers)
  const nodes = tiles.counts.flatMap((count, w) => {
    const first = tiles.offsets[w] * tileSize
    const own = Math.max(0, Math.min(elements, first + count * tileSize) - first)
    const columnOf = Int32Array.from({ length: own }, (_, i) => ((first + i) % (columns + 1)) - 1)
    const rows = new RowSums(columnOf, columns)
    const share: LightShare = {
      firstTile: tiles.offsets[w],
      tiles: count,
      totalTiles,
      tileSize,
      columnOf,
      columns,
      rows,
    }
    const dtype = dtypes[w % dtypes.length]
    const data = allocate(dtype, events * own)
    for (let k = 0; k < data.length; k++) data[k] = values[Math.floor(k / own) * elements + first + (k % own)]
    const block: DenseBlock = { kind: 'dense', events, elements: own, dtype, data }
    return lightNodes(share, stored(events), [block])
  })
  return addNodes(nodes, totalTiles, events * columns)
}

function plainSums(values: Float64Array, elements: number): Float64Array {
  const sums = new Float64Array(events * columns)
  values.forEach((value, k) => {
    const column = ((k % elements) % (columns + 1)) - 1
    if (column >= 0 && Number.isFinite(value)) sums[Math.floor(k / elements) * columns + column] += value
  })
  return sums
}

describe('per-event sums', () => {
  const shapes = [1, 7, 16, 105, 333]

  it.each(shapes)(
    '%i elements: float sums have the same bits for 1..9 workers and agree with plain sums',
    (elements) => {
      const values = Float64Array.from({ length: events * elements }, (_, k) => Math.sin(k + 1) * 10 ** (k % 7))
      values[0] = Number.NaN
      const one = reduced(values, elements, 4, 1, 'float64')
      for (let workers = 2; workers <= 9; workers++)
        expect(reduced(values, elements, 4, workers, 'float64')).toEqual(one)
      plainSums(values, elements).forEach((sum, i) => {
        expect(Math.abs(sum - one[i])).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(sum)))
      })
    },
  )

  it.each(shapes)('%i elements: integer sums are exact for any number of workers', (elements) => {
    const values = Float64Array.from({ length: events * elements }, (_, k) => (k * 7919) % 251)
    for (const workers of [1, 2, 5])
      expect(reduced(values, elements, 16, workers, 'uint8')).toEqual(plainSums(values, elements))
  })

  it.each(shapes)('%i elements: some workers have integers, others integers with holes', (elements) => {
    const values = Float64Array.from({ length: events * elements }, (_, k) =>
      k % 11 === 3 ? Number.NaN : (k * 7919) % 251,
    )
    for (const workers of [2, 3, 5])
      for (const dtypes of [['uint16', 'float32'] as const, ['float32', 'uint16'] as const])
        expect(reduced(values, elements, 16, workers, ...dtypes)).toEqual(plainSums(values, elements))
  })

  it('photon events give what the expanded block gives', () => {
    const photons: EventBlock = {
      kind: 'events',
      events,
      elements: 10,
      dtype: 'uint16',
      element: Uint32Array.of(0, 1, 1, 5, 9),
      event: Uint16Array.of(4, 0, 2, 3, 4),
      value: Uint16Array.of(3, 1, 2, 60000, 7),
    }
    const data = new Uint16Array(events * 10)
    photons.element.forEach((element, k) => {
      data[photons.event[k] * 10 + element] = photons.value[k]
    })
    const dense: DenseBlock = { kind: 'dense', events, elements: 10, dtype: 'uint16', data }
    const columnOf = Int32Array.from({ length: 10 }, (_, i) => (i % (columns + 1)) - 1)
    const share: LightShare = {
      firstTile: 0,
      tiles: 1,
      totalTiles: 1,
      tileSize: 16,
      columnOf,
      columns,
      rows: new RowSums(columnOf, columns),
    }
    const sums = (block: ValueBlock): Float64Array =>
      addNodes(lightNodes(share, stored(events), [block]), 1, events * columns)
    expect(sums(photons)).toEqual(sums(dense))
    expect(sums(photons).some((value) => value > 0)).toBe(true)
  })
})
