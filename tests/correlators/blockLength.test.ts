// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from 'vitest'
import { BlockLength } from '../../src/correlators/pairSums/blockLength.js'

/** A ring of 1e7 products per event that aims at 250 ms and holds 1,024 events. */
const newLength = () => new BlockLength(1e7, 1024, { milliseconds: 250, firstBlock: 1 })

/** Lengths of the blocks that follow folds of the full block, each at `milliseconds` per event. */
function lengthsAfter(...milliseconds: number[]): number[] {
  const length = newLength()
  return milliseconds.map((each) => {
    length.folded(length.events, each * length.events)
    return length.events
  })
}

it('begins with the fewest events and doubles at most until a fold takes its time', () => {
  expect(newLength().events).toBe(256)
  expect(lengthsAfter(0.1, 0.1, 0.1)).toEqual([576, 1024, 1024])
  expect(lengthsAfter(0.5, 0.5)).toEqual([448, 448])
})

it('keeps its length when one fold takes long, and shortens after the second', () => {
  expect(lengthsAfter(0.4, 0.4, 2, 0.4)).toEqual([576, 576, 576, 576])
  expect(lengthsAfter(0.4, 0.4, 0.7, 0.7)).toEqual([576, 576, 576, 320])
})

it('never goes below what is worth a fold', () => {
  expect(lengthsAfter(50, 50, 50).at(-1)).toBe(256)
})

it('learns nothing from a fold of few events', () => {
  const length = newLength()
  length.folded(256, 128)
  length.folded(16, 1000)
  length.folded(16, 1000)
  expect(length.events).toBe(448)
})
