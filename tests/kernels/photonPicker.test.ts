// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Photons picked out of dense blocks, against the plain loop. */
import { describe, expect, it } from 'vitest'
import type { DenseBlock } from '../../src/kernels/contract.js'
import { PhotonPicker, pickPhotons } from '../../src/kernels/photonPicker.js'
import { allocate, type DType } from '../../src/units.js'

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function blockOf(dtype: DType, events: number, elements: number, part: number, largest: number): DenseBlock {
  const next = random(events + elements)
  const data = allocate(dtype, events * elements).map(() => (next() < part ? Math.ceil(largest * next()) : 0))
  return { kind: 'dense', events, elements, dtype, data }
}

describe('photons of dense blocks', () => {
  it('are those of the plain loop, for any shape and any choice of events', () => {
    const picker = new PhotonPicker()
    for (const [events, elements] of [
      [1, 1],
      [3, 31],
      [7, 64],
      [500, 1],
      [40, 1000],
      [16, 40_001],
      [3000, 300],
    ]) {
      for (const [dtype, largest] of [
        ['uint8', 1],
        ['uint8', 255],
        ['uint16', 65535],
      ] as const) {
        const block = blockOf(dtype, events, elements, 0.03, largest)
        for (const step of [1, 3]) {
          const positions = Array.from({ length: Math.ceil(events / step) }, (_, p) => p * step)
          expect(picker.pick(block, positions), `${events} x ${elements} ${dtype}`).toEqual(
            pickPhotons(block, positions),
          )
        }
      }
    }
  })

  it('are not picked where there are many, or where values are no counts of at most 16 bits', () => {
    const picker = new PhotonPicker()
    expect(picker.pick(blockOf('uint8', 40, 4000, 0.5, 3), [0, 10, 30])).toBeNull()
    expect(
      picker.pick(
        blockOf('uint16', 100, 90_000, 1, 3),
        Array.from({ length: 100 }, (_, p) => p),
      ),
    ).toBeNull()
    for (const dtype of ['int8', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const) {
      expect(picker.pick(blockOf(dtype, 4, 50, 0.02, 1), [0, 1]), dtype).toBeNull()
    }
    expect(picker.pick(blockOf('uint8', 4, 50, 0, 1), [])).toBeNull()
    expect(picker.pick(blockOf('uint8', 4, 50, 0.1, 1), [1])).toEqual(pickPhotons(blockOf('uint8', 4, 50, 0.1, 1), [1]))
  })

  it('a bright last row does not write beyond its place', () => {
    const block = blockOf('uint8', 8, 20_000, 0, 1)
    block.data.fill(1, 7 * 20_000)
    const picker = new PhotonPicker()
    const positions = [0, 1, 2, 3, 4, 5, 6, 7]
    expect(picker.pick(block, positions)).toBeNull()
    block.data.fill(0, 7 * 20_000, 8 * 20_000 - 1500)
    expect(picker.pick(block, positions)).toEqual(pickPhotons(block, positions))
  })
})
