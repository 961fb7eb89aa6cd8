// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `node process.mjs clean|kept|failed|endless`: one run, then nothing; prints how it ended and the time until the exit. */
import { launchThreads } from '../../../dist/src/transports/threads/launch.js'
import { ThreadPool } from '../../../dist/src/transports/threads/threadPool.js'

const runs = {
  clean: { scenario: 'empty' },
  kept: { scenario: 'empty', pool: new ThreadPool({ threads: 3 }) },
  failed: { scenario: 'throws', args: { rank: 1 } },
  endless: { scenario: 'endlessBeside', args: { rank: 0, endless: 1 } },
}
const { scenario, args = {}, ...options } = runs[process.argv[2]]
const entry = new URL('./scenario.mjs', import.meta.url)
const handle = launchThreads({ size: 3, entry, taskOf: () => ({ scenario, args }), ...options })
const settled = await handle.done.then(
  () => 'fine',
  (error) => error.message,
)
const ended = performance.now()
process.on('exit', () => process.stdout.write(JSON.stringify({ settled, exited: performance.now() - ended })))
