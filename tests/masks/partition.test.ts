// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest'
import { divideAmongWorkers } from '../../src/masks/divide.js'
import { gatherDense, gatherEvents, scatterToDetector } from '../../src/masks/gather.js'
import { partition, pick, tileSizeFor } from '../../src/masks/partition.js'

/** Park-Miller: a small seeded generator, independent of the product. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const random = generator(5)
const masks: Record<string, Uint8Array> = {
  full: new Uint8Array(1000).fill(1),
  'one pixel': Uint8Array.from({ length: 50 }, (_, i) => (i === 31 ? 1 : 0)),
  scattered: Uint8Array.from({ length: 777 }, () => (random() < 0.3 ? 1 : 0)),
  panels: Uint8Array.from({ length: 2000 }, (_, i) => (i % 200 < 130 && i % 17 !== 0 ? 1 : 0)),
  'long runs': Uint8Array.from({ length: 3000 }, (_, i) => (i % 301 === 0 ? 0 : 1)),
}

describe('tiles and shares', () => {
  it('has at most 1024 tiles of a multiple of 16 elements', () => {
    const expected = [
      [0, 16],
      [1, 16],
      [16_384, 16],
      [16_385, 32],
      [2_296_960, 2256],
      [16_777_216, 16_384],
    ] as const
    for (const [elements, size] of expected) {
      expect(tileSizeFor(elements)).toBe(size)
      expect(Math.ceil(elements / size)).toBeLessThanOrEqual(1024)
    }
  })

  it.each(Object.keys(masks))(
    'shares of mask "%s" cover all elements once, cut at tile borders, for any number of workers',
    (name) => {
      const mask = masks[name] as Uint8Array
      const expected = [...mask.keys()].filter((i) => mask[i] === 1)
      for (const workers of [1, 2, 3, 5, 70]) {
        const split = partition(mask, workers)
        expect([...split.elements]).toEqual(expected)
        expect(split.shares).toHaveLength(workers)
        let next = 0
        for (const share of split.shares) {
          expect(share.first).toBe(next)
          if (share.first !== expected.length) expect(share.first % split.tileSize).toBe(0)
          next += share.count
          const viaRuns = [...share.runs.pixel].flatMap((pixel, r) =>
            Array.from({ length: share.runs.length[r] as number }, (_, i) => pixel + i),
          )
          expect(viaRuns).toEqual(expected.slice(share.first, next))
        }
        expect(next).toBe(expected.length)
        const tiles = split.shares.map((share) => Math.ceil(share.count / split.tileSize))
        expect(tiles).toEqual(divideAmongWorkers(Math.ceil(expected.length / split.tileSize), workers).counts)
      }
    },
  )

  it('picks detector values at the elements', () => {
    const split = partition([0, 1, 1, 0, 1], 1)
    expect(pick([9, 8, 7, 6, 5], split.elements, Uint16Array)).toEqual(Uint16Array.of(8, 7, 5))
  })
})

describe('gather and scatter', () => {
  it.each(Object.keys(masks))(
    'mask "%s": dense and sparse forms give each worker its elements of the chosen events',
    (name) => {
      const mask = masks[name] as Uint8Array
      const events = 6
      const next = generator(mask.length)
      const data = Uint16Array.from({ length: events * mask.length }, () =>
        next() < 0.2 ? 1 + Math.floor(next() * 9) : 0,
      )
      const sparse = toEvents(data, events)
      for (const positions of [[0, 1, 2, 3, 4, 5], [1, 4], [], [5]]) {
        for (const workers of [1, 3, 40]) checkGather(mask, data, sparse, positions, workers)
      }
    },
  )

  function checkGather(
    mask: Uint8Array,
    data: Uint16Array,
    sparse: ReturnType<typeof toEvents>,
    positions: number[],
    workers: number,
  ) {
    const split = partition(mask, workers)
    const pixels = [...mask.keys()].filter((i) => mask[i] === 1)
    const out = split.shares.map((share) => new Uint16Array(share.count * positions.length))
    gatherDense({ data }, positions, split, out)
    split.shares.forEach((share, worker) => {
      const own = pixels.slice(share.first, share.first + share.count)
      expect([...(out[worker] as Uint16Array)]).toEqual(
        positions.flatMap((e) => own.map((pixel) => data[e * mask.length + pixel])),
      )
    })
    const gathered = gatherEvents(sparse, positions, split)
    const rebuilt = split.shares.map((share) => new Uint16Array(share.count * positions.length))
    let at = 0
    gathered.lengths.forEach((length, worker) => {
      const elements = [...gathered.element.subarray(at, at + length)]
      expect(elements).toEqual([...elements].sort((a, b) => a - b))
      for (const end = at + length; at < end; at++) {
        const index =
          (gathered.event[at] as number) * (split.shares[worker]?.count ?? 0) + (gathered.element[at] as number)
        ;(rebuilt[worker] as Uint16Array)[index] = gathered.value[at] as number
      }
    })
    expect(at).toBe(gathered.value.length)
    expect(rebuilt).toEqual(out)
  }

  it('scatters shares back to the detector', () => {
    const mask = masks.panels as Uint8Array
    const split = partition(mask, 4)
    const shares = split.shares.map((share) =>
      Float64Array.from({ length: share.count }, (_, i) => 2 * (split.elements[share.first + i] as number)),
    )
    const frame = scatterToDetector(shares, split, -1)
    expect([...frame]).toEqual([...mask].map((value, pixel) => (value === 1 ? 2 * pixel : -1)))
    expect(scatterToDetector(shares, split)[0]).toBeNaN()
  })
})

/** Dense frames as photon events, sorted by pixel, then event. */
function toEvents(data: Uint16Array, events: number) {
  const frameSize = data.length / events
  const list: [number, number, number][] = []
  for (let pixel = 0; pixel < frameSize; pixel++) {
    for (let e = 0; e < events; e++) {
      const value = data[e * frameSize + pixel] as number
      if (value > 0) list.push([e, pixel, value])
    }
  }
  return {
    events,
    event: Uint16Array.from(list, (item) => item[0]),
    pixel: Uint32Array.from(list, (item) => item[1]),
    value: Uint16Array.from(list, (item) => item[2]),
  }
}
