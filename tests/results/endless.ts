// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A process that publishes updates without end, for tests that kill it. Argument: the result's path. Prints a line per commit. */
import { createHdf5Result } from '../../src/results/hdf5Result.js'
import { fakeFacts, fakeUpdateFacts, publishFake } from './fakeRun.js'

const facts = fakeFacts({ shape: [64, 200] })
const result = createHdf5Result({ path: process.argv[2] ?? 'endless.h5' })
await result.begin(facts)
for (let number = 0; ; number++) {
  // Every third update meets the counter of the one before, as late events make it.
  const counter = number - (number % 3 === 2 ? 1 : 0)
  await publishFake(result, facts, fakeUpdateFacts(number, counter), { arrays: number % 2 === 0 })
  process.stdout.write(`${number}\n`)
}
