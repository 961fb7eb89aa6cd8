// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The gather of masked pixels against the plain loop, byte for byte: all types, masks of every kind, frames that do not begin on a vector. */
import { describe, expect, it } from 'vitest'
import { gatherRuns, MaskGather } from '../../src/kernels/maskGather.js'
import { gatherDense } from '../../src/masks/gather.js'
import { partition } from '../../src/masks/partition.js'
import { allocate, bytesOf, type DType, type TypedArray } from '../../src/units.js'

const dtypes: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64']

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Name -> does the mask let pixel `p` of `size` through? */
const masks: Record<string, (p: number, next: () => number, size: number) => boolean> = {
  nothing: () => false,
  'one pixel': (p, _, size) => p === size - 1,
  everything: () => true,
  'every second': (p) => p % 2 === 1,
  'half at random': (_, next) => next() < 0.5,
  'dead pixels': (_, next) => next() < 0.95,
  'a few pixels': (_, next) => next() < 0.002,
  'far apart': (p, _, size) => p < 40 || p > size - 50,
}

function bytes(values: TypedArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

describe('gather of masked pixels', () => {
  for (const [name, passes] of Object.entries(masks)) {
    it(name, () => {
      for (const size of [1, 15, 16, 17, 1000, 150_001]) {
        const next = random(size)
        const mask = Uint8Array.from({ length: size }, (_, p) => (passes(p, next, size) ? 1 : 0))
        const { shares } = partition(mask, size > 100 ? 3 : 1)
        for (const dtype of dtypes) {
          const value = dtype.startsWith('float')
            ? (): number => (next() < 0.1 ? Number.NaN : next() - 0.5)
            : (): number => Math.floor(2 ** 32 * next())
          const data = allocate(dtype, 2 * size + 3).map(value)
          const from = [size + 3, 1]
          for (const { runs, count } of shares) {
            const [wanted, found] = [allocate(dtype, 2 * count), allocate(dtype, 2 * count)]
            for (const [e, first] of from.entries()) gatherRuns(runs, data, first, wanted, e * count)
            new MaskGather(runs, bytesOf(dtype)).gather(data, from, found, count)
            expect(Buffer.compare(bytes(found), bytes(wanted)), `${dtype} ${size}`).toBe(0)
          }
        }
      }
    })
  }

  it('serves the blocks of a server, into a part of a larger buffer, whatever the length of runs', () => {
    const size = 5000
    for (const share of [0.5, 0.9, 0.999, 1]) {
      const next = random(7)
      const split = partition(
        Uint8Array.from({ length: size }, () => (next() < share ? 1 : 0)),
        2,
      )
      for (const dtype of ['uint16', 'float64'] as const) {
        const data = allocate(dtype, 6 * size).map(() => Math.floor(200 * next()))
        const positions = [1, 4, 5]
        const room = allocate(dtype, 6 * size)
        const out = split.shares.map(({ count, first }) => room.subarray(3 * first + 7, 3 * (first + count) + 7))
        gatherDense({ data }, positions, split, out)
        split.shares.forEach(({ runs, count }, worker) => {
          const wanted = allocate(dtype, 3 * count)
          for (const [e, p] of positions.entries()) gatherRuns(runs, data, p * size, wanted, e * count)
          expect(Buffer.compare(bytes(out[worker] as TypedArray), bytes(wanted)), `${dtype} ${share}`).toBe(0)
        })
        expect(room.subarray(0, 7).every((value) => value === 0)).toBe(true)
      }
    }
  })
})
