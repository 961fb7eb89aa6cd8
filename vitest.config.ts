// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Tests run on the built engine (`npm run build` first); soak tests only with `npm run soak`. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { CountReporter } from './tests/support/countReporter.js'
import { SlowFirst } from './tests/support/slowFirst.js'

const soak = process.env.PARCORANA_SOAK === '1'
const all = soak ? ['tests/soak/**/*.test.ts'] : ['tests/**/*.test.ts']
/** Their limits in seconds are promises of the engine; another file's work beside them would count in. */
const timed = [
  'faults/signals',
  'faults/threads',
  'launch/leftovers',
  'mpi/failures',
  'mpi/hosts',
  'transports/threads',
]
const alone = timed.map((name) => `tests/${name}.test.ts`)

export default defineConfig({
  resolve: {
    alias: { parcorana: fileURLToPath(new URL('./src/index.ts', import.meta.url)) },
  },
  test: {
    // Against hangs, not for speed: a virtual machine whose neighbours are busy takes four times as long for minutes.
    testTimeout: soak ? 3_600_000 : 300_000,
    hookTimeout: 180_000,
    teardownTimeout: 10_000,
    pool: 'forks',
    sequence: { sequencer: SlowFirst },
    reporters: ['default', new CountReporter()],
    projects: [
      // Tests start threads of their own: two files at a time keep a 2-core machine busy without starving either.
      {
        extends: true,
        test: {
          name: 'tests',
          include: all,
          exclude: soak ? [] : ['tests/soak/**', ...alone],
          maxWorkers: soak ? 1 : 2,
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: soak ? [] : alone, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
