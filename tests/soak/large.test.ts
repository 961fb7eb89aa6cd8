// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A full CSPAD with a hundred delays, 2,296,960 elements: the run keeps to what `parcorana check` announces. */
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { Explanation } from '../../src/config/explain/facts.js'
import { parcoranaOk, writeConfig } from '../journey/cli.js'
import { figures, watchRun } from '../journey/residentMemory.js'
import { temporaryFolder } from '../support/folder.js'

const elements = 32 * 185 * 388
const events = 40

it.skipIf(totalmem() < 10 * 2 ** 30)('2.3 million elements x 100 delays', async () => {
  const folder = temporaryFolder('large')
  const config = writeConfig(folder, {
    systemParams: {
      dataset: { format: 'synthetic', kind: 'noise', shape: [32, 185, 388], events },
      userClass: fileURLToPath(new URL('../journey/classes/weighed.ts', import.meta.url)),
      numWorkers: 2,
      times: 2000,
      delays: [...Array.from({ length: 59 }, (_, i) => i + 1), ...Array.from({ length: 41 }, (_, i) => 60 + 47 * i)],
      h5output: 'large.h5',
      h5arrays: 'none',
    },
    userParams: { notes: folder },
  })
  const plan = JSON.parse(await parcoranaOk(['check', '-c', config, '--json'], folder)) as Explanation
  const workers = plan.ranks.filter(({ role }) => role === 'worker')
  expect(workers.reduce((sum, { elements: own }) => sum + own, 0)).toBe(elements)

  const watched = await watchRun(config, folder)
  const mebibytes = Math.round(plan.totalBytes / 2 ** 20)
  process.stdout.write(`2.3 M x 100: planned ${mebibytes} MiB, peak ${Math.round(watched.peak)}; ${figures(watched)}\n`)
  expect(watched.done).toMatchObject({ correlated: events, complete: true })
  expect(watched.peak).toBeLessThan(mebibytes)
  // IP and IF of 1.7 GiB each are planned, but touched only when their arrays are asked for.
  expect(watched.peak).toBeGreaterThan(0.4 * mebibytes)
  for (const { ranks, bytes, elements: own, shards } of workers) {
    const note = JSON.parse(readFileSync(join(folder, `${ranks[0]}.json`), 'utf8'))
    expect(note).toMatchObject({ elements: own, path: 'blocks' })
    expect(note.bytes).toBeLessThanOrEqual(bytes)
    expect(shards.every((shard) => shard.bytes <= 2 ** 30)).toBe(true)
  }
})
