// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** z of g2 against the truth: rms 1.0 +- 0.1 for speckles of 1, 2, 3 pixels, 0.001 to 5 photons per pixel, with and without beam noise. */
import { afterAll, describe, expect, it } from 'vitest'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { rms, type ZCase, zValues } from '../beam/z.js'
import { temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('z')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

/** All curves of a movie share its beam: with noise of the beam it takes more movies. */
const forms = [
  { jitter: 0, parts: 4, seeds: 20 },
  { jitter: 0.3, parts: 2, seeds: 80 },
]
const cases: readonly ZCase[] = [5, 0.05, 0.001].flatMap((mean) =>
  [1, 2, 3].flatMap((speckle) => forms.map((form) => ({ ...form, speckle, mean, events: mean < 0.01 ? 8000 : 400 }))),
)

describe('errors by jackknife', () => {
  it.each(cases)('speckle $speckle, mean $mean, jitter $jitter: rms z is 1.0 +- 0.1', async (wanted) => {
    const { z, undefined: missing } = await zValues(folder, pool, wanted)
    process.stderr.write(`${JSON.stringify(wanted)} rms z ${rms(z).toFixed(3)} of ${z.length}\n`)
    expect(missing).toBe(0)
    expect(Math.abs(rms(z) - 1)).toBeLessThan(0.1)
  })
})
