// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The pair sums against what the original program gathered: bit for bit on whole numbers. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TimeIndex } from '../../src/buffers/timeIndex.js'
import { PairSums } from '../../src/correlators/pairSums.js'
import { readNpy } from '../../src/io/npy.js'
import type { Pairing } from '../../src/kernels/contract.js'
import { loadKernels } from '../../src/kernels/load.js'
import { applyThresholds } from '../../src/kernels/thresholds.js'
import type { StoreDType } from '../../src/units.js'
import { type ReferenceCase, referenceCases } from '../support/referenceCases.js'
import { describeWithShared } from '../support/shared.js'
import { blocksOf, decide, type TestEvent } from './pairSumsOracle.js'

const pairingOf: Record<string, Pairing> = {
  G2IncrementalAccumulator: 'accumulator',
  G2IncrementalWindowed: 'windowed',
  G2atEnd: 'atEnd',
}

/** Events of a case at the elements of its mask, after the thresholds. */
function load(test: ReferenceCase): { events: TestEvent[]; mask: number[]; saturated: Uint8Array } {
  const pixels = readNpy(join(test.folder, 'mask.npy')).data
  const mask = Array.from(pixels.keys()).filter((pixel) => pixels[pixel] === 1)
  const input = readNpy(join(test.folder, 'input.npy')).data
  const saturated = new Uint8Array(mask.length)
  const events = test.counters.map((counter, e) => {
    const values = Float32Array.from(mask, (pixel) => input[test.fileIndex[e] * pixels.length + pixel])
    applyThresholds(values, 0, values.length, test.saturatedValue, test.notzero, saturated)
    return { counter, values: Array.from(values) }
  })
  return { events, mask, saturated }
}

describeWithShared('reference cases of the original', (shared) => {
  for (const test of referenceCases(shared)) {
    for (const userClass of test.classes) {
      if (test.quirk && userClass === 'G2atEnd') continue
      const counts = load(test).events.every(({ values }) => values.every((x) => Number.isInteger(x) && x <= 255))
      const stores: (StoreDType | 'auto')[] = counts ? ['auto', 'bit', 'uint8'] : ['auto']
      for (const store of stores) {
        it.each(['reference', 'wasm'])(`${test.name} ${userClass}, store ${store}, %s kernel`, (kernel) =>
          compare(test, userClass, kernel, store),
        )
      }
    }
  }
})

function compare(test: ReferenceCase, userClass: string, kernel: string, storeDtype: StoreDType | 'auto'): void {
  const { events, mask, saturated } = load(test)
  const expected = join(test.folder, 'expected', userClass)
  const updates = readdirSync(expected).filter((name) => name.startsWith('update')).length
  const sums = new PairSums({
    elements: mask.length,
    delays: Float64Array.from(test.delays),
    times: test.times,
    pairing: pairingOf[userClass],
    storeDtype,
    sourceDtype: 'float32',
    kernels: loadKernels(kernel),
  })
  const index = new TimeIndex(test.times)
  for (let k = 0, from = 0; k < updates; k++) {
    // The original publishes after update + 1 events.
    const to = k === updates - 1 ? events.length : from + test.update + 1
    const part = events.slice(from, to)
    sums.insert(decide(index, part, 0, part.length, part.length, 0), blocksOf(part, 'float32', part.length))
    sums.calc()
    compareUpdate(test, sums, mask, join(expected, `update${k}`))
    from = to
  }
  const marks = readNpy(join(expected, `update${updates - 1}`, 'saturated.npy')).data
  expect(Array.from(saturated)).toEqual(mask.map((pixel) => marks[pixel]))
}

function compareUpdate(test: ReferenceCase, sums: PairSums, mask: number[], folder: string): void {
  expect([...sums.counts]).toEqual(Array.from(readNpy(join(folder, 'counts.npy')).data as Float64Array))
  const out = new Float64Array(mask.length)
  const tolerance = test.name.startsWith('r_') ? 5e-6 : 0
  for (const name of ['G2', 'IP', 'IF'] as const) {
    const { data } = readNpy(join(folder, `${name}.npy`))
    const frame = data.length / test.delays.length
    for (let d = 0; d < test.delays.length; d++) {
      sums.fill(name, d, out)
      const worst = mask.findIndex((pixel, i) => {
        const wanted = data[d * frame + pixel]
        return !(Math.abs(out[i] - wanted) <= tolerance * Math.abs(wanted))
      })
      if (worst >= 0) throw new Error(`${name}, delay ${d}, element ${worst}: ${out[worst]}`)
    }
  }
}
