// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `kill -9` of an update-heavy run through the command line, and what must be true afterwards. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { runCli, startCli } from '../support/cli.js'
import { filesIn } from '../support/folder.js'
import { pythonJson } from '../support/python.js'
import { type ResultFacts, readResult, writeScenario } from './fixture.js'

const update = 20
const endless = { dataset: { format: 'synthetic', shape: [12, 10], events: 5_000_000, seed: 3 }, update }

/** Moment of a kill: milliseconds after the start, or after the first update. */
export interface Moment {
  readonly after: 'start' | 'first update'
  readonly milliseconds: number
}

/** Numbers in [0, 1), the same for the same seed (splitmix32). */
export function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
    return ((word ^ (word >>> 15)) >>> 0) / 4_294_967_296
  }
}

/** One kill in five falls into the start, the others among the updates. */
export function momentOf(random: () => number): Moment {
  const early = random() < 0.2
  return early
    ? { after: 'start', milliseconds: 1500 * random() }
    : { after: 'first update', milliseconds: 500 * random() }
}

export interface Killed {
  readonly folder: string
  /** Updates that the run had reported before it died. */
  readonly reported: number
  /** Updates in the file; -1 = no file yet. */
  readonly kept: number
}

/** Kill a run at `moment` and read what it left; throws where that is not a whole number of complete updates. */
export async function killAndRead(root: string, name: string, { after, milliseconds }: Moment): Promise<Killed> {
  const folder = writeScenario(root, name, { system: endless })
  const run = startCli(['-c', 'config.json', '--json'], { cwd: folder })
  if (after === 'first update') await run.seen(/"event":"update"/)
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  run.child.kill('SIGKILL')
  const { signal, stdout } = await run.end
  expect(signal).toBe('SIGKILL')
  const reported = stdout.split('\n').filter((line) => /"event":"update".*\}$/.test(line)).length
  expect(existsSync(join(folder, 'out.h5'))).toBe(false)
  const path = join(folder, 'out.h5.inprogress')
  if (!existsSync(path)) {
    expect(reported).toBe(0)
    return { folder, reported, kept: -1 }
  }
  const facts = pythonJson<ResultFacts>(readResult, path)
  expect(facts.updates).toBeGreaterThanOrEqual(reported)
  expect(facts.last).toBe(facts.updates - 1)
  expect(facts.read).toBe(facts.updates * update)
  expect(facts.complete).toBe(facts.updates === 0 ? -1 : 0)
  return { folder, reported, kept: facts.updates }
}

/** Rename what was left, as the message advises, and run again: a whole result and no hidden files. */
export async function runAgain({ folder, kept }: Killed): Promise<void> {
  if (kept >= 0) {
    const refused = await runCli(['-c', 'config.json'], { cwd: folder })
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('rename it to keep its last complete update')
    renameSync(join(folder, 'out.h5.inprogress'), join(folder, 'kept.h5'))
  }
  const { code, stderr } = await runCli(['-c', 'config.json', '-n', '60'], { cwd: folder })
  expect(code, stderr).toBe(0)
  expect(filesIn(folder)).toEqual(['config.json', ...(kept >= 0 ? ['kept.h5'] : []), 'out.h5'])
  const { complete, read } = pythonJson<ResultFacts>(readResult, join(folder, 'out.h5'))
  expect({ complete, read }).toEqual({ complete: 1, read: 60 })
}

export function forget({ folder }: Killed): void {
  rmSync(folder, { recursive: true })
}
