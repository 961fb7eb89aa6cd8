// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replaceSubsetsWithAverage } from '../../src/masks/average.js'
import { divideAmongWorkers } from '../../src/masks/divide.js'
import { img2ndarr, imgBoundBox, interiorGaps, manyToOne, ndarr2img, type Image } from '../../src/masks/geometry.js'
import { loadQMap } from '../../src/masks/qmap.js'
import { rings } from '../../src/masks/rings.js'
import { usedLabels } from '../../src/masks/labels.js'
import { describeWithShared } from '../support/shared.js'

describeWithShared('helpers of ParCorAna', (shared) => {
  const table = <T>(name: string) =>
    JSON.parse(readFileSync(join(shared, 'reference', 'parcorana-helpers', `${name}.json`), 'utf8')) as T
  const flat = (nested: unknown) => [nested].flat(Number.POSITIVE_INFINITY) as number[]

  it('divideAmongWorkers', () => {
    const rows = table<{ n: number; w: number; offsets: number[]; counts: number[] }[]>('divideAmongWorkers')
    expect(rows.length).toBeGreaterThan(5)
    for (const { n, w, offsets, counts } of rows) expect(divideAmongWorkers(n, w)).toEqual({ offsets, counts })
  })

  it('replaceSubsetsWithAverage', () => {
    const rows =
      table<
        { A: number[][]; labels: number[][]; counts: Record<string, number> | null; dtype: string; out: number[][] }[]
      >('replaceSubsetsWithAverage')
    expect(rows.length).toBeGreaterThan(10)
    for (const { A, labels, counts, dtype, out } of rows) {
      const values = dtype === 'float64' ? Float64Array.from(flat(A)) : Float32Array.from(flat(A))
      const totals =
        counts === null ? null : new Map(Object.entries(counts).map(([label, total]) => [Number(label), total]))
      const averages = replaceSubsetsWithAverage(values, flat(labels), totals)
      expect(averages.constructor.name).toBe(dtype === 'float64' ? 'Float64Array' : 'Float32Array')
      expect([...averages]).toEqual(flat(out))
    }
  })

  it('image geometry with a gap column, a many-to-one pixel and a hole', () => {
    type Geometry = {
      fullShape: [number, number]
      bounds: object
      gaps: [number[], number[]][]
      manyToOne: Record<string, [number[], number[], number[]]>
    } & Record<'iX' | 'iY' | 'ndarr' | 'img' | 'img_bg' | 'back' | 'mask', unknown>
    const reference = table<Geometry>('geometry')
    const [iX, iY, ndarr] = [flat(reference.iX), flat(reference.iY), flat(reference.ndarr)]
    const image = ndarr2img(ndarr, iX, iY)
    expect([...image.data]).toEqual(flat(reference.img))
    expect([...ndarr2img(ndarr, iX, iY, -9).data]).toEqual(flat(reference.img_bg))
    expect([...img2ndarr(image, iX, iY).data]).toEqual(flat(reference.back))
    expect(imgBoundBox(iX, iY, flat(reference.mask))).toEqual({ fullShape: reference.fullShape, ...reference.bounds })
    expect(interiorGaps(iX, iY)).toEqual(reference.gaps.map(([rows, columns]) => ({ rows, columns })))
    const shared = Object.entries(reference.manyToOne).map(([key, [panel, row, column]]) => [
      key,
      panel.map((p, i) => p * 12 + (row[i] as number) * 4 + (column[i] as number)),
    ])
    expect([...manyToOne(iX, iY)]).toEqual(shared)
  })

  it('indices outside the image are moved to its border and counted', () => {
    const image: Image = { rows: 2, columns: 2, data: Float64Array.of(1, 2, 3, 4) }
    expect(img2ndarr(image, [0, 5, -1], [0, 1, 7])).toEqual({ data: Float64Array.of(1, 4, 2), clamped: 2 })
  })
})

describeWithShared('q-map of real frames', (shared) => {
  it('reads mask, colors and fine colors; rings() gives the same colors', async () => {
    const qmap = await loadQMap(join(shared, 'data', 'frames-bulk-water', 'qmap_rings.h5'), [128, 128])
    expect(usedLabels(qmap.mask, qmap.colors)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(qmap.fineColors.largest).toBe(32)
    expect(qmap.q).toBeNull()
    const own = rings([128, 128], [64, 64], [0, 8, 16, 24, 32, 40, 48, 56, 64])
    expect(own).toEqual(qmap.colors.data)
    expect(qmap.mask.data).toEqual(Uint8Array.from(own, (label) => (label > 0 ? 1 : 0)))
  })
})
