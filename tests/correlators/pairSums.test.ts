// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The pair sums against their definition: kernels x shapes x orders x values, bit for bit. */
import { describe, it } from 'vitest'
import type { Pairing } from '../../src/kernels/contract.js'
import { kernelNames, loadKernels } from '../../src/kernels/load.js'
import { check, movie, orders, sources } from './pairSumsMovies.js'

/** Forced ways differ for integers only. */
const forced = ['photons', 'uint8 extremes', 'uint16 mean 1000']
const kernels: Record<string, string[]> = Object.fromEntries(
  kernelNames.map((name) => [name, ['reference', 'wasm'].includes(name) ? Object.keys(sources) : forced]),
)
const pairings: Pairing[] = ['accumulator', 'windowed', 'atEnd']
const delays = [3, 1, 40, 2, 7, 500, 12, 99, 100, 101, 16, 120, 150, 33, 1, 64, 5, 17]

const base = { storeDtype: 'auto', delays, blockEvents: 64 } as const

for (const [name, kinds] of Object.entries(kernels)) {
  describe(`${name} kernel`, () => {
    const kernelSet = { kernels: loadKernels(name) }

    for (const pairing of pairings) {
      describe(pairing, () => {
        for (const source of kinds) {
          it.each(Object.keys(orders))(`${source}, %s`, (order) => {
            for (const [elements, n, times, seed] of [
              [17, 300, 100, 1],
              [1, 150, 1000, 2],
              [37, 90, 9, 3],
            ] as const) {
              const sourceDtype = sources[source].dtype
              check(movie(n, elements, order, source, seed), elements, {
                ...base,
                ...kernelSet,
                pairing,
                times,
                sourceDtype,
              })
            }
          })
        }
      })
    }
  })
}
